using System.Text.Json;

namespace AccessLogWebhook.Tests.Rendering;

/// <summary>That the check of rendered messages finds what is wrong with one.</summary>
public sealed class MessageCheckTests
{
    private const string Logger =
        """
        {"access_log": [{"name": "envoy.access_loggers.file", "typed_config": {
          "@type": "type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog", "path": "/dev/stdout",
          "log_format": {"json_format": {"a": "%DURATION%"}, "json_format_options": {"sort_properties": false}}}}]}
        """;

    [Fact]
    public void A_sound_message_has_no_fault() => Assert.Empty(Faults(Logger));

    [Theory]
    [InlineData("\"path\":", "\"paths\":", "has no field paths")]
    [InlineData("\"/dev/stdout\"", "5", "5 is no string")]
    [InlineData("\"/dev/stdout\"", "\"\"", "must not be empty")]
    [InlineData("\"path\": \"/dev/stdout\",", "", "needs path")]
    [InlineData("{\"a\": \"%DURATION%\"}", "[]", "[] is no google.protobuf.Struct")]
    [InlineData("\"json_format_options\"", "\"text_format\": \"x\", \"json_format_options\"", "json_format and text_format are both of the oneof format")]
    [InlineData("\"json_format\": {\"a\": \"%DURATION%\"},", "", "needs one of format")]
    [InlineData("\"sort_properties\": false", "\"sort_properties\": \"false\"", "\"false\" is no bool")]
    [InlineData("\"access_log\": [", "\"access_log\": {\"x\": [", "Object is no list", "]}}")]
    [InlineData("FileAccessLog\"", "FileAccessLogs\"", "FileAccessLogs is not in the table")]
    [InlineData("\"@type\": \"type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog\",", "", "an Any needs its @type")]
    [InlineData("\"name\": \"envoy", "\"filter\": {}, \"name\": \"envoy", "needs one of filter_specifier")]
    [InlineData("\"name\": \"envoy", "\"filter\": {\"and_filter\": {\"filters\": [{\"not_health_check_filter\": {}}]}}, \"name\": \"envoy", "needs 2 items")]
    [InlineData("\"name\": \"envoy", "\"filter\": {\"not_health_check_filter\": {\"on\": true}}, \"name\": \"envoy", "has no field on")]
    [InlineData("\"name\": \"envoy", "\"filter\": {\"response_flag_filter\": {\"flags\": [\"NF\"]}}, \"name\": \"envoy", "NF is none of")]
    [InlineData("\"name\": \"envoy", "\"filter\": {\"status_code_filter\": {\"comparison\": {\"op\": \"GT\", \"value\": {\"default_value\": 1, \"runtime_key\": \"k\"}}}}, \"name\": \"envoy", "\"GT\" is no envoy.config.accesslog.v3.ComparisonFilter.Op")]
    [InlineData("\"name\": \"envoy", "\"filter\": {\"duration_filter\": {\"comparison\": {\"op\": \"GE\", \"value\": {\"default_value\": -1, \"runtime_key\": \"k\"}}}}, \"name\": \"envoy", "-1 is no uint32")]
    [InlineData("\"name\": \"envoy", "\"filter\": {\"duration_filter\": {\"comparison\": {\"op\": \"GE\"}}}, \"name\": \"envoy", "needs value")]
    public void A_wrong_one_is_found_out(string part, string replacement, string fault, string? end = null)
    {
        Assert.Contains(part, Logger, StringComparison.Ordinal);
        var changed = Logger.Replace(part, replacement, StringComparison.Ordinal);
        changed = end is null ? changed : changed.TrimEnd()[..^2] + end;

        Assert.Contains(Faults(changed), found => found.Contains(fault, StringComparison.Ordinal));
    }

    [Fact]
    public void Camel_case_is_the_same_field() => Assert.Equal(
        ["listener: comes twice"],
        Faults(Logger.TrimEnd()[..^1] + ", \"accessLog\": []}").Select(fault => fault.Replace("listener.accessLog", "listener", StringComparison.Ordinal)));

    private static IReadOnlyList<string> Faults(string json)
    {
        var check = new MessageCheck(MessageTable.Shared);
        check.Check(JsonElement.Parse(json), "envoy.config.listener.v3.Listener", "listener", isPart: true);
        return check.Faults;
    }
}
