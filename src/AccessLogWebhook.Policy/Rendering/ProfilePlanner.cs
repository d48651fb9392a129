using System.Collections.Immutable;
using AccessLogWebhook.Policy.Decisions;
using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Policy.Profiles;

namespace AccessLogWebhook.Policy.Rendering;

/// <summary>Plans for one profile: one that is well, one that cannot be rendered, one that is going, or one that is gone and has left references.</summary>
/// <param name="existing">Its rendered references in the cluster, of every revision.</param>
internal sealed class ProfilePlanner(string name, MeshSnapshot mesh, PolicySettings settings, ReferenceUsage usage, ImmutableArray<LoggingResource> existing)
{
    private readonly ProfileUsers users = usage.UsersOf(name);

    public ProfilePlan Plan(VerdictCounts counts, DateTimeOffset now)
    {
        if (mesh.ProfileNamed(name) is not { } profile)
        {
            return Nothing(null) with { Removals = Unused([], isUrgent: false) };
        }

        if (profile.Object is { IsBeingDeleted: true } going)
        {
            if (BuiltInProfiles.Named(name) is { } successor)
            {
                // It takes the place of the object, so nobody is left without a profile; its references have to be there by then.
                return Nothing(going) with { Applies = [.. Wanted(ProfileRenderer.Render(successor)).Select(Apply).OfType<ReferenceApply>()], RemovesFinalizer = going.HasFinalizer };
            }

            if (!users.Any)
            {
                return Nothing(going) with { Removals = Unused([], isUrgent: true), RemovesFinalizer = going.HasFinalizer };
            }
        }

        var rendering = profile.IsRendered ? ProfileRenderer.Render(profile) : null;
        var wanted = rendering is null ? [] : Wanted(rendering).ToImmutableArray();
        var removals = profile.Errors.IsEmpty ? Unused([.. wanted.Select(resource => (resource.Kind, resource.Key))], isUrgent: false) : [];
        var plan = Nothing(profile.Object) with
        {
            AddsFinalizer = profile.Object is { HasFinalizer: false, IsBeingDeleted: false },
            Applies = [.. wanted.Select(Apply).OfType<ReferenceApply>()],
            Removals = removals,
        };
        if (profile.Object is not { } @object)
        {
            return plan;
        }

        var references = References(profile, wanted, removals);
        var status = new ProfileStatusWriter(profile, @object, now).Write(rendering, references, users, ResourceNamed(profile), counts);
        return status.IsSameAs(@object.Status) ? plan : plan with { Status = status };
    }

    private ProfilePlan Nothing(ProfileObject? @object) => new(name, @object, AddsFinalizer: false, [], null, [], RemovesFinalizer: false);

    private IEnumerable<RenderedResource> Wanted(ProfileRendering rendering)
    {
        var homes = users.RenderingNamespaces.Union(usage.NamespacesOf(name, rendering.Revision), StringComparer.Ordinal).Where(TakesReferences).Order(StringComparer.Ordinal).ToList();
        var selecting = rendering.Backend == LoggingResourceKind.EnvoyFilter ? [settings.RootNamespace] : homes;
        return selecting.Select(rendering.ForWorkloads)
            .Concat(homes.Select(rendering.SilencerForWorkloads))
            .Concat(Waypoints(rendering).SelectMany(gateway => new[] { rendering.ForWaypoint(gateway), rendering.SilencerForWaypoint(gateway) }))
            .OfType<RenderedResource>();
    }

    /// <summary>The waypoints whose Gateways name the reference of this revision: the annotation pins it, so that an edit of the profile drains none.</summary>
    private IEnumerable<ObjectKey> Waypoints(ProfileRendering rendering) =>
        from gateway in mesh.KubernetesGateways
        where TakesReferences(gateway.Key.Namespace) && GatewayClasses.KindOf(gateway.Value.ClassName, mesh) == GatewayClassKind.Waypoint
        let reference = new ObjectKey(gateway.Key.Namespace, ReferenceNames.OfWaypoint(name, rendering.Revision, gateway.Key.Name))
        where gateway.Value.Annotations.Has(AccessLogKeys.ReferenceAnnotation(rendering.Backend), reference.ToString())
        orderby gateway.Key.ToString()
        select gateway.Key;

    // What is in a namespace that is being deleted goes with it, and nothing can be put there any more.
    private bool TakesReferences(string @namespace) => mesh.Namespaces.GetValueOrDefault(@namespace) is { IsTerminating: false };

    private ReferenceApply? Apply(RenderedResource wanted) => mesh.Find(wanted.Kind, wanted.Key) switch
    {
        null => new(wanted, Repairs: false),
        var found => found.SpecFingerprint == SpecFingerprint.Of(wanted)
            && found.Labels.Equals(LabelSet.From(wanted.Labels.Where(label => label.Key.StartsWith(AccessLogKeys.Prefix, StringComparison.Ordinal))))
                ? null
                : new(wanted, Repairs: true),
    };

    private ImmutableArray<ReferenceRemoval> Unused(ImmutableHashSet<(LoggingResourceKind, ObjectKey)> wanted, bool isUrgent) =>
    [
        .. from resource in existing
           let revision = resource.Labels[AccessLogKeys.Revision]!
           where !wanted.Contains((resource.Kind, resource.Key)) && !IsUsed(resource, revision)
           select new ReferenceRemoval(resource.Kind, resource.Key, name, revision, resource.Uid, isUrgent),
    ];

    // What targets a waypoint is used where a Gateway names it, what selects where a workload within its reach carries its labels. A silencing Telemetry is
    // called what the reference is called that it goes with, so a name stands for both.
    private bool IsUsed(LoggingResource resource, string revision) =>
        usage.IsNamed(resource.Key)
        || (resource.TargetRefs.IsEmpty
            && (resource.Kind == LoggingResourceKind.EnvoyFilter ? usage.IsCarried(name, revision) : usage.IsCarried(name, revision, resource.Key.Namespace)));

    private ImmutableArray<ReferenceStatus> References(AccessLogProfile profile, ImmutableArray<RenderedResource> wanted, ImmutableArray<ReferenceRemoval> removals)
    {
        var removed = removals.Select(removal => (removal.Kind, removal.Key)).ToHashSet();
        var kept = existing.Where(resource => !removed.Contains((resource.Kind, resource.Key))).Select(resource => new ReferenceStatus(resource.Kind, resource.Key, resource.Labels[AccessLogKeys.Revision]));
        var named = profile.EnvoyFilterRef is { } key ? [new ReferenceStatus(LoggingResourceKind.EnvoyFilter, key, null)] : Array.Empty<ReferenceStatus>();
        return
        [
            .. named.Concat(wanted.Select(resource => new ReferenceStatus(resource.Kind, resource.Key, resource.Labels[AccessLogKeys.Revision])))
                .Concat(kept)
                .DistinctBy(reference => (reference.Kind, reference.Key))
                .Take(ProfileStatus.MostReferences),
        ];
    }

    private LoggingResource? ResourceNamed(AccessLogProfile profile) =>
        profile.EnvoyFilterRef is { } key ? mesh.Find(LoggingResourceKind.EnvoyFilter, key) : null;
}
