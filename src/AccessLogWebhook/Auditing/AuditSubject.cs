using System.Runtime.InteropServices;
using System.Text.Json;
using AccessLogWebhook.Cluster;
using AccessLogWebhook.Policy.Json;
using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Policy.Workloads;

namespace AccessLogWebhook.Auditing;

/// <summary>A workload that is to be judged, reduced to what that takes: a cluster has tens of thousands, and their objects are not held.</summary>
/// <param name="Workload">Null where the object cannot be read.</param>
/// <param name="Fault">Which field is in the way; empty where none is.</param>
/// <param name="IsCreated">Whether an API server has admitted it, which gives a uid to everything.</param>
/// <param name="HasEnded">Whether it is a Pod whose containers have all ended for good.</param>
/// <param name="Created">When it was; null where that is not said.</param>
internal sealed record AuditSubject(
    string ApiVersion, ObjectKey Key, WorkloadOwner Owner, Workload? Workload, string Fault, bool IsCreated, bool HasEnded, string Source = "", int Line = 0, DateTimeOffset? Created = null)
{
    public string Kind => Workload?.Kind ?? "Pod";

    /// <param name="pod">Is not kept.</param>
    public static AuditSubject OfPod(JsonElement pod, ObjectKey key)
    {
        Workload? workload = null;
        var fault = "";
        try
        {
            workload = Reduced((PodWorkload)WorkloadReader.Read(WorkloadKind.Pod, JsonMarshal.GetRawUtf8Value(pod)), key);
        }
        catch (Exception odd) when (odd is UnexpectedFieldException or JsonException)
        {
            fault = odd.Message;
        }

        return new AuditSubject(
            "v1",
            key,
            WorkloadOwner.Of(pod, key.Name),
            workload,
            fault,
            IsCreated: pod.Object("metadata")?.Text("uid") is { Length: > 0 },
            HasEnded: pod.Object("status")?.Text("phase") is "Succeeded" or "Failed",
            Created: ObjectTime.Read(pod.Object("metadata")?.Text("creationTimestamp")));
    }

    /// <summary>A Pod of a live cluster by its metadata, which do not tell whether it has ended.</summary>
    public static AuditSubject OfFacts(PodFacts pod, ObjectKey key, MeshSnapshot mesh) => new(
        "v1", key, pod.Owner ?? new WorkloadOwner("v1", "Pod", key.Name), pod.ToWorkload(key, mesh), "", IsCreated: true, HasEnded: false, Created: pod.Created);

    public static AuditSubject OfGateway(string apiVersion, ObjectKey key, Workload gateway) =>
        new(apiVersion, key, new WorkloadOwner(apiVersion, gateway.Kind, key.Name), gateway, "", IsCreated: true, HasEnded: false);

    private static PodWorkload Reduced(PodWorkload pod, ObjectKey key) => pod with
    {
        Metadata = pod.Metadata with
        {
            Name = key.Name,
            Namespace = key.Namespace,
            IsBeingDeleted = false,
            Annotations = LabelSet.From((pod.Metadata.Annotations ?? LabelSet.Empty).Where(annotation => MeshKeys.DecidesOnPod(annotation.Key))),
        },
    };
}
