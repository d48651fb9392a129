using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using AccessLogWebhook.Policy.Profiles;

namespace AccessLogWebhook.Policy.Mesh;

/// <summary>The EnvoyFilter or Telemetry that realises a profile, and the labels by which it selects a proxy.</summary>
/// <param name="Labels">What a workload has to carry: the profile's label, and the labels by which the reference selects.</param>
/// <param name="IsManaged">Whether this project renders it; else the profile names one that the team already has.</param>
/// <param name="Resource">The object itself, or null where the cluster has none of that name.</param>
public sealed record ProfileReference(LoggingResourceKind Kind, ObjectKey Key, LabelSet Labels, bool IsManaged, LoggingResource? Resource)
{
    private static readonly ConditionalWeakTable<AccessLogProfile, HandedOut> Known = [];

    /// <summary>Those of the labels that are put on a workload; <see cref="LabelRules"/> says which are not.</summary>
    public LabelSet SettableLabels
    {
        get => field ??= Settable(Labels);
        private init;
    }

    public string Annotation => AccessLogKeys.ReferenceAnnotation(Kind);

    /// <summary>The reference that new workloads of a namespace get.</summary>
    /// <param name="workloads">The namespace of the workloads, where a Telemetry has to be to reach them.</param>
    public static ProfileReference Current(AccessLogProfile profile, MeshSnapshot mesh, string rootNamespace, string workloads)
    {
        if (profile.EnvoyFilterRef is not { } named)
        {
            var handedOut = OfRevision(profile, profile.Revision, mesh, rootNamespace, workloads);
            return IsPast(handedOut, profile, out var rendered) ? Managed(profile, rendered, mesh, rootNamespace, workloads) : handedOut;
        }

        var resource = mesh.Find(LoggingResourceKind.EnvoyFilter, named);
        var labels = LabelSet.Of((AccessLogKeys.Profile, profile.Name));
        return new ProfileReference(
            LoggingResourceKind.EnvoyFilter, named, resource?.Selector is { } selector ? selector.With(labels) : labels, IsManaged: false, resource);
    }

    /// <summary>The reference of a given revision, or of a profile that has none yet.</summary>
    public static ProfileReference Managed(AccessLogProfile profile, string? revision, MeshSnapshot mesh, string rootNamespace, string workloads)
    {
        var handedOut = Known.GetValue(profile, static each => new HandedOut(each));
        if (revision != profile.Revision)
        {
            handedOut = new HandedOut(profile with { Revision = revision });
        }

        var key = new ObjectKey(HomeOf(profile.Backend, rootNamespace, workloads), handedOut.Name);
        return new ProfileReference(profile.Backend, key, handedOut.Labels, IsManaged: true, mesh.FindReference(profile.Backend, key)) { SettableLabels = handedOut.Settable };
    }

    /// <summary>
    /// The reference of a revision that was handed out: of the kind that the profile's backend was at the time. A revision is of one kind, so what is found
    /// under the other is what is left from before the backend was changed.
    /// </summary>
    public static ProfileReference OfRevision(AccessLogProfile profile, string? revision, MeshSnapshot mesh, string rootNamespace, string workloads)
    {
        var reference = Managed(profile, revision, mesh, rootNamespace, workloads);
        return reference.Resource is null && revision is not null
            && Managed(profile with { Backend = LoggingResourceKinds.Other(profile.Backend) }, revision, mesh, rootNamespace, workloads) is { Resource: not null } former
                ? former
                : reference;
    }

    /// <summary>
    /// The reference by which a waypoint is or will be logged, or null where there is none: the one rendered for it; else one of the current revision
    /// (or of none, made by hand) that targets it; else the one that will be rendered for it; else an older one that targets it.
    /// </summary>
    public static ProfileReference? ForWaypoint(AccessLogProfile profile, Proxy.Waypoint waypoint, MeshSnapshot mesh, string rootNamespace)
    {
        if (profile.EnvoyFilterRef is { } named)
        {
            return ReachingByName(named, waypoint, mesh, rootNamespace) is null ? null : Current(profile, mesh, rootNamespace, waypoint.Namespace);
        }

        var reaching = ReachingWaypoint(profile, waypoint, mesh, rootNamespace);
        return reaching is not null && IsCurrent(reaching, profile) ? Targeting(reaching.Kind, reaching.Key, reaching)
            : ToBeRendered(profile, waypoint, mesh)
            ?? (reaching is null ? null : Targeting(reaching.Kind, reaching.Key, reaching));
    }

    /// <summary>
    /// What logs a waypoint for the profile now: the EnvoyFilter that it names, or the current revision; else one that is left from before. Null where nothing does.
    /// </summary>
    public static LoggingResource? ReachingWaypoint(AccessLogProfile profile, Proxy.Waypoint waypoint, MeshSnapshot mesh, string rootNamespace) =>
        (profile.EnvoyFilterRef is { } named ? ReachingByName(named, waypoint, mesh, rootNamespace) : null)
        ?? WaypointReferences.Reaching(waypoint, profile.Name, mesh, rootNamespace).Where(candidate => IsReference(candidate, profile))
            .OrderByDescending(candidate => profile.Revision is { } revision && candidate.Labels.Has(AccessLogKeys.Revision, revision))
            .ThenByDescending(candidate => IsCurrent(candidate, profile))
            .ThenBy(candidate => candidate.Key.ToString(), StringComparer.Ordinal)
            .FirstOrDefault();

