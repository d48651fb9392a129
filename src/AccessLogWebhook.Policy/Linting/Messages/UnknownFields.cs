using AccessLogWebhook.Policy.Json;
using AccessLogWebhook.Policy.Linting.Protos;

namespace AccessLogWebhook.Policy.Linting.Messages;

/// <summary>
/// AL019. Sources: Istio's <c>pkg/config/xds/xds.go</c> (<c>UnmarshalAllowUnknown</c>; the validator warns); for the resource's own fields the
/// API server, which prunes what a CRD does not name.
/// </summary>
internal static class UnknownFields
{
    public static void Report(LintPass pass, Field inside, Field member, string name, ProtoMessage message) => pass.Add(
        LintRules.UnknownField,
        member,
        $"{message.ShortName} has no field \"{Excerpt.Of(name)}\"; {(message.IsOfCrd ? "the API server" : "Istio")} drops it, with what is in it.",
        Fix(pass, inside, name, message));

    private static string Fix(LintPass pass, Field inside, string name, ProtoMessage message)
    {
        if (name == "config" && message.Find("typed_config") is not null)
        {
            return "Use typed_config, with an @type.";
        }

        if (ProtoTypes.Find(ProtoTypes.NameIn(inside.Proto("typed_config")?["@type"]?.Text ?? ""))?.Find(name) is not null)
        {
            return "Put it into typed_config.";
        }

        if (message.Fields.FirstOrDefault(field => field.Kind == ProtoKind.Message && ProtoTypes.Find(field.MessageType)?.Find(name) is not null) is { } nested)
        {
            return $"Put it into {nested.Name}.";
        }

        if (message.Name == ProtoTypes.TelemetrySpec && name.StartsWith("access", StringComparison.OrdinalIgnoreCase))
        {
            return "Write accessLogging.";
        }

        if (pass.Guess(name, message.Fields.Select(field => field.Name)) is { } meant)
        {
            return $"Write {(!message.IsOfCrd && !name.Contains('_', StringComparison.Ordinal) && name.Any(char.IsAsciiLetterUpper) ? ProtoNames.Camel(meant) : meant)}.";
        }

        return "Remove it, or put it where it belongs.";
    }
}
