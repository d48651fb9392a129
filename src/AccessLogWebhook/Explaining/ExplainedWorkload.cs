using System.Runtime.InteropServices;
using System.Text.Json;
using AccessLogWebhook.Manifests;
using AccessLogWebhook.Policy.Json;
using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Policy.Workloads;
using AccessLogWebhook.Reviewing;

namespace AccessLogWebhook.Explaining;

/// <summary>Finds what is to be explained: in a snapshot, or in the template of an object that makes Pods.</summary>
internal static class ExplainedWorkload
{
    /// <summary>What the snapshot has of that kind and name; null where it has none. Of a Pod it is the metadata, which says whether the injector was there.</summary>
    public static Workload? In(MeshSnapshot mesh, ExplainedKind kind, ObjectKey key)
    {
        if (kind == ExplainedKind.Pod)
        {
            return mesh.Pods.TryGetValue(key, out var pod) ? OfPod(key, pod) : null;
        }

        var kubernetes = kind == ExplainedKind.IstioGateway ? null : mesh.KubernetesGateways.GetValueOrDefault(key);
        return kubernetes ?? (kind == ExplainedKind.KubernetesGateway ? null : (Workload?)mesh.IstioGateways.GetValueOrDefault(key));
    }

    /// <summary>The Pod that an object makes, from its template; null where it has none.</summary>
    /// <exception cref="UnexpectedFieldException">The template is no Pod.</exception>
    public static Workload? OfTemplate(JsonElement @object, string apiVersion, string kind, ObjectKey key)
    {
        if (PodTemplate.Of(apiVersion, kind) is not { } template)
        {
            return null;
        }

        var element = @object;
        foreach (var field in template.Fields)
        {
            if (element.Object(field) is not { } inner)
            {
                return null;
            }

            element = inner;
        }

        var pod = WorkloadReader.Read(WorkloadKind.Pod, JsonMarshal.GetRawUtf8Value(element));
        return pod with { Metadata = pod.Metadata with { Name = "", GenerateName = $"{key.Name}-", Namespace = key.Namespace, IsBeingDeleted = false } };
    }

    /// <summary>The object of a kind with a template among manifests; null where there is none.</summary>
    public static Manifest? Among(IEnumerable<Manifest> manifests, ExplainedKind kind, ObjectKey key) => manifests.FirstOrDefault(manifest =>
        manifest.Kind == kind.Kind
        && PodTemplate.Of(manifest.ApiVersion, manifest.Kind) is not null
        && manifest.Name == key.Name
        && (manifest.Namespace.Length == 0 ? Cluster.ClusterManifests.DefaultNamespace : manifest.Namespace) == key.Namespace);

    private static PodWorkload OfPod(ObjectKey key, PodFacts pod) => new(
        new ObjectMetadata { IsPresent = true, Name = key.Name, Namespace = key.Namespace, Labels = pod.Labels, Annotations = pod.Annotations },
        HostNetwork: false,
        RuntimeClass: "",
        HasProxyContainer: pod.Annotations.ContainsKey(MeshKeys.SidecarStatus) || pod.Labels.ContainsKey(MeshKeys.GatewayName));
}
