using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text.Json;
using AccessLogWebhook.Policy.Decisions;
using AccessLogWebhook.Policy.Json;
using AccessLogWebhook.Policy.Logging;
using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Policy.Profiles;
using AccessLogWebhook.Policy.Rendering;
using AccessLogWebhook.Policy.Workloads;

namespace AccessLogWebhook.Cluster;

/// <summary>The kinds that the snapshot is made of.</summary>
internal static class ClusterKinds
{
    public static ClusterKind Namespaces { get; } = new ClusterKind<string, NamespaceFacts>(
        "", "v1", "namespaces", "Namespace", metadataOnly: true,
        key => key.Name,
        ReadNamespace,
        snapshot => snapshot.Namespaces,
        (snapshot, namespaces) => snapshot with { Namespaces = namespaces });

    public static ImmutableArray<ClusterKind> All { get; } =
    [
        Namespaces,
        new ClusterKind<string, AccessLogProfile>(
            "accesslog.mesh", "v1alpha1", "accesslogprofiles", "AccessLogProfile", metadataOnly: false,
            key => key.Name,
            (@object, key) => AccessLogProfileReader.Read(key.Name, @object),
            snapshot => snapshot.Profiles,
            (snapshot, profiles) => snapshot with { Profiles = profiles }),
        new ClusterKind<ObjectKey, LoggingResource>(
            "networking.istio.io", "v1alpha3", "envoyfilters", "EnvoyFilter", metadataOnly: false,
            key => key,
            (@object, _) => ReadReference(LoggingResourceKind.EnvoyFilter, @object),
            snapshot => snapshot.EnvoyFilters,
            (snapshot, filters) => snapshot with { EnvoyFilters = filters }),
        new ClusterKind<ObjectKey, LoggingResource>(
            "telemetry.istio.io", "v1", "telemetries", "Telemetry", metadataOnly: false,
            key => key,
            (@object, _) => ReadReference(LoggingResourceKind.Telemetry, @object),
            snapshot => snapshot.Telemetries,
            (snapshot, telemetries) => snapshot with { Telemetries = telemetries },
            "v1alpha1"),
        new ClusterKind<string, string>(
            "gateway.networking.k8s.io", "v1", "gatewayclasses", "GatewayClass", metadataOnly: false,
            key => key.Name,
            (@object, _) => @object.Object("spec")?.Text("controllerName") ?? "",
            snapshot => snapshot.GatewayClasses,
            (snapshot, classes) => snapshot with { GatewayClasses = classes },
            "v1beta1"),
        new ClusterKind<ObjectKey, PodFacts>(
            "", "v1", "pods", "Pod", metadataOnly: true,
            key => key,
            ReadPod,
            snapshot => snapshot.Pods,
            (snapshot, pods) => snapshot with { Pods = pods }),
        new ClusterKind<ObjectKey, IstioGateway>(
            "networking.istio.io", "v1", "gateways", "Gateway", metadataOnly: false,
            key => key,
            (@object, key) => (IstioGateway)ReadGateway(WorkloadKind.IstioGateway, @object, key),
            snapshot => snapshot.IstioGateways,
            (snapshot, gateways) => snapshot with { IstioGateways = gateways },
            "v1beta1", "v1alpha3"),
        new ClusterKind<ObjectKey, KubernetesGateway>(
            "gateway.networking.k8s.io", "v1", "gateways", "Gateway", metadataOnly: false,
            key => key,
            (@object, key) => (KubernetesGateway)ReadGateway(WorkloadKind.KubernetesGateway, @object, key),
            snapshot => snapshot.KubernetesGateways,
            (snapshot, gateways) => snapshot with { KubernetesGateways = gateways },
            "v1beta1"),
        MeshConfigurationKind.In(PolicySettings.Default.RootNamespace),
    ];

    /// <summary>A namespace's facts from its object, as the live look-up gets it.</summary>
    public static NamespaceFacts ReadNamespace(JsonElement @object, ObjectKey key) =>
        new(key.Name, LabelSet.From((@object.Object("metadata")?.Labels("labels") ?? LabelSet.Empty)
            .Where(label => MeshKeys.DecidesInNamespace(label.Key))))
        {
            IsTerminating = @object.Object("metadata")?.Text("deletionTimestamp") is { Length: > 0 },
            InjectSince = FieldManagers.LabelSince(@object.Object("metadata"), Modes.LabelOf(Mode.Inject)),
        };

    /// <summary>The same, of a mesh with that root namespace.</summary>
    public static ImmutableArray<ClusterKind> In(string rootNamespace) =>
        [.. All.Select(kind => kind.Namespace.Length > 0 ? MeshConfigurationKind.In(rootNamespace) : kind)];

    /// <summary>A reference's facts from its object, as the API server answers a write.</summary>
    public static LoggingResource ReadReference(LoggingResourceKind kind, JsonElement @object)
    {
        var spec = @object.Object("spec");
        var metadata = @object.Object("metadata");
        var labels = metadata?.Labels("labels") ?? LabelSet.Empty;
        var key = ClusterKind.KeyOf(@object);
        var known = LabelSet.From(labels.Where(label => label.Key.StartsWith(AccessLogKeys.Prefix, StringComparison.Ordinal)));
        return LoggingResourceReader.Read(kind, key, known, spec) with
        {
            Uid = metadata?.Text("uid") ?? "",
            ChangedBy = ReferenceNames.MayBeRendered(key.Name) ? FieldManagers.LastOther(@object) : null,
            SpecFingerprint = spec is { } rendered && labels.Has(MeshKeys.ManagedBy, MeshKeys.ManagedByThis)
                ? SpecFingerprint.Of(rendered, metadata?.Labels("annotations") ?? LabelSet.Empty)
                : null,
            Effects = LoggingEffectsReader.Read(kind, @object),
        };
    }

    private static PodFacts ReadPod(JsonElement pod, ObjectKey key)
    {
        var metadata = pod.Object("metadata");
        var owner = WorkloadOwner.Of(pod, key.Name);
        return new PodFacts(
            metadata?.Labels("labels") ?? LabelSet.Empty,
            LabelSet.From((metadata?.Labels("annotations") ?? LabelSet.Empty)
                .Where(annotation => MeshKeys.DecidesOnPod(annotation.Key))
                // That it is there says that the injector was; what it says is long and the same on every Pod.
                .Select(annotation => annotation.Key == MeshKeys.SidecarStatus ? KeyValuePair.Create(annotation.Key, "") : annotation)))
        {
            Owner = owner.Kind == "Pod" && owner.Name == key.Name ? null : owner,
            Created = ObjectTime.Read(metadata?.Text("creationTimestamp")),
        };
    }

    // As in admission, so that a Gateway is the same to both; one that could not be admitted is known by its name alone.
    private static Workload ReadGateway(WorkloadKind kind, JsonElement @object, ObjectKey key)
    {
        try
        {
            return WorkloadReader.Read(kind, JsonMarshal.GetRawUtf8Value(@object));
        }
        catch (Exception odd) when (odd is UnexpectedFieldException or JsonException)
        {
            var metadata = new ObjectMetadata { IsPresent = true, Name = key.Name, Namespace = key.Namespace };
            return kind == WorkloadKind.IstioGateway
                ? new IstioGateway(metadata, LabelSet.Empty, "")
                : new KubernetesGateway(metadata, HasSpec: false, "", IsManaged: true, null, null, "");
        }
    }
}
