namespace AccessLogWebhook.Policy.Formats;

/// <summary>What is wrong with an argument.</summary>
/// <param name="Offset">Of the piece that is wrong, in the argument.</param>
/// <param name="Length">Of that piece; 0 where the whole operator is.</param>
internal sealed record ArgumentFault(string Message, int Offset = 0, int Length = 0)
{
    public FormatFaultKind Kind { get; init; } = FormatFaultKind.Argument;
}
