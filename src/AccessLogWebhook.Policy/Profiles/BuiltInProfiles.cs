using System.Collections.Immutable;
using AccessLogWebhook.Policy.Rendering;

namespace AccessLogWebhook.Policy.Profiles;

/// <summary>The profiles that exist in every cluster. An AccessLogProfile object of the same name takes their place.</summary>
public static class BuiltInProfiles
{
    /// <summary>In ordinal order.</summary>
    public static ImmutableArray<string> Names { get; } = ["json", "json-errors", "text"];

    private static readonly ImmutableDictionary<string, AccessLogProfile> Profiles =
        Names.ToImmutableDictionary(name => name, name => Rendered(new AccessLogProfile(name)), StringComparer.Ordinal);

    public static AccessLogProfile? Named(string name) => Profiles.GetValueOrDefault(name);

    // There is no object with a status to hand out a revision: it is the one that this program renders.
    private static AccessLogProfile Rendered(AccessLogProfile profile) => profile with { Revision = ProfileRenderer.Render(profile).Revision };
}
