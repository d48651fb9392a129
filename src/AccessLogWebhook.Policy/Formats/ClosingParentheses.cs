namespace AccessLogWebhook.Policy.Formats;

/// <summary>
/// Finds where arguments end: the first <c>)</c> that <c>%</c> or <c>:DIGITS%</c> follows, before any line break. It must be asked for places that
/// never go back; each character is looked at a bounded number of times however often it is asked.
/// </summary>
internal sealed class ClosingParentheses(string text)
{
    // Where the answer to the last question is, or the line break or end of the text that came before one.
    private int found = -1;

    public int? From(int start)
    {
        if (found < start)
        {
            found = Search(start);
        }

        return found < text.Length && text[found] == ')' ? found : null;
    }

    private int Search(int from)
    {
        while (from < text.Length)
        {
            var next = text.AsSpan(from).IndexOfAny(')', '\n');
            if (next < 0)
            {
                break;
            }

            from += next;
            if (text[from] == '\n' || IsClosing(from + 1))
            {
                return from;
            }

            from++;
        }

        return text.Length;
    }

    private bool IsClosing(int after)
    {
        if (after < text.Length && text[after] == ':')
        {
            var end = after + 1;
            while (end < text.Length && char.IsAsciiDigit(text[end]))
            {
                end++;
            }

            after = end == after + 1 ? after : end;
        }

        return after < text.Length && text[after] == '%';
    }
}
