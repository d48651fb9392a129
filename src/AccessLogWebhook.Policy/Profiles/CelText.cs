namespace AccessLogWebhook.Policy.Profiles;

/// <summary>
/// Looks over an expression in CEL as far as that goes without its grammar: strings end, brackets pair. Envoy refuses the whole listener for an
/// expression that does not parse, and where expressions are combined, one with a bracket too many would mean something else.
/// </summary>
internal static class CelText
{
    /// <summary>What is wrong with it, a sentence without a subject; null where nothing is.</summary>
    public static string? Fault(string expression)
    {
        var open = new Stack<(char Bracket, int At)>();
        var meaning = false;
        var position = 0;
        while (position < expression.Length)
        {
            var character = expression[position];
            if (character is '"' or '\'')
            {
                meaning = true;
                if (EndOfString(expression, position) is not { } end)
                {
                    return $"has a string at {position} that does not end: close it.";
                }

                position = end;
                continue;
            }

            if (expression.AsSpan(position).StartsWith("//", StringComparison.Ordinal))
            {
                var line = expression.IndexOf('\n', position);
                position = line < 0 ? expression.Length : line;
                continue;
            }

            meaning |= !char.IsWhiteSpace(character);
            switch (character)
            {
                case '(' or '[' or '{':
                    open.Push((character, position));
                    break;
                case ')' or ']' or '}':
                    if (!open.TryPop(out var opening) || !Pair(opening.Bracket, character))
                    {
                        return $"has a {character} at {position} that closes nothing: take it out, or open it.";
                    }

                    break;
                case '\0':
                    return $"has a NUL at {position}: take it out.";
            }

            position++;
        }

        return open.TryPeek(out var last) ? $"has a {last.Bracket} at {last.At} that is not closed: close it."
            : meaning ? null : "says nothing: write a condition, or leave it out.";
    }

    /// <summary>Whether its last line is a comment, which would take in what is put behind it.</summary>
    public static bool MayEndInComment(string expression) => expression.Contains("//", StringComparison.Ordinal);

    /// <summary>CEL, "Lexis": quotes of one or three, with escapes except after r; those of one end in their line.</summary>
    private static int? EndOfString(string text, int start)
    {
        var raw = start > 0 && (text[start - 1] is 'r' or 'R' || (start > 1 && text[start - 1] is 'b' or 'B' && text[start - 2] is 'r' or 'R'));
        var quote = text[start];
        var triple = text.AsSpan(start).StartsWith([quote, quote, quote]);
        for (var position = start + (triple ? 3 : 1); position < text.Length; position++)
        {
            if (text[position] == '\\' && !raw)
            {
                position++;
            }
            else if (triple ? text.AsSpan(position).StartsWith([quote, quote, quote]) : text[position] == quote)
            {
                return position + (triple ? 3 : 1);
            }
            else if (!triple && text[position] is '\n' or '\r')
            {
                return null;
            }
        }

        return null;
    }

    private static bool Pair(char opening, char closing) => (opening, closing) is ('(', ')') or ('[', ']') or ('{', '}');
}
