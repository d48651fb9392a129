using AccessLogWebhook.Policy.Decisions;
using AccessLogWebhook.Policy.Workloads;

namespace AccessLogWebhook.Admission;

/// <summary>The request of an AdmissionReview, as far as it is used (k8s.io/api <c>admission/v1</c>).</summary>
internal sealed record AdmissionRequest
{
    public required string Uid { get; init; }

    public required Operation Operation { get; init; }

    /// <summary>The kind under review; null only for a subresource, whose object is of a kind of its own.</summary>
    public required WorkloadKind? Kind { get; init; }

    public string Subresource { get; init; } = "";

    public string Namespace { get; init; } = "";

    public string Username { get; init; } = "";

    public bool DryRun { get; init; }

    /// <summary>Null for a DELETE, a CONNECT and a subresource.</summary>
    public Workload? Workload { get; init; }

    public Workload? Old { get; init; }
}

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
}
