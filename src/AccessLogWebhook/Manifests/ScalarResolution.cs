using System.Globalization;
using System.Text.RegularExpressions;

namespace AccessLogWebhook.Manifests;

/// <summary>
/// What an unquoted scalar means. Not YAML 1.2 and not quite 1.1, but what kubectl does (sigs.k8s.io/yaml on go.yaml.in/yaml/v2,
/// resolve.go), since the manifests judged here are the ones that it sends: <c>on</c> is true, <c>0644</c> is 420, <c>1:20</c> and
/// dates are text. It differs in one point: a number is never rounded to a double, whatever JSON can spell stays as it is.
/// </summary>
internal static partial class ScalarResolution
{
    public static ScalarValue OfPlain(string text) => text switch
    {
        "" or "~" or "null" or "Null" or "NULL" => ScalarValue.Null,
        "y" or "Y" or "yes" or "Yes" or "YES" or "true" or "True" or "TRUE" or "on" or "On" or "ON" => ScalarValue.Boolean(true),
        "n" or "N" or "no" or "No" or "NO" or "false" or "False" or "FALSE" or "off" or "Off" or "OFF" => ScalarValue.Boolean(false),
        ".nan" or ".NaN" or ".NAN" or ".inf" or ".Inf" or ".INF" or "+.inf" or "+.Inf" or "+.INF" or "-.inf" or "-.Inf" or "-.INF" =>
            new ScalarValue(ScalarKind.NotFinite, text),
        _ => text[0] switch
        {
            '.' => Decimal().IsMatch(text) ? ScalarValue.Number(Normalise(text)) : ScalarValue.Of(text),
            '+' or '-' or (>= '0' and <= '9') => OfNumeric(text),
            _ => ScalarValue.Of(text),
        },
    };

    /// <summary>
    /// The name of a member whose key is a number. sigs.k8s.io/yaml prints an integer in decimal and any other number as the
    /// shortest float32, with an exponent below 1e-4 and from 1e6 on: the key <c>1.10</c> becomes "1.1", which surprises, but is what is sent.
    /// </summary>
    public static string NumberAsKey(string json)
    {
        if (Int128.TryParse(json, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var integer)
            && integer >= long.MinValue && integer <= ulong.MaxValue)
        {
            return integer.ToString(CultureInfo.InvariantCulture);
        }

        var number = float.Parse(json, CultureInfo.InvariantCulture);
        if (!float.IsFinite(number))
        {
            return number > 0 ? ".inf" : "-.inf";
        }

        if (number == 0)
        {
            return float.IsNegative(number) ? "-0" : "0";
        }

        var (sign, digits, exponent) = Digits(number);
        return exponent switch
        {
            < -4 or >= 6 => $"{sign}{digits[0]}{(digits.Length == 1 ? "" : $".{digits[1..]}")}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}",
            < 0 => $"{sign}0.{new string('0', -exponent - 1)}{digits}",
            _ when digits.Length <= exponent + 1 => $"{sign}{digits.PadRight(exponent + 1, '0')}",
            _ => $"{sign}{digits[..(exponent + 1)]}.{digits[(exponent + 1)..]}",
        };
    }

    /// <summary>The shortest digits that give the number back, and the power of ten of the first one.</summary>
    private static (string Sign, string Digits, int Exponent) Digits(float number)
    {
        var text = Math.Abs(number).ToString("R", CultureInfo.InvariantCulture);
        var exponentAt = text.IndexOf('E', StringComparison.Ordinal);
        var mantissa = exponentAt < 0 ? text : text[..exponentAt];
        var exponent = exponentAt < 0 ? 0 : int.Parse(text.AsSpan(exponentAt + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        var point = mantissa.IndexOf('.', StringComparison.Ordinal);
        var all = mantissa.Replace(".", "", StringComparison.Ordinal);
        var significant = all.TrimStart('0');
        return (
            number < 0 ? "-" : "",
            significant.TrimEnd('0'),
            exponent + (point < 0 ? mantissa.Length : point) - 1 - (all.Length - significant.Length));
    }

    private static ScalarValue OfNumeric(string text)
    {
        if (JsonNumber().IsMatch(text))
        {
            return ScalarValue.Number(text);
        }

        var digits = text.Replace("_", "", StringComparison.Ordinal);
        if (Radix(digits) is { } integer)
        {
            return ScalarValue.Number(integer);
        }

        return Decimal().IsMatch(digits) ? ScalarValue.Number(Normalise(digits)) : ScalarValue.Of(text);
    }

    /// <summary>An integer written in hexadecimal, octal or binary, in decimal; null where it is none or has over 64 bits.</summary>
    private static string? Radix(string text)
    {
        if (RadixInteger().Match(text) is not { Success: true } match)
        {
            return null;
        }

        UInt128 value = 0;
        var radix = (UInt128)(match.Groups["hex"].Success ? 16 : match.Groups["binary"].Success ? 2 : 8);
        foreach (var digit in match.Groups["digits"].ValueSpan)
        {
            value = (value * radix) + (UInt128)Convert.ToInt32(digit.ToString(), 16);
            if (value > ulong.MaxValue)
            {
                return null;
            }
        }

        var negative = text[0] == '-';
        return negative && value > (UInt128)long.MaxValue + 1 ? null : value == 0 ? "0" : $"{(negative ? "-" : "")}{value}";
    }

    /// <summary>The spelling that JSON has for a decimal number: no plus, no leading zeros, digits on both sides of the point.</summary>
    private static string Normalise(string text)
    {
        var negative = text[0] == '-';
        var unsigned = text.TrimStart('+', '-');
        var exponentAt = unsigned.AsSpan().IndexOfAny('e', 'E');
        var exponent = exponentAt < 0 ? "" : unsigned[exponentAt..];
        var mantissa = exponentAt < 0 ? unsigned : unsigned[..exponentAt];
        var point = mantissa.IndexOf('.', StringComparison.Ordinal);
        var whole = (point < 0 ? mantissa : mantissa[..point]).TrimStart('0');
        var fraction = point < 0 ? "" : mantissa[(point + 1)..];
        return $"{(negative ? "-" : "")}{(whole.Length == 0 ? "0" : whole)}{(fraction.Length == 0 ? "" : $".{fraction}")}{exponent}";
    }

    [GeneratedRegex(@"\A-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?\z")]
    private static partial Regex JsonNumber();

    [GeneratedRegex(@"\A[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\z")]
    private static partial Regex Decimal();

    [GeneratedRegex(@"\A[-+]?(0[xX](?<hex>)(?<digits>[0-9a-fA-F]+)|0[bB](?<binary>)(?<digits>[01]+)|0[oO]?(?<digits>[0-7]+))\z")]
    private static partial Regex RadixInteger();
}
