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

    /// <summary>What is judged, for messages: <c>Pod shop/api-</c>.</summary>
    public string Title => Owner ?? (Workload is NamespaceObject
        ? $"Namespace {Excerpt.Of(Workload.Metadata.Title)}"
        : $"{Workload.Kind} {Context.Namespace.Name}/{Excerpt.Of(Workload.Metadata.Title)}");

    /// <summary>What a judgement says of it, in whole sentences.</summary>
    public string Say(Judgement judgement) => judgement.Remedy.Length == 0 ? $"{Title} {judgement.Problem}" : $"{Title} {judgement.Problem} {judgement.Remedy}";
}
