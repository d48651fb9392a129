using AccessLogWebhook.Reviewing;

namespace AccessLogWebhook.Forms;

/// <summary>
/// Text of manifests in Markdown. As code it is shown as it stands: no link, no picture, no HTML, no mention of a person, and with its bars escaped no further cell
/// of a table (GitHub Flavored Markdown, "Code spans" and "Tables").
/// </summary>
internal static class MarkdownText
{
    public static string Code(string text)
    {
        var safe = TerminalText.Safe(text).Trim();
        if (safe.Length == 0)
        {
            return "–";
        }

        var fence = new string('`', LongestRun(safe) + 1);
        var padding = safe[0] == '`' || safe[^1] == '`' ? " " : "";
        return $"{fence}{padding}{safe.Replace("|", "\\|", StringComparison.Ordinal)}{padding}{fence}";
    }

    private static int LongestRun(string text)
    {
        var (longest, run) = (0, 0);
        foreach (var character in text)
        {
            run = character == '`' ? run + 1 : 0;
            longest = Math.Max(longest, run);
        }

        return longest;
    }
}
