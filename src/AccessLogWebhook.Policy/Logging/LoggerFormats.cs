using System.Collections.Frozen;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AccessLogWebhook.Policy.Formats;
using AccessLogWebhook.Policy.Linting;
using AccessLogWebhook.Policy.Linting.EnvoyFilters;
using AccessLogWebhook.Policy.Linting.Loggers;
using AccessLogWebhook.Policy.Linting.Protos;
using AccessLogWebhook.Policy.Rendering;

namespace AccessLogWebhook.Policy.Logging;

/// <summary>
/// Formats in a few words. What istiod makes of the mesh's settings is in its <c>pilot/pkg/model/telemetry_logging.go</c>: a text without a line break gets one, labels
/// that are none are Istio's own.
/// </summary>
internal static class LoggerFormats
{
    private const int FingerprintLength = 12;

    public static LogFormatSummary IstioText { get; } = new("text, Istio's own format", Hash(FormatPresets.IstioText.ToString()));

    public static LogFormatSummary IstioJson { get; } = OfPreset(FormatPresets.IstioJson, "JSON, Istio's 24 fields");

    private static readonly LogFormatSummary ClassicJson = OfPreset(FormatPresets.ClassicJson, "JSON, the 23 fields of preset classic");

    private static readonly FrozenDictionary<string, LogFormatSummary> Known =
        new[] { IstioText, IstioJson, ClassicJson }.ToFrozenDictionary(format => format.Fingerprint, StringComparer.Ordinal);

    public static LogFormatSummary Of(AccessLogEntry entry)
    {
        if (entry.Type is ProtoTypes.HttpGrpcAccessLog or ProtoTypes.TcpGrpcAccessLog)
        {
            return OfProtocol;
        }

        return FormatSources.Objects(entry).FirstOrDefault() is { } fields ? OfJson(fields.Value)
            : FormatSources.Lines(entry).FirstOrDefault() is { } line ? OfLine(line.Text ?? "")
            : new LogFormatSummary(entry.Type == ProtoTypes.OpenTelemetryAccessLog ? "records without a body" : "text, Envoy's default format", "");
    }

    /// <summary>The entries of an access log service have the fields of its protocol.</summary>
    public static LogFormatSummary OfProtocol { get; } = new("entries of the access log protocol", "");

    /// <summary>Text as istiod takes it: empty is its own, and a line break comes after it (<c>fileAccessLogFormat</c>).</summary>
    public static LogFormatSummary OfText(string text) => text.Length == 0 ? IstioText : OfLine(text.EndsWith('\n') ? text : $"{text}\n");

    /// <summary>A JSON format; without members it is istiod's own (<c>buildFileAccessJSONLogFormat</c>).</summary>
    public static LogFormatSummary OfLabels(JsonElement? labels) =>
        labels is { ValueKind: JsonValueKind.Object } fields && fields.EnumerateObject().Any() ? OfJson(fields) : IstioJson;

    public static LogFormatSummary OfJson(JsonElement fields)
    {
        var fingerprint = Fingerprint(fields);
        var count = fields.ValueKind == JsonValueKind.Object ? fields.EnumerateObject().Count() : 0;
        return Known.GetValueOrDefault(fingerprint) ?? new LogFormatSummary(count == 1 ? "JSON, 1 field" : $"JSON, {count} fields", fingerprint);
    }

    private static LogFormatSummary OfLine(string line)
    {
        var fingerprint = Hash(line);
        return Known.GetValueOrDefault(fingerprint) ?? new LogFormatSummary("text, a format of its own", fingerprint);
    }

    private static LogFormatSummary OfPreset(FormatValue.Object preset, string description)
    {
        using var document = JsonDocument.Parse(FormatJson.Struct(preset).ToJsonString());
        return new LogFormatSummary(description, Fingerprint(document.RootElement));
    }

    // Envoy writes members in order whatever their order here; what is nested is compared as it is spelled.
    private static string Fingerprint(JsonElement fields)
    {
        if (fields.ValueKind != JsonValueKind.Object || !fields.EnumerateObject().All(member => member.Value.ValueKind == JsonValueKind.String))
        {
            return Convert.ToHexStringLower(SHA256.HashData(JsonMarshal.GetRawUtf8Value(fields)))[..FingerprintLength];
        }

        return Hash(string.Join('\n', Field.Of("", fields).Members().Select(member => $"{member.Name}\0{member.Field.Text}").Order(StringComparer.Ordinal)));
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..FingerprintLength];
}