    private static LoggingResource? ReachingByName(ObjectKey named, Proxy.Waypoint waypoint, MeshSnapshot mesh, string rootNamespace) =>
        mesh.Find(LoggingResourceKind.EnvoyFilter, named) is { } resource && Attachment.Reaches(resource, waypoint, rootNamespace) ? resource : null;

    /// <summary>
    /// Whether <paramref name="reference"/> (<c>namespace/name</c>) is a rendered one of that profile for the workloads of a namespace, of whatever revision.
    /// </summary>
    public static bool IsManagedName(string reference, string profile, LoggingResourceKind kind, string rootNamespace, string workloads)
    {
        var home = HomeOf(kind, rootNamespace, workloads);
        return reference.Length > home.Length
            && reference[home.Length] == '/'
            && reference.StartsWith(home, StringComparison.Ordinal)
            && ReferenceNames.IsOf(reference.AsSpan(home.Length + 1), profile);
    }

    /// <summary>Whether <paramref name="reference"/> is one that is rendered for the waypoint alone, of that profile and whatever revision.</summary>
    public static bool IsManagedName(string reference, string profile, Proxy.Waypoint waypoint)
    {
        var start = $"{waypoint.Namespace}/{ReferenceNames.Of(profile, null)}-";
        if (!reference.StartsWith(start, StringComparison.Ordinal))
        {
            return false;
        }

        var rest = reference[start.Length..];
        var revision = rest[..Math.Max(0, rest.IndexOf('-', StringComparison.Ordinal))];
        return revision.Length > 0
            && ReferenceNames.IsRevision(revision)
            && reference == $"{waypoint.Namespace}/{ReferenceNames.OfWaypoint(profile, revision, waypoint.GatewayName)}";
    }

    /// <summary>What a rendered reference selects by, and what is put on workloads for it.</summary>
    public static LabelSet LabelsOf(string profile, string? revision) => revision is null
        ? LabelSet.Of((AccessLogKeys.Profile, profile))
        : LabelSet.Of((AccessLogKeys.Profile, profile), (AccessLogKeys.Revision, revision));

    // An EnvoyFilter reaches all namespaces from the root namespace; a Telemetry with a selector reaches its own alone.
    private static string HomeOf(LoggingResourceKind kind, string rootNamespace, string workloads) =>
        kind == LoggingResourceKind.Telemetry ? workloads : rootNamespace;

    private static ProfileReference Targeting(LoggingResourceKind kind, ObjectKey key, LoggingResource? resource) =>
        new(kind, key, LabelSet.Empty, IsManaged: true, resource);

    // Of the other kind, or beside an EnvoyFilter that the profile names, only what was rendered before the profile was changed: one made by hand was made for the backend.
    private static bool IsReference(LoggingResource candidate, AccessLogProfile profile) =>
        !candidate.IsSilencer && ((candidate.Kind == profile.Backend && profile.EnvoyFilterRef is null) || candidate.Labels.ContainsKey(AccessLogKeys.Revision));

    private static bool IsCurrent(LoggingResource resource, AccessLogProfile profile) =>
        resource.Labels[AccessLogKeys.Revision] is not { } revision || profile.Revision is null || profile.IsCurrent(revision);

    private static ProfileReference? ToBeRendered(AccessLogProfile profile, Proxy.Waypoint waypoint, MeshSnapshot mesh)
    {
        if (!profile.RendersWaypoints || profile.Revision is not { } revision || waypoint.GatewayName.Length == 0)
        {
            return null;
        }

        var handedOut = Of(revision);
        return IsPast(handedOut, profile, out var rendered) ? Of(rendered) : handedOut;

        ProfileReference Of(string of)
        {
            var key = new ObjectKey(waypoint.Namespace, ReferenceNames.OfWaypoint(profile.Name, of, waypoint.GatewayName));
            return Targeting(profile.Backend, key, mesh.FindReference(profile.Backend, key));
        }
    }

    // Where an edit has come between, the reference of the revision that is handed out is not made any more, where it never was.
    private static bool IsPast(ProfileReference handedOut, AccessLogProfile profile, [NotNullWhen(true)] out string? rendered)
    {
        rendered = profile.RenderedRevision;
        return handedOut.Resource is null && rendered is not null && rendered != profile.Revision;
    }

    private static LabelSet Settable(LabelSet labels) => LabelSet.From(labels.Where(label => LabelRules.MayBeSet(label.Key, label.Value)));

    /// <summary>What a profile alone says of the reference of the revision that it hands out: the same for every workload, so it is made once for each profile.</summary>
    private sealed class HandedOut(AccessLogProfile profile)
    {
        public string Name { get; } = ReferenceNames.Of(profile.Name, profile.Revision);

        public LabelSet Labels { get; } = LabelsOf(profile.Name, profile.Revision);

        public LabelSet Settable { get; } = Settable(LabelsOf(profile.Name, profile.Revision));
    }
}
