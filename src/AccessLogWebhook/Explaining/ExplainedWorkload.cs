using System.Runtime.InteropServices;
using System.Text.Json;
using AccessLogWebhook.Manifests;
using AccessLogWebhook.Policy.Json;
using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Policy.Workloads;
using AccessLogWebhook.Reviewing;

namespace AccessLogWebhook.Explaining;

/// <summary>Finds what is to be explained: a Gateway in a snapshot, all else in its object. A snapshot knows the metadata of Pods, which does not say what they run with.</summary>
internal static class ExplainedWorkload
{
    /// <summary>The Gateway of that kind and name that a snapshot has; null where it has none.</summary>
    public static Workload? GatewayIn(MeshSnapshot mesh, ExplainedKind kind, ObjectKey key)
    {
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

    /// <summary>The Pod, or the object with a template, among manifests; null where there is none.</summary>
    public static Manifest? Among(IEnumerable<Manifest> manifests, ExplainedKind kind, ObjectKey key) => manifests.FirstOrDefault(manifest =>
        manifest.Kind == kind.Kind
        && (kind == ExplainedKind.Pod ? manifest.ApiVersion == kind.GroupVersion : PodTemplate.Of(manifest.ApiVersion, manifest.Kind) is not null)
        && manifest.Name == key.Name
        && (manifest.Namespace.Length == 0 ? Cluster.ClusterManifests.DefaultNamespace : manifest.Namespace) == key.Namespace);
}
