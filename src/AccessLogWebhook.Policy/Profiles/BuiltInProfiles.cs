using System.Collections.Immutable;

namespace AccessLogWebhook.Policy.Profiles;

/// <summary>The profiles that exist in every cluster. An AccessLogProfile object of the same name takes their place.</summary>
public static class BuiltInProfiles
{
    /// <summary>In ordinal order.</summary>
    public static ImmutableArray<string> Names { get; } = ["json", "json-errors", "text"];

    private static readonly ImmutableDictionary<string, AccessLogProfile> Profiles =
        Names.ToImmutableDictionary(name => name, name => new AccessLogProfile(name), StringComparer.Ordinal);

    public static AccessLogProfile? Named(string name) => Profiles.GetValueOrDefault(name);
}
