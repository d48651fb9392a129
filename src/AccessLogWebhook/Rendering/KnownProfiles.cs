using AccessLogWebhook.Cluster;
using AccessLogWebhook.Manifests;
using AccessLogWebhook.Policy.Json;
using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Policy.Profiles;

namespace AccessLogWebhook.Rendering;

/// <summary>The profiles that a name may mean: those of the files before the cluster's, and these before the built-in ones.</summary>
internal sealed class KnownProfiles
{
    private readonly SortedDictionary<string, (AccessLogProfile Profile, string Place)> profiles = new(StringComparer.Ordinal);

    private KnownProfiles()
    {
    }

    public IEnumerable<string> Names => profiles.Keys;

    public static KnownProfiles Of(IEnumerable<Manifest> files, MeshSnapshot cluster)
    {
        var known = new KnownProfiles();
        foreach (var name in cluster.ProfileNames())
        {
            known.profiles[name] = (cluster.ProfileNamed(name)!, $"profile {name}");
        }

        foreach (var manifest in files.Where(IsProfile))
        {
            known.profiles[manifest.Name] = (AccessLogProfileReader.Read(manifest.Name, manifest.ToElement()), $"{manifest.Source}:{manifest.Line}: profile {manifest.Name}");
        }

        return known;
    }

    public static bool IsProfile(Manifest manifest) =>
        ClusterKinds.All.Any(kind => kind.Plural == "accesslogprofiles" && kind.Matches(manifest.ApiVersion, manifest.Kind));

    public AccessLogProfile? Named(string name) => profiles.TryGetValue(name, out var known) ? known.Profile : null;

    /// <summary>Where a profile is from, to begin a message with.</summary>
    public string PlaceOf(AccessLogProfile profile) => profiles[profile.Name].Place;

    public string Unknown(string name) => Nearest(name) is { } nearest
        ? $"There is no profile {name}: did you mean {nearest}?"
        : $"There is no profile {name}: there are {string.Join(", ", Names)}.";

    private string? Nearest(string name) => Spelling.Nearest(name, Names);
}
