using System.Collections.Immutable;
using AccessLogWebhook.Policy.Formats;

namespace AccessLogWebhook.Policy.Profiles;

/// <summary>What is sound about a profile and should be thought about all the same: what its lines give away, and what they do not say.</summary>
public static class ProfileFindings
{
    public static ImmutableArray<FormatFinding> Of(AccessLogProfile profile)
    {
        var usedForTcp = (profile.Logging.Protocols & ~LoggedProtocols.Http) != 0;
        return (profile.IsRendered ? profile.Logging.Format : null) switch
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
