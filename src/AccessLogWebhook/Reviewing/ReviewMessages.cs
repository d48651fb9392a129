using AccessLogWebhook.Policy.Decisions;

namespace AccessLogWebhook.Reviewing;

/// <summary>What there is to say about an object: why it is refused, and its warnings.</summary>
internal static class ReviewMessages
{
    public static IEnumerable<(ReviewResult Result, string Message)> Of(ManifestReview.Judged judged) =>
        (judged.Decision is Decision.Deny deny ? [(ReviewResult.Refused, deny.Message)] : Enumerable.Empty<(ReviewResult, string)>())
        .Concat(judged.Warnings.Select(warning => (ReviewResult.Warned, warning)));

    /// <summary>The same beside an output that is for a program: <c>file:line: refused: message</c>.</summary>
    public static async Task WriteAsync(TextWriter error, IEnumerable<ManifestReview> reviews)
    {
        foreach (var judged in reviews.OfType<ManifestReview.Judged>())
        {
            foreach (var (result, message) in Of(judged))
            {
                var kind = result == ReviewResult.Refused ? "refused" : "warning";
                await error.WriteLineAsync(TerminalText.Safe($"{judged.Manifest.Source}:{judged.Manifest.Line}: {kind}: {message}")).ConfigureAwait(false);
            }
        }
    }
}
