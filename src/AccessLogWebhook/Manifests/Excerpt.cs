namespace AccessLogWebhook.Manifests;

/// <summary>A file's own words within a message, which stays one line of readable length whatever they are.</summary>
internal static class Excerpt
{
    // Twice a label's value: a name in full, and of anything longer enough to find it by.
    private const int Longest = 126;

    public static string Of(string text)
    {
        var shortened = text.Length <= Longest
            ? text
            : $"{text.AsSpan(0, char.IsHighSurrogate(text[Longest - 1]) ? Longest - 1 : Longest)}…";
        return string.Create(shortened.Length, shortened, static (line, from) =>
        {
            for (var i = 0; i < line.Length; i++)
            {
                line[i] = char.IsControl(from[i]) || from[i] is '\u2028' or '\u2029' ? ' ' : from[i];
            }
        });
    }
}
