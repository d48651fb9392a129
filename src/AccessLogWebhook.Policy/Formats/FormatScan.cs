using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace AccessLogWebhook.Policy.Formats;

/// <summary>
/// The one pass of <see cref="FormatParser"/>. Its position only grows, and <see cref="ClosingParentheses"/> searches nothing twice, so it is linear.
/// </summary>
internal sealed class FormatScan(string text)
{
    private readonly ImmutableArray<FormatPart>.Builder parts = ImmutableArray.CreateBuilder<FormatPart>();
    private readonly FaultList faults = new(text);
    private readonly ClosingParentheses closings = new(text);
    private readonly StringBuilder literal = new();
    private int position;

    public FormatReading Run()
    {
        while (position < text.Length)
        {
            if (text[position] != '%')
            {
                ReadLiteral();
            }
            else if (At(position + 1, '%'))
            {
                literal.Append('%');
                position += 2;
            }
            else
            {
                EndLiteral();
                ReadOperator();
            }
        }

        EndLiteral();
        FindHalfSurrogatePair();
        var found = faults.ToImmutable();
        return new FormatReading(found.IsEmpty ? new FormatText(text, parts.ToImmutable()) : null, found);
    }

    private void ReadLiteral()
    {
        var length = text.AsSpan(position).IndexOf('%');
        var end = length < 0 ? text.Length : position + length;
        literal.Append(text, position, end - position);
        position = end;
    }

    private void EndLiteral()
    {
        if (literal.Length > 0)
        {
            parts.Add(new FormatPart.Literal(literal.ToString()));
            literal.Clear();
        }
    }

    private void ReadOperator()
    {
        var start = position;
        var nameEnd = Skip(start + 1, IsOfName);
        var end = nameEnd;
        string? argument = null;
        if (nameEnd > start + 1 && At(end, '('))
        {
            if (closings.From(end + 1) is not { } closing)
            {
                Unclosed(start, nameEnd);
                return;
            }

            argument = closing == end + 1 ? null : text[(end + 1)..closing];
            end = closing + 1;
        }

        var digitsEnd = At(end, ':') ? Skip(end + 1, char.IsAsciiDigit) : end;
        var digits = digitsEnd > end + 1 ? text[(end + 1)..digitsEnd] : "";
        end = digits.Length > 0 ? digitsEnd : end;
        if (nameEnd == start + 1 || !At(end, '%'))
        {
            Malformed(start, nameEnd);
            return;
        }

        position = end + 1;
        Accept(start, text[(start + 1)..nameEnd], argument, nameEnd + 1, digits);
    }

    private void Accept(int start, string name, string? argument, int argumentStart, string digits)
    {
        var length = position - start;
        if (CommandOperators.Find(name) is not { } definition)
        {
            faults.Add(start, length, FormatFaultKind.UnknownOperator, () => UnknownNames.Message(name));
            return;
        }

        var maxLength = 0UL;
        if (digits.Length > 0 && !ulong.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out maxLength))
        {
            faults.Add(start, length, FormatFaultKind.Argument, () => "the length is too large for Envoy to read: leave it off.");
        }
        else if (ArgumentRules.Check(definition, argument, hasLength: digits.Length > 0) is { } fault)
        {
            if (fault.Length == 0)
            {
                faults.Add(start, length, fault.Kind, () => fault.Message);
            }
            else
            {
                faults.Add(argumentStart + fault.Offset, fault.Length, fault.Kind, () => fault.Message + Doubt(definition.Argument, argument!));
            }
        }
        else
        {
            parts.Add(new FormatPart.Operator(definition, argument, digits.Length > 0 ? maxLength : null, start));
        }
    }

    /// <summary>An argument that swallowed what was meant to follow it looks strange; say why.</summary>
    private static string Doubt(ArgumentKind kind, string argument) =>
        kind is not (ArgumentKind.Time or ArgumentKind.Expression or ArgumentKind.Coalesce) && argument.Contains('%', StringComparison.Ordinal)
            ? " An argument goes to the first ')' that '%' or ':LENGTH%' follows: one is missing before."
            : "";

    private void Unclosed(int start, int nameEnd)
    {
        // The next percent sign may have been meant to close this operator, or begin another.
        var next = text.AsSpan(nameEnd).IndexOf('%');
        var end = next < 0 ? text.Length : BeginsKnown(nameEnd + next) ? nameEnd + next : nameEnd + next + 1;
        faults.Add(start, end - start, FormatFaultKind.Syntax, () => "the argument does not end: on the same line there must be a ')' that '%' or ':LENGTH%' follows.");
        position = end;
    }

    private bool BeginsKnown(int percent)
    {
        var end = Skip(percent + 1, IsOfName);
        return (At(end, '%') || At(end, '(') || At(end, ':')) && CommandOperators.Find(text.AsSpan(percent + 1, end - percent - 1)) is not null;
    }

    private void Malformed(int start, int nameEnd)
    {
        var wordEnd = Skip(nameEnd, static character => char.IsAsciiLetterOrDigit(character) || character == '_');
        if (CommandOperators.Find(text.AsSpan(start + 1, wordEnd - start - 1)) is { } known)
        {
            faults.Add(start, wordEnd - start, FormatFaultKind.Syntax, () => $"does not end: after {known.Name} there must be '%', '(ARGUMENT)%' or ':LENGTH%'.");
            position = wordEnd;
        }
        else if (wordEnd - start - 1 <= UnknownNames.LongestName && CommandOperators.Find(text[(start + 1)..wordEnd].ToUpperInvariant()) is { } meant)
        {
            var end = At(wordEnd, '%') ? wordEnd + 1 : wordEnd;
            faults.Add(start, end - start, FormatFaultKind.Syntax, () => $"command operators are written in capitals: %{meant.Name}%.");
            position = end;
        }
        else
        {
            faults.Add(start, Math.Max(1, nameEnd - start), FormatFaultKind.Syntax, () => "no command operator begins here: write %% for a percent sign.");
            position = nameEnd;
        }
    }

    /// <summary>Envoy is given UTF-8, in which there is no such thing.</summary>
    private void FindHalfSurrogatePair()
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                i++;
            }
            else if (char.IsSurrogate(text[i]))
            {
                faults.Add(i, 1, FormatFaultKind.Syntax, () => "is half of a surrogate pair, which is no text: take it out.");
                return;
            }
        }
    }

    private static bool IsOfName(char character) => char.IsAsciiLetterUpper(character) || char.IsAsciiDigit(character) || character == '_';

    private bool At(int index, char character) => index < text.Length && text[index] == character;

    private int Skip(int from, Func<char, bool> passed)
    {
        while (from < text.Length && passed(text[from]))
        {
            from++;
        }

        return from;
    }
}
