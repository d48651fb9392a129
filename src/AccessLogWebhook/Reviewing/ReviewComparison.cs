using System.Collections.Immutable;
using AccessLogWebhook.Policy.Patching;

namespace AccessLogWebhook.Reviewing;

/// <summary>One object as it is decided about now, and as it would be.</summary>
internal sealed record ReviewComparison(ManifestReview.Judged Now, ManifestReview.Judged Then)
{
    public ReviewChange Change => (Now.Result, Then.Result) switch
    {
        (not ReviewResult.Refused, ReviewResult.Refused) => ReviewChange.Refused,
        (ReviewResult.Refused, not ReviewResult.Refused) => ReviewChange.Admitted,
        _ when !IsSame(Now.Patch, Then.Patch) => ReviewChange.Patched,
        _ when IsJudgedDifferently => ReviewChange.Judged,
        _ => ReviewChange.None,
    };

    // Which mode asks is no change by itself; what it says and does is.
    private bool IsJudgedDifferently =>
        (Now.Decision.Verdict, Now.Decision.Reason, Now.Decision.Profile, Now.Result) != (Then.Decision.Verdict, Then.Decision.Reason, Then.Decision.Profile, Then.Result)
        || !Now.Warnings.SequenceEqual(Then.Warnings, StringComparer.Ordinal);

    private static bool IsSame(ImmutableArray<JsonPatchOperation> now, ImmutableArray<JsonPatchOperation> then) => Text(now) == Text(then);

    private static string Text(ImmutableArray<JsonPatchOperation> patch)
    {
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        JsonPatchWriter.Write(output, patch);
        return System.Text.Encoding.UTF8.GetString(output.WrittenSpan);
    }
}

/// <summary>What would be otherwise for an object; the gravest first.</summary>
internal enum ReviewChange
{
    Refused,
    Admitted,
    Patched,
    Judged,
    None,
}
