namespace AccessLogWebhook.Policy.Json;

/// <summary>
/// What a message or a log line quotes of a request: short enough that the API server cuts no warning, and without control characters, so that nobody
/// begins a line of their own or moves a terminal's cursor. Names and labels are
/// checked by the API server only after webhooks have seen them, so they may hold anything.
/// </summary>
public static class Excerpt
{
    public static string Of(string text, int longest = 80)
    {
        var shortened = text.Length <= longest ? text : $"{text.AsSpan(0, char.IsHighSurrogate(text[longest - 1]) ? longest - 1 : longest)}…";
        foreach (var character in shortened)
        {
            if (char.IsControl(character))
            {
                return string.Concat(shortened.Select(each => char.IsControl(each) ? '\uFFFD' : each));
            }
        }

        return shortened;
    }
}
