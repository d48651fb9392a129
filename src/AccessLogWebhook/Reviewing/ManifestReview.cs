using System.Collections.Immutable;
using AccessLogWebhook.Manifests;
using AccessLogWebhook.Policy.Decisions;
using AccessLogWebhook.Policy.Patching;

namespace AccessLogWebhook.Reviewing;

/// <summary>What an API server with this webhook would make of one manifest at CREATE.</summary>
internal abstract record ManifestReview(Manifest Manifest)
{
    /// <summary>Of no kind that is judged: it passes as it is.</summary>
    public sealed record NotJudged(Manifest Manifest) : ManifestReview(Manifest);

    /// <summary>It cannot be judged; the error says which field is in the way.</summary>
    public sealed record Unreadable(Manifest Manifest, ManifestError Error) : ManifestReview(Manifest);

    /// <param name="Namespace">The namespace whose labels counted; empty for a Namespace itself.</param>
    /// <param name="Name">The object's name, or its <c>generateName</c>, or nothing.</param>
    /// <param name="Title">What messages call it: <c>Deployment shop/api</c>.</param>
    /// <param name="Decision">The decision that names mode, profile, verdict, reason and message.</param>
    /// <param name="Patch">With pointers into the manifest; empty where it is not changed, or refused.</param>
    /// <param name="Warnings">Those of both steps, each once.</param>
    /// <param name="Changed">The manifest after the patch, or as it was.</param>
    public sealed record Judged(
        Manifest Manifest,
        string Namespace,
        string Name,
        string Title,
        Decision Decision,
        ImmutableArray<JsonPatchOperation> Patch,
        ImmutableArray<string> Warnings,
        ReadOnlyMemory<byte> Changed)
        : ManifestReview(Manifest)
    {
        public ReviewResult Result => this switch
        {
            { Decision: Decision.Deny } => ReviewResult.Refused,
            { Patch.IsEmpty: false } => ReviewResult.Changed,
            { Warnings.IsEmpty: false } => ReviewResult.Warned,
            _ => ReviewResult.Admitted,
        };
    }
}

/// <summary>What becomes of an object, in one word. One that is changed with a warning is changed.</summary>
internal enum ReviewResult
{
    Admitted,
    Changed,
    Warned,
    Refused,
}
