using System.Text.Json;
using AccessLogWebhook.Policy.Decisions;
using AccessLogWebhook.Policy.Json;
using AccessLogWebhook.Policy.Workloads;

namespace AccessLogWebhook.Admission;

/// <summary>The request of an AdmissionReview, as far as it is used (k8s.io/api <c>admission/v1</c>).</summary>
internal sealed record AdmissionRequest
{
    public required string Uid { get; init; }

    public required Operation Operation { get; init; }

    /// <summary>The kind of workload under review; null for a definition, and for a subresource, whose object is of a kind of its own.</summary>
    public required WorkloadKind? Kind { get; init; }

    /// <summary>The definition under review; null for a workload.</summary>
    public ReviewedDefinition? Definition { get; init; }

    /// <summary>What kind it is, for metrics and logs.</summary>
    public string KindTitle => Kind?.ToString() ?? Definition?.Kind.ToString() ?? "unknown";

    /// <summary>The name of the object, for logs.</summary>
    public string Title => Workload?.Metadata.Title ?? (Definition?.Object ?? Definition?.Old)?.Object("metadata")?.Text("name") ?? "";

    public string Subresource { get; init; } = "";

    public string Namespace { get; init; } = "";

    public string Username { get; init; } = "";

    public bool DryRun { get; init; }

    /// <summary>Null for a DELETE, a CONNECT and a subresource.</summary>
    public Workload? Workload { get; init; }

    public Workload? Old { get; init; }
}

/// <summary>A profile, EnvoyFilter or Telemetry. They are few, and all of them is looked at: they are held as they came.</summary>
/// <param name="Object">Null at DELETE.</param>
/// <param name="Old">Null at CREATE.</param>
internal sealed record ReviewedDefinition(DefinitionKind Kind, JsonElement? Object, JsonElement? Old);

/// <summary>What a body turned out to be.</summary>
internal abstract record ReadReview
{
    private ReadReview()
    {
    }

    public sealed record Sound(AdmissionRequest Request) : ReadReview;

    /// <summary>A review whose request cannot be judged: answered as a review, with status 400 in it.</summary>
    public sealed record Errored(string Uid, string Message) : ReadReview;

    /// <summary>No review at all, or none whose UID can be trusted: answered with a bare HTTP status, so that the API server's failurePolicy applies.</summary>
    public sealed record Malformed(int StatusCode, string Message) : ReadReview;

    /// <summary>More than is taken on at once: answered with a bare 429, before it costs anything, so that failurePolicy applies.</summary>
    /// <param name="Reason">Of the metric.</param>
    public sealed record Shed(string Reason, string Message) : ReadReview;
}
