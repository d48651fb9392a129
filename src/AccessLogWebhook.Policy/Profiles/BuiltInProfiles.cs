using System.Collections.Immutable;
using AccessLogWebhook.Policy.Formats;
using AccessLogWebhook.Policy.Rendering;

namespace AccessLogWebhook.Policy.Profiles;

/// <summary>
/// The profiles that exist in every cluster, as they stand in <c>charts/accesslog-webhook/profiles</c>. An AccessLogProfile object of the same name takes
/// their place.
/// </summary>
public static class BuiltInProfiles
{
    private static readonly ImmutableArray<AccessLogProfile> All =
    [
        new("json"),
        new("json-errors") { Logging = ProfileLogging.Default with { Filter = LogFilter.Everything with { MinStatus = 400, ExcludeHealthChecks = true } } },
        new("text") { Logging = ProfileLogging.Default with { Format = new LogFormat.Text(FormatPresets.IstioText) } },
    ];

    private static readonly ImmutableDictionary<string, AccessLogProfile> ByName = All.ToImmutableDictionary(profile => profile.Name, Rendered, StringComparer.Ordinal);

    /// <summary>In ordinal order.</summary>
    public static ImmutableArray<string> Names { get; } = [.. All.Select(profile => profile.Name)];

    public static AccessLogProfile? Named(string name) => ByName.GetValueOrDefault(name);

    // There is no object with a status to hand out a revision: it is the one that this program renders.
    private static AccessLogProfile Rendered(AccessLogProfile profile)
    {
        var revision = ProfileRenderer.Render(profile).Revision;
        return profile with { Revision = revision, RenderedRevision = revision };
    }
}
