namespace AccessLogWebhook.Observability;

/// <summary>
/// Text that a caller chose, made fit for a log that may be read on a terminal: no control character gets through, so nobody can begin a
/// line of their own or move a cursor. Names are checked by the API server only after mutating webhooks have seen them.
/// </summary>
internal static class LogText
{
    private const int Longest = 300;

    public static string Of(string? text)
    {
        if (text is null)
        {
            return "";
        }

        var shortened = text.Length <= Longest ? text : $"{text.AsSpan(0, Longest)}…";
        return shortened.Any(char.IsControl)
            ? string.Create(shortened.Length, shortened, static (span, source) =>
            {
                for (var index = 0; index < span.Length; index++)
                {
                    span[index] = char.IsControl(source[index]) ? '\uFFFD' : source[index];
                }
            })
            : shortened;
    }
}
