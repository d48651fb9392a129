using System.Collections.Immutable;
using System.Diagnostics;
using AccessLogWebhook.Policy.Json;
using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Policy.Patching;
using AccessLogWebhook.Policy.Profiles;
using AccessLogWebhook.Policy.Workloads;

namespace AccessLogWebhook.Policy.Decisions;

/// <summary>
/// The change that makes a workload conform, and the workload as it is afterwards. Whoever makes a plan judges <see cref="After"/>
/// before using it: a plan that enforce would refuse is not carried out, so nothing is ever half-applied.
/// </summary>
/// <param name="Change">What is done, as a reason; <see cref="ReasonCode.Conforms"/> where nothing has to be.</param>
/// <param name="Replaced">What is replaced, and why: a sentence each.</param>
/// <param name="Kept">What is left as it is though the profile asks for something else, and why: a sentence each.</param>
public sealed record InjectionPlan(
    ReasonCode Change,
    AccessLogProfile Profile,
    Workload After,
    ImmutableArray<JsonPatchOperation> Patch,
    ImmutableArray<string> Replaced,
    ImmutableArray<string> Kept)
{
    // Two labels and an annotation.
    private const int UsualOperations = 3;

    public static InjectionPlan For(Workload workload, AccessLogProfile asked, PolicyContext context) => workload switch
    {
        PodWorkload pod => ForPod(pod, asked, context),
        IstioGateway gateway => ForIstioGateway(gateway, asked, context),
        KubernetesGateway gateway => ForKubernetesGateway(gateway, asked, context),
        _ => throw new UnreachableException(),
    };

    private static InjectionPlan ForPod(PodWorkload pod, AccessLogProfile asked, PolicyContext context)
    {
        if (InertRules.ProxyOf(pod, context).Proxy is Proxy.Waypoint)
        {
            // What logs here is reached by targetRefs: a label would promise what it does not do.
            return Nothing(pod, asked);
        }

        var profile = ReferenceRule.Effective(asked, pod.Labels, context.Mesh);
        var reference = ReferenceRule.Wanted(profile, pod.Labels, context);
        var labels = SetLabels(pod.Labels, reference);
        var annotations = SetReference(pod, reference, new ManagedNames(profile, pod.Labels, context));
        annotations = AddAnnotations(annotations, profile.Annotations, pod.Metadata.Annotations);
        var after = pod with { Metadata = pod.Metadata with { IsPresent = true, Labels = labels.Map, Annotations = annotations.Map } };
        return new(
            ChangeOf(pod.Labels, labels.Map, pod.Annotations, annotations.Map),
            profile,
            after,
            MetadataPatch(pod.Metadata, labels.Map, annotations.Map).DrainToImmutable(),
            ReplacementWarning(pod.Labels, profile),
            labels.Kept.AddRange(annotations.Kept));
    }

    private static InjectionPlan ForIstioGateway(IstioGateway gateway, AccessLogProfile asked, PolicyContext context)
    {
        var profile = ReferenceRule.Effective(asked, gateway.Labels, context.Mesh);
        var reference = IstioGatewayRule.ReferenceOf(gateway, profile, context);
        var carried = gateway.Labels[AccessLogKeys.Profile] ?? profile.Name;
        return WithReferenceOnly(gateway, profile, SetReference(gateway, reference, new GatewayNames(profile, carried, context)));
    }

    private static InjectionPlan ForKubernetesGateway(KubernetesGateway gateway, AccessLogProfile asked, PolicyContext context)
    {
        if (InertRules.ProxyOf(gateway, context).Proxy is Proxy.Waypoint waypoint)
        {
            return ProfileReference.ForWaypoint(asked, waypoint, context.Mesh, context.RootNamespace) is { } targeted
                ? WithReferenceOnly(gateway, asked, SetReference(gateway, targeted, new WaypointNames(asked, waypoint)))
                : Nothing(gateway, asked);
        }

        var profile = ReferenceRule.Effective(asked, gateway.CopiedLabels, context.Mesh);
        var reference = ReferenceRule.Wanted(profile, gateway.CopiedLabels, context);
        var labels = SetLabels(gateway.CopiedLabels, reference);
        if (gateway.InfrastructureLabels is not null && labels.Map.Count > KubernetesGateway.MaxInfrastructureLabels)
        {
            // Judged as it is, it says what is in the way.
            return Nothing(gateway, profile);
        }

        // Istio reads the proxies' log levels off the Gateway itself, all else off what it copies to the Pods (ISTIO.md, "Gateways").
        var levels = LabelSet.From(profile.Annotations.Where(annotation => IsRead(annotation.Key)));
        var copied = LabelSet.From(profile.Annotations.Where(annotation => !IsRead(annotation.Key)));
        var own = SetReference(gateway, reference, new ManagedNames(profile, gateway.CopiedLabels, context));
        own = AddAnnotations(own, gateway.InfrastructureAnnotations is null ? levels.With(copied) : levels, gateway.Metadata.Annotations);
        var infrastructure = gateway.InfrastructureAnnotations is { } existing
            ? AddAnnotations(new(existing, []), copied, existing)
            : new MapChange(LabelSet.Empty, []);
        var kept = own.Kept.AddRange(infrastructure.Kept);
        if (infrastructure.Map.Count > KubernetesGateway.MaxInfrastructureAnnotations)
        {
            infrastructure = new(gateway.InfrastructureAnnotations!, []);
            kept = own.Kept.Add(
                $"At most {KubernetesGateway.MaxInfrastructureAnnotations} fit into spec.infrastructure.annotations: those of profile {profile.Name} were left out.");
        }

        var labelsInMetadata = gateway.InfrastructureLabels is null;
        var after = gateway with
        {
            Metadata = gateway.Metadata with
            {
                IsPresent = true,
                Labels = labelsInMetadata ? labels.Map : gateway.Metadata.Labels,
                Annotations = own.Map,
            },
            InfrastructureLabels = labelsInMetadata ? null : labels.Map,
            InfrastructureAnnotations = gateway.InfrastructureAnnotations is null ? null : infrastructure.Map,
        };
        var patch = MetadataPatch(gateway.Metadata, labelsInMetadata ? labels.Map : gateway.Labels, own.Map);
        if (!labelsInMetadata)
        {
            MapPatch.Add(patch, "/spec/infrastructure/labels", gateway.InfrastructureLabels, labels.Map);
        }

        if (gateway.InfrastructureAnnotations is not null)
        {
            MapPatch.Add(patch, "/spec/infrastructure/annotations", gateway.InfrastructureAnnotations, infrastructure.Map);
        }

        return new(
            patch.Count == 0 ? ReasonCode.Conforms : ChangeOf(gateway.CopiedLabels, labels.Map, LabelSet.Empty, own.Map),
            profile,
            after,
            patch.DrainToImmutable(),
            ReplacementWarning(gateway.CopiedLabels, profile),
            labels.Kept.AddRange(kept));
    }

    private static InjectionPlan Nothing(Workload workload, AccessLogProfile profile) => new(ReasonCode.Conforms, profile, workload, [], [], []);

    private static InjectionPlan WithReferenceOnly(Workload workload, AccessLogProfile profile, MapChange annotations)
    {
        var metadata = workload.Metadata with { IsPresent = true, Annotations = annotations.Map };
        return new(
            ChangeOf(LabelSet.Empty, LabelSet.Empty, workload.Annotations, annotations.Map),
            profile,
            workload with { Metadata = metadata },
            MetadataPatch(workload.Metadata, workload.Labels, annotations.Map).DrainToImmutable(),
            [],
            annotations.Kept);
    }

    private static ImmutableArray<string> ReplacementWarning(LabelSet labels, AccessLogProfile profile) =>
        labels[AccessLogKeys.Profile] is { } carried && carried != profile.Name
            ? [$"Profile \"{Excerpt.Of(carried)}\" was replaced by {profile.Name}: a workload may only choose a profile that is selectable."]
            : [];

    // Our own two labels are set; a label of the team's own, by which its EnvoyFilter selects, may also be one by which a Service or
    // a Deployment selects, so a value that is there stays, and the judgement of what results says that it is in the way.
    private static MapChange SetLabels(LabelSet existing, ProfileReference reference)
    {
        var wanted = reference.SettableLabels;
        var kept = ImmutableArray<string>.Empty;
        foreach (var (key, value) in wanted.Entries)
        {
            if (existing.TryGet(key, out var current) && current != value && key is not (AccessLogKeys.Profile or AccessLogKeys.Revision))
            {
                kept = kept.Add($"Label {key}={Excerpt.Of(current)} was kept, but {reference.Key} selects {key}={value}.");
                wanted = wanted.With(key, current);
            }
        }

        return new(existing.With(wanted), kept);
    }

    // An annotation is never overwritten, with one exception: where it names a rendered reference of the profile or revision that is being
    // replaced, or another of the profile that is injected, it is ours and goes with the label that it belongs to. That of the other kind, from before the
    // profile's backend was changed, is taken off: it would name what does not log here, and keep that in the cluster.
    private static MapChange SetReference<TNames>(Workload workload, ProfileReference reference, TNames ours)
        where TNames : struct, IReferenceNames
    {
        var other = LoggingResourceKinds.Other(reference.Kind);
        var stale = AccessLogKeys.ReferenceAnnotation(other);
        var existing = workload.Annotations[stale] is { } left && ours.Has(other, left)
            ? Without(workload.Annotations, stale)
            : workload.Annotations;
        if (!existing.TryGet(reference.Annotation, out var named))
        {
            return new(existing.With(reference.Annotation, reference.Key.ToString()), []);
        }

        return reference.Key.Is(named) ? new(existing, [])
            : ours.Has(reference.Kind, named) ? new(existing.With(reference.Annotation, reference.Key.ToString()), [])
            : new(existing, [$"Annotation {reference.Annotation} was kept: it names {Excerpt.Of(named)}, not {reference.Key}."]);
    }

    private static MapChange AddAnnotations(MapChange change, LabelSet wanted, LabelSet? existing)
    {
        var (map, kept) = (change.Map, change.Kept);
        foreach (var (key, value) in wanted.Entries)
        {
            if (existing is null || !existing.TryGet(key, out var current))
            {
                map = map.With(key, value);
            }
            else if (current != value)
            {
                kept = kept.Add($"Annotation {key} was kept: an existing annotation is never overwritten.");
            }
        }

        return new(map, kept);
    }

    private static bool IsRead(string annotation) => annotation.StartsWith("sidecar.istio.io/", StringComparison.Ordinal);

    private static ReasonCode ChangeOf(LabelSet labels, LabelSet labelsAfter, LabelSet annotations, LabelSet annotationsAfter) =>
        labels[AccessLogKeys.Profile] is { } before && labelsAfter[AccessLogKeys.Profile] != before ? ReasonCode.ProfileReplaced
        : labels[AccessLogKeys.Revision] is { } revision && labelsAfter[AccessLogKeys.Revision] != revision ? ReasonCode.RevisionReplaced
        : labels.Equals(labelsAfter) && annotations.Equals(annotationsAfter) ? ReasonCode.Conforms
        : ReasonCode.Injected;

    private static ImmutableArray<JsonPatchOperation>.Builder MetadataPatch(ObjectMetadata before, LabelSet labels, LabelSet annotations)
    {
        var operations = ImmutableArray.CreateBuilder<JsonPatchOperation>(UsualOperations);
        MapPatch.Add(operations, "/metadata/labels", before.Labels, labels);
        MapPatch.Add(operations, "/metadata/annotations", before.Annotations, annotations);
        if (!before.IsPresent && operations.Count > 0)
        {
            operations.Insert(0, JsonPatchOperation.Add("/metadata", LabelSet.Empty));
        }

        return operations;
    }

    private static LabelSet Without(LabelSet annotations, string key) => LabelSet.From(annotations.Where(annotation => annotation.Key != key));

    /// <summary>Which references that an annotation may name are ours to replace.</summary>
    private interface IReferenceNames
    {
        bool Has(LoggingResourceKind kind, string named);
    }

    private readonly record struct MapChange(LabelSet Map, ImmutableArray<string> Kept);

    /// <summary>Those that are rendered for the workloads of a namespace: of the profile that is injected, and of the one that is carried.</summary>
    private readonly record struct ManagedNames(AccessLogProfile Profile, LabelSet Labels, PolicyContext Context) : IReferenceNames
    {
        public bool Has(LoggingResourceKind kind, string named) => IsOf(kind, named, Labels[AccessLogKeys.Profile] ?? Profile.Name) || IsOf(kind, named, Profile.Name);

        private bool IsOf(LoggingResourceKind kind, string named, string profile) =>
            ProfileReference.IsManagedName(named, profile, kind, Context.RootNamespace, Context.Namespace.Name);
    }

    /// <summary>Those that are rendered for the Pods of an Istio Gateway, wherever these are.</summary>
    private readonly record struct GatewayNames(AccessLogProfile Profile, string Carried, PolicyContext Context) : IReferenceNames
    {
        public bool Has(LoggingResourceKind kind, string named) =>
            IstioGatewayRule.IsRendered(kind, named, Carried, Context) || IstioGatewayRule.IsRendered(kind, named, Profile.Name, Context);
    }

    /// <summary>Those that are rendered for one waypoint.</summary>
    private readonly record struct WaypointNames(AccessLogProfile Profile, Proxy.Waypoint Waypoint) : IReferenceNames
    {
        public bool Has(LoggingResourceKind kind, string named) => ProfileReference.IsManagedName(named, Profile.Name, Waypoint);
    }
}
