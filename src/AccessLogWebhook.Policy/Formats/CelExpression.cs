namespace AccessLogWebhook.Policy.Formats;

/// <summary>What keeps an expression from being one.</summary>
internal enum CelFaultKind
{
    /// <summary>There is nothing but blanks and comments.</summary>
    Empty,

    /// <summary>A string that does not end.</summary>
    OpenString,

    /// <summary>A bracket that closes nothing, or another kind of bracket than is open.</summary>
    ClosesNothing,

    /// <summary>A bracket that is not closed.</summary>
    NotClosed,

    /// <summary>A NUL, which no text that Envoy is sent may have.</summary>
    Nul,
}

/// <param name="Position">Where it begins, from 0.</param>
internal readonly record struct CelFault(CelFaultKind Kind, int Position);

/// <summary>
/// What can be said of an expression in the Common Expression Language without its grammar: strings end, and brackets close in order. Envoy parses it when it is
/// sent one, and rejects the whole listener where it cannot (<c>source/extensions/formatter/cel/cel.cc</c>,
/// <c>source/extensions/access_loggers/filters/cel</c>). The tokens are those of CEL's specification ("Syntax"): strings in single, double or triple quotes,
/// raw after <c>r</c>; comments from <c>//</c> to the end of the line.
/// </summary>
internal static class CelExpression
{
    /// <summary>The first fault; null where nothing is wrong.</summary>
    public static CelFault? Find(string expression)
    {
        var open = new Stack<int>();
        var meaning = false;
        for (var position = 0; position < expression.Length; position++)
        {
            var character = expression[position];
            if (character == '/' && expression.AsSpan(position).StartsWith("//", StringComparison.Ordinal))
            {
                var line = expression.AsSpan(position).IndexOfAny('\n', '\r');
                position = line < 0 ? expression.Length : position + line;
                continue;
            }

            meaning |= !char.IsWhiteSpace(character);
            switch (character)
            {
                case '\'' or '"':
                    if (StringEnd(expression, position) is not { } end)
                    {
                        return new(CelFaultKind.OpenString, position);
                    }

                    position = end - 1;
                    break;
                case '(' or '[' or '{':
                    open.Push(position);
                    break;
                case ')' or ']' or '}':
                    if (!open.TryPop(out var opened) || !Matches(expression[opened], character))
                    {
                        return new(CelFaultKind.ClosesNothing, position);
                    }

                    break;
                case '\0':
                    return new(CelFaultKind.Nul, position);
            }
        }

        return open.TryPop(out var left) ? new(CelFaultKind.NotClosed, left) : meaning ? null : new(CelFaultKind.Empty, 0);
    }

    /// <summary>Whether it has a comment, which would take in what is put behind it.</summary>
    public static bool MayEndInComment(string expression) => expression.Contains("//", StringComparison.Ordinal);

    /// <summary>One past the closing quotes; null where there are none. A string in quotes of one ends in its line.</summary>
    private static int? StringEnd(string expression, int start)
    {
        var quote = expression[start];
        var triple = expression.AsSpan(start).StartsWith([quote, quote, quote]);
        var raw = IsRaw(expression, start);
        for (var position = start + (triple ? 3 : 1); position < expression.Length; position++)
        {
            if (expression[position] == '\\' && !raw)
            {
                position++;
            }
            else if (triple ? expression.AsSpan(position).StartsWith([quote, quote, quote]) : expression[position] == quote)
            {
                return position + (triple ? 3 : 1);
            }
            else if (!triple && expression[position] is '\n' or '\r')
            {
                return null;
            }
        }

        return null;
    }

    /// <summary>Whether r, rb or br stands before the quote, by itself and not as the end of a name.</summary>
    private static bool IsRaw(string expression, int quote)
    {
        var start = quote;
        while (start > 0 && quote - start < 3 && (char.IsAsciiLetterOrDigit(expression[start - 1]) || expression[start - 1] == '_'))
        {
            start--;
        }

        return expression[start..quote].ToUpperInvariant() is "R" or "RB" or "BR";
    }

    private static bool Matches(char opening, char closing) => (opening, closing) is ('(', ')') or ('[', ']') or ('{', '}');
}
