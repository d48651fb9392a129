using System.Collections.Immutable;
using AccessLogWebhook.Policy.Profiles;
using AccessLogWebhook.Policy.Workloads;

namespace AccessLogWebhook.Policy.Mesh;

/// <summary>
/// Everything that is known of a cluster, at one moment. Immutable: a request takes one and keeps it, so that all its answers
/// come from the same moment.
/// </summary>
public sealed record MeshSnapshot
{
    public static MeshSnapshot Empty { get; } = new();

    public ImmutableDictionary<string, NamespaceFacts> Namespaces { get; init; } =
        ImmutableDictionary.Create<string, NamespaceFacts>(StringComparer.Ordinal);

    /// <summary>AccessLogProfile objects. The built-in profiles are not in here; see <see cref="ProfileNamed"/>.</summary>
    public ImmutableDictionary<string, AccessLogProfile> Profiles { get; init; } =
        ImmutableDictionary.Create<string, AccessLogProfile>(StringComparer.Ordinal);

    public ImmutableDictionary<ObjectKey, LoggingResource> EnvoyFilters { get; init; } = ImmutableDictionary<ObjectKey, LoggingResource>.Empty;

    public ImmutableDictionary<ObjectKey, LoggingResource> Telemetries { get; init; } = ImmutableDictionary<ObjectKey, LoggingResource>.Empty;

    /// <summary>GatewayClass name to <c>spec.controllerName</c>.</summary>
    public ImmutableDictionary<string, string> GatewayClasses { get; init; } =
        ImmutableDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>Every Pod: an Istio Gateway's verdict is about the Pods that its selector picks, in any namespace.</summary>
    public ImmutableDictionary<ObjectKey, PodFacts> Pods { get; init; } = ImmutableDictionary<ObjectKey, PodFacts>.Empty;

    /// <summary>Gateways of networking.istio.io.</summary>
    public ImmutableDictionary<ObjectKey, IstioGateway> IstioGateways { get; init; } = ImmutableDictionary<ObjectKey, IstioGateway>.Empty;

    /// <summary>Gateways of gateway.networking.k8s.io.</summary>
    public ImmutableDictionary<ObjectKey, KubernetesGateway> KubernetesGateways { get; init; } = ImmutableDictionary<ObjectKey, KubernetesGateway>.Empty;

    /// <summary>The profile of that name, an object of the cluster before a built-in one; null where there is none.</summary>
    public AccessLogProfile? ProfileNamed(string name) =>
        Profiles.TryGetValue(name, out var profile) ? profile : BuiltInProfiles.Named(name);

    /// <summary>The names of all profiles that a label may name, in ordinal order.</summary>
    public IEnumerable<string> ProfileNames() =>
        Profiles.Keys.Union(BuiltInProfiles.Names, StringComparer.Ordinal).Order(StringComparer.Ordinal);

    /// <summary>The resource by which a proxy may be logged; a Telemetry that only silences others is none.</summary>
    public LoggingResource? FindReference(LoggingResourceKind kind, ObjectKey key) => Find(kind, key) is { IsSilencer: false } found ? found : null;

    public LoggingResource? Find(LoggingResourceKind kind, ObjectKey key) =>
        (kind == LoggingResourceKind.Telemetry ? Telemetries : EnvoyFilters).GetValueOrDefault(key);
}
