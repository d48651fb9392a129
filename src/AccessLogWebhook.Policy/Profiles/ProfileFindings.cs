using System.Collections.Immutable;
using AccessLogWebhook.Policy.Formats;
using AccessLogWebhook.Policy.Json;

namespace AccessLogWebhook.Policy.Profiles;

/// <summary>What is sound about a profile and should be thought about all the same: what its lines give away, and what they do not say.</summary>
public static class ProfileFindings
{
    public static ImmutableArray<FormatFinding> Of(AccessLogProfile profile) =>
        profile.IsRendered ? [.. OfOutput(profile.Logging.Output), .. OfFormat(profile.Logging)] : [];

    private static IEnumerable<FormatFinding> OfOutput(LogOutput output) => output switch
    {
        LogOutput.Grpc server =>
        [
            .. OfHeaders("requestHeaders", server.RequestHeaders),
            .. OfHeaders("responseHeaders", server.ResponseHeaders),
            .. OfHeaders("responseTrailers", server.ResponseTrailers),
            .. OfSecrets("spec.output.grpc.filterStateObjects", server.FilterStateObjects),
        ],
        LogOutput.OpenTelemetry collector => OfSecrets("spec.output.openTelemetry.resourceAttributes", collector.ResourceAttributes.Select(attribute => attribute.Key)),
        _ => [],
    };

    private static IEnumerable<FormatFinding> OfHeaders(string field, IEnumerable<string> headers) =>
        from header in headers
        let found = DisclosureRules.OfHeader(header)
        where found is not null
        select new FormatFinding($"spec.output.grpc.{field}", 0, found.Value.Kind, found.Value.Message);

    private static IEnumerable<FormatFinding> OfSecrets(string path, IEnumerable<string> names) =>
        from name in names
        where SensitiveNames.IsSecret(name)
        select new FormatFinding(path, 0, FormatFindingKind.Secret, $"sends a credential with every line, if {Excerpt.Of(name)} is what its name says: leave it out.");

    private static ImmutableArray<FormatFinding> OfFormat(ProfileLogging logging)
    {
        var usedForTcp = (logging.Protocols & ~LoggedProtocols.Http) != 0;
        return logging.Format switch
        {
            LogFormat.Json json => json.Format.Findings(usedForTcp),
            // Istio's own line is taken as it is: that some of it says nothing of TCP connections was nobody's choice.
            LogFormat.Text text when text.Line == FormatPresets.IstioText => [.. FormatFindings.In(text.Line, "spec.format.text.preset", usedForTcp: false)],
            // As a value: the line break that a line of a file needs is added when it is rendered.
            LogFormat.Text text => FormatFindings.In(new FormatValue.Text(text.Line), "spec.format.text.line", usedForTcp),
            _ => [],
        };
    }
}
