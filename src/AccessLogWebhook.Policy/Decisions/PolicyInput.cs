using AccessLogWebhook.Policy.Json;
using AccessLogWebhook.Policy.Workloads;

namespace AccessLogWebhook.Policy.Decisions;

/// <summary>The operations of an AdmissionRequest.</summary>
public enum Operation
{
    Create,
    Update,
    Delete,
    Connect,
}

/// <summary>One request, as far as a decision looks at it.</summary>
/// <param name="Old">The object before an UPDATE; null where there was none or it was not sent.</param>
/// <param name="Username">Who asks; empty offline.</param>
public sealed record PolicyInput(
    Operation Operation,
    string Subresource,
    string Username,
    Workload Workload,
    Workload? Old,
    PolicyContext Context)
{
    /// <summary>The object that a Pod is made from, for messages, where it is judged by its template: <c>Deployment shop/api</c>.</summary>
    public string? Owner { get; init; }

    /// <summary>
    /// Whether it is for a subresource that says nothing of what is judged. <c>pods/status</c> does: the API server takes labels and annotations that come with a status.
    /// </summary>
    public bool IsOfOtherSubresource => Subresource.Length > 0 && !IsJudged(Subresource, Workload is PodWorkload ? WorkloadKind.Pod : null);

    /// <inheritdoc cref="IsOfOtherSubresource"/>
    public static bool IsJudged(string subresource, WorkloadKind? kind) => subresource == "status" && kind == WorkloadKind.Pod;

    /// <summary>Whether the object is on its way out, and the request changes nothing by which it is logged meanwhile: a Pod runs until its grace period is over.</summary>
    public bool IsOnItsWayOut => IsLeaving(Operation, Workload, Old);

    /// <inheritdoc cref="IsOnItsWayOut"/>
    public static bool IsLeaving(Operation operation, Workload workload, Workload? old) =>
        workload.Metadata.IsBeingDeleted
        && (operation != Operation.Update || old is null or NamespaceObject || (workload.Labels.Equals(old.Labels) && !ChangesSpec(workload, old)));

    /// <summary>Of a Gateway; what of a Pod's spec can be changed is not judged.</summary>
    public bool ChangesGatewaySpec => Old is { } old && ChangesSpec(Workload, old);

    /// <summary>What is judged, for messages: <c>Pod shop/api-</c>.</summary>
    public string Title => Owner ?? (Workload is NamespaceObject
        ? $"Namespace {Excerpt.Of(Workload.Metadata.Title)}"
        : $"{Workload.Kind} {Context.Namespace.Name}/{Excerpt.Of(Workload.Metadata.Title)}");

    /// <summary>What a judgement says of it, in whole sentences.</summary>
    public string Say(Judgement judgement) => judgement.Remedy.Length == 0 ? $"{Title} {judgement.Problem}" : $"{Title} {judgement.Problem} {judgement.Remedy}";

    private static bool ChangesSpec(Workload workload, Workload old) => (workload, old) switch
    {
        (IstioGateway now, IstioGateway before) => now.SpecFingerprint != before.SpecFingerprint,
        (KubernetesGateway now, KubernetesGateway before) => now.SpecFingerprint != before.SpecFingerprint,
        _ => false,
    };
}
