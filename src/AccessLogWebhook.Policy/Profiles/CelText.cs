using AccessLogWebhook.Policy.Formats;

namespace AccessLogWebhook.Policy.Profiles;

/// <summary>The expression of a filter. Where expressions are combined, one with a bracket too many would mean something else.</summary>
internal static class CelText
{
    /// <summary>What is wrong with it, a sentence without a subject; null where nothing is.</summary>
    public static string? Fault(string expression) => CelExpression.Find(expression) switch
    {
        null => null,
        { Kind: CelFaultKind.Empty } => "says nothing: write a condition, or leave it out.",
        { Kind: CelFaultKind.OpenString } fault => $"has a string at {fault.Position} that does not end: close it.",
        { Kind: CelFaultKind.ClosesNothing } fault => $"has a {expression[fault.Position]} at {fault.Position} that closes nothing: take it out, or open it.",
        { Kind: CelFaultKind.NotClosed } fault => $"has a {expression[fault.Position]} at {fault.Position} that is not closed: close it.",
        { } fault => $"has a NUL at {fault.Position}: take it out.",
    };
}
