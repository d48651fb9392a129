namespace AccessLogWebhook.Policy.Formats;

/// <summary>
/// What can be said of an expression in the Common Expression Language without a parser of it: strings end, and brackets close in order. Envoy parses it when it is
/// sent the format, and rejects the listener where it cannot (<c>source/extensions/formatter/cel/cel.cc</c>). The tokens are those of CEL's
/// specification ("Syntax"): strings in single, double or triple quotes, raw after <c>r</c>; comments from <c>//</c> on.
/// </summary>
internal static class ExpressionRule
{
    public static ArgumentFault? Check(string name, string expression)
    {
        if (string.IsNullOrWhiteSpace(expression))
        {
            return new($"{name} needs an expression, as in %{name}(response.code)%.");
        }

        var open = new Stack<int>();
        for (var i = 0; i < expression.Length; i++)
        {
            switch (expression[i])
            {
                case '\'' or '"':
                    if (StringEnd(expression, i) is not { } end)
                    {
                        return new($"{name} has a string that begins here and does not end.", i, expression.Length - i);
                    }

                    i = end - 1;
                    break;
                case '(' or '[' or '{':
                    open.Push(i);
                    break;
                case ')' or ']' or '}':
                    if (!open.TryPop(out var opened) || !Matches(expression[opened], expression[i]))
                    {
                        return new($"{name} has a bracket here that closes none.", i, 1);
                    }

                    break;
                case '/' when i + 1 < expression.Length && expression[i + 1] == '/':
                    i = expression.Length;
                    break;
            }
        }

        return open.TryPop(out var left) ? new($"{name} has a bracket here that does not close.", left, 1) : null;
    }

    private static int? StringEnd(string expression, int start)
    {
        var quote = expression[start];
        var triple = expression.AsSpan(start).StartsWith(new string(quote, 3), StringComparison.Ordinal);
        var raw = IsRaw(expression, start);
        for (var i = start + (triple ? 3 : 1); i < expression.Length; i++)
        {
            if (expression[i] == '\\' && !raw)
            {
                i++;
            }
            else if (!triple && expression[i] == quote)
            {
                return i + 1;
            }
            else if (triple && expression.AsSpan(i).StartsWith(new string(quote, 3), StringComparison.Ordinal))
            {
                return i + 3;
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
