using System.Buffers;
using AccessLogWebhook.Policy.Profiles;

namespace AccessLogWebhook.Policy.Mesh;

/// <summary>The EnvoyFilter or Telemetry that realises a profile, and the labels by which it selects a proxy.</summary>
/// <param name="Labels">What a workload has to carry: the profile's label, and the labels by which the reference selects.</param>
/// <param name="IsManaged">Whether this project renders it; else the profile names one that the team already has.</param>
/// <param name="Resource">The object itself, or null where the cluster has none of that name.</param>
public sealed record ProfileReference(LoggingResourceKind Kind, ObjectKey Key, LabelSet Labels, bool IsManaged, LoggingResource? Resource)
{
    /// <summary>Those of the labels that are put on a workload; <see cref="LabelRules"/> says which are not.</summary>
    public LabelSet SettableLabels => LabelSet.From(Labels.Where(label => LabelRules.MayBeSet(label.Key, label.Value)));

    public string Annotation => AccessLogKeys.ReferenceAnnotation(Kind);

    /// <summary>The reference that new workloads get.</summary>
    public static ProfileReference Current(AccessLogProfile profile, MeshSnapshot mesh, string rootNamespace)
    {
        if (profile.EnvoyFilterRef is not { } named)
        {
            return Managed(profile, profile.Revision, mesh, rootNamespace);
        }

        var resource = mesh.Find(LoggingResourceKind.EnvoyFilter, named);
        var labels = LabelSet.Of((AccessLogKeys.Profile, profile.Name));
        return new ProfileReference(
            LoggingResourceKind.EnvoyFilter, named, resource?.Selector is { } selector ? selector.With(labels) : labels, IsManaged: false, resource);
    }

    /// <summary>The reference of a given revision, or of a profile that has none yet.</summary>
    public static ProfileReference Managed(AccessLogProfile profile, string? revision, MeshSnapshot mesh, string rootNamespace)
    {
        var key = new ObjectKey(rootNamespace, revision is null ? NamePrefix(profile.Name) : $"{NamePrefix(profile.Name)}-{revision}");
        var labels = revision is null
            ? LabelSet.Of((AccessLogKeys.Profile, profile.Name))
            : LabelSet.Of((AccessLogKeys.Profile, profile.Name), (AccessLogKeys.Revision, revision));
        return new ProfileReference(profile.Backend, key, labels, IsManaged: true, mesh.Find(profile.Backend, key));
    }

    /// <summary>
    /// The reference that reaches a waypoint by targetRefs, or null where there is none. A rendered one is known by the profile's
    /// label on itself, whatever its name: there may be one for each waypoint.
    /// </summary>
    public static ProfileReference? ForWaypoint(AccessLogProfile profile, Proxy.Waypoint waypoint, MeshSnapshot mesh, string rootNamespace)
    {
        if (profile.EnvoyFilterRef is not null)
        {
            var named = Current(profile, mesh, rootNamespace);
            return named.Resource is not null && Attachment.Reaches(named.Resource, waypoint, rootNamespace) ? named : null;
        }

        var candidates = profile.Backend == LoggingResourceKind.Telemetry ? mesh.Telemetries.Values : mesh.EnvoyFilters.Values;
        var resource = candidates
            .Where(candidate => candidate.Labels.Has(AccessLogKeys.Profile, profile.Name) && Attachment.Reaches(candidate, waypoint, rootNamespace))
            .OrderByDescending(candidate => profile.Revision is { } revision && candidate.Labels.Has(AccessLogKeys.Revision, revision))
            .ThenBy(candidate => candidate.Key.ToString(), StringComparer.Ordinal)
            .FirstOrDefault();
        return resource is null ? null : new ProfileReference(resource.Kind, resource.Key, LabelSet.Empty, IsManaged: true, resource);
    }

    /// <summary>
    /// Whether <paramref name="reference"/> (<c>namespace/name</c>) is a rendered one of that profile, of whatever revision. A revision is
    /// hexadecimal, which tells <c>accesslog-json-1f3a</c> from the reference of a profile <c>json-errors</c>.
    /// </summary>
    public static bool IsManagedName(string reference, string profile, string rootNamespace)
    {
        var name = $"{rootNamespace}/{NamePrefix(profile)}";
        return reference.StartsWith(name, StringComparison.Ordinal)
            && (reference.Length == name.Length
                || (reference.Length > name.Length + 1
                    && reference[name.Length] == '-'
                    && IsRevision(reference.AsSpan(name.Length + 1))));
    }

    /// <summary>Whether it is made of the digits of a revision: lower-case hexadecimal.</summary>
    public static bool IsRevision(ReadOnlySpan<char> text) => !text.ContainsAnyExcept(HexadecimalDigits);

    private static readonly SearchValues<char> HexadecimalDigits = SearchValues.Create("0123456789abcdef");

    private static string NamePrefix(string profile) => $"accesslog-{profile}";
}
