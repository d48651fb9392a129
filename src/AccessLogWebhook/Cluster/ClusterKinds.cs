using System.Collections.Immutable;
using System.Text.Json;
using AccessLogWebhook.Policy.Json;
using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Policy.Profiles;

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
            (@object, key) => ReadLoggingResource(LoggingResourceKind.EnvoyFilter, key, @object, "workloadSelector", "labels"),
            snapshot => snapshot.EnvoyFilters,
            (snapshot, filters) => snapshot with { EnvoyFilters = filters }),
        new ClusterKind<ObjectKey, LoggingResource>(
            "telemetry.istio.io", "v1", "telemetries", "Telemetry", metadataOnly: false,
            key => key,
            (@object, key) => ReadLoggingResource(LoggingResourceKind.Telemetry, key, @object, "selector", "matchLabels"),
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
        new ClusterKind<ObjectKey, LabelSet>(
            "", "v1", "pods", "Pod", metadataOnly: true,
            key => key,
            (@object, _) => @object.Object("metadata")?.Labels("labels") ?? LabelSet.Empty,
            snapshot => snapshot.Pods,
            (snapshot, pods) => snapshot with { Pods = pods }),
    ];

    /// <summary>A namespace's facts from its object, as the live look-up gets it.</summary>
    public static NamespaceFacts ReadNamespace(JsonElement @object, ObjectKey key) =>
        new(key.Name, LabelSet.From((@object.Object("metadata")?.Labels("labels") ?? LabelSet.Empty)
            .Where(label => MeshKeys.DecidesInNamespace(label.Key))));

    private static LoggingResource ReadLoggingResource(
        LoggingResourceKind kind, ObjectKey key, JsonElement @object, string selectorField, string labelsField)
    {
        var spec = @object.Object("spec");
        return new LoggingResource(
            kind,
            key,
            LabelSet.From((@object.Object("metadata")?.Labels("labels") ?? LabelSet.Empty)
                .Where(label => label.Key.StartsWith(AccessLogKeys.Prefix, StringComparison.Ordinal))),
            spec?.Object(selectorField) is { } selector ? selector.Labels(labelsField) ?? LabelSet.Empty : null,
            spec is { } value ? ReadTargetRefs(value) : []);
    }

    // Istio still takes the single targetRef of older releases, where targetRefs is absent (policyattachment.go, GetTargetRefs).
    private static ImmutableArray<TargetReference> ReadTargetRefs(JsonElement spec) =>
        spec.TryGetProperty("targetRefs", out var references) && references.ValueKind == JsonValueKind.Array && references.GetArrayLength() > 0
            ? [.. references.EnumerateArray().Where(reference => reference.ValueKind == JsonValueKind.Object).Select(ReadTargetRef)]
            : spec.Object("targetRef") is { } single ? [ReadTargetRef(single)] : [];

    private static TargetReference ReadTargetRef(JsonElement reference) => new(
        reference.Text("group") ?? "", reference.Text("kind") ?? "", reference.Text("namespace") ?? "", reference.Text("name") ?? "");
}
