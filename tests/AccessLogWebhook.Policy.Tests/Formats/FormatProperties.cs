using System.Text.RegularExpressions;
using AccessLogWebhook.Policy.Formats;
using CsCheck;

namespace AccessLogWebhook.Policy.Tests.Formats;

/// <summary>What holds of every string.</summary>
public sealed partial class FormatProperties
{
    private const int Cases = 20_000;

    /// <summary>Pieces that meet in every way in which a format can be right or wrong.</summary>
    private static readonly Gen<string> Mixed = Gen.OneOf(
        OneOf(
            "%", "%%", "(", ")", ":", "?", "1", "23", "\n", " ", "a", "é", "😀", "A", "_", "REQ", "X", "DURATION", "%REQ(", "%REQ(X)", ")%", ":5%", "%DURATION%", "%CEL(a)%",
            "%START_TIME(%Y)%", "%FILTER_STATE(k:PLAIN):3%", "%RESPONS_CODE%", "%COALESCE({\"operators\":[\"PROTOCOL\"]})%"),
        Gen.Char.Select(character => character.ToString())).Array[0, 12].Select(string.Concat);

    /// <summary>Formats of the documentation, with a piece cut out, put in or doubled.</summary>
    private static readonly Gen<string> Mutated = Gen.Select(
        Gen.Int[0, FormatFiles.Corpus.Count - 1], Gen.Int[0, 400], Gen.Int[0, 8], Mixed,
        (index, at, length, piece) =>
        {
            var format = FormatFiles.Corpus[index].Format;
            var from = Math.Min(at, format.Length);
            return string.Concat(format.AsSpan(0, from), piece, format.AsSpan(Math.Min(from + length, format.Length)));
        });

    /// <summary>Texts that are sound: literals and operators of the documentation in any order.</summary>
    private static readonly Gen<string> Sound = Gen.OneOf(
        Gen.Int[0, FormatFiles.Corpus.Count - 1].Select(index => FormatFiles.Corpus[index].Format),
        OneOf("%%", " ", "a:b", "(x)", "\n", "%DURATION()%", "%REQ(X):007%")).Array[0, 8].Select(string.Concat);

    [Fact]
    public void Anything_is_read_without_throwing_and_faults_lie_inside() => Gen.OneOf(Mixed, Mutated, Gen.String).Sample(
        format =>
        {
            var reading = FormatParser.Parse(format);
            Assert.Equal(reading.Faults.IsEmpty, reading.Text is not null);
            Assert.All(reading.Faults, fault => Assert.True(fault.Position >= 0 && fault.Position < format.Length && fault.Message.Length > 0, fault.ToString()));
            Assert.Equal(reading.Faults.Where(fault => fault.Kind != FormatFaultKind.More).Select(fault => fault.Position).Order(), reading.Faults.Where(fault => fault.Kind != FormatFaultKind.More).Select(fault => fault.Position));
        },
        iter: Cases);

    [Fact]
    public void What_is_printed_reads_to_the_same() => Gen.OneOf(Sound, Mixed, Mutated).Sample(
        format =>
        {
            if (FormatParser.Parse(format).Text is not { } text)
            {
                return;
            }

            var again = FormatParser.Parse(text.ToString()).Text!;
            Assert.Equal(text, again);
            Assert.Equal(text.ToString(), again.ToString());
            Assert.Equal(text.Parts.Select(Unplaced), again.Parts.Select(Unplaced));
        },
        iter: Cases);

    [Fact]
    public void What_is_put_together_of_sound_formats_is_sound() =>
        Sound.Sample(format => Assert.Empty(FormatParser.Parse(format).Faults), iter: Cases);

    /// <summary>The parser is written by hand; this is Envoy's own loop and regular expression, on which it must agree.</summary>
    [Fact]
    public void The_parser_agrees_with_the_regular_expression_of_Envoy() => Gen.OneOf(Sound, Mixed, Mutated).Where(format => !format.Any(char.IsSurrogate)).Sample(
        format =>
        {
            var expected = Split(format);
            var reading = FormatParser.Parse(format);

            Assert.Equal(expected is null, reading.Faults.Any(fault => fault.Kind == FormatFaultKind.Syntax));
            if (reading.Text is { } text)
            {
                Assert.Equal(expected, text.Parts.Select(part => part switch
                {
                    FormatPart.Operator each => (each.Definition.Name, each.Argument ?? "", each.MaxLength?.ToString() ?? ""),
                    _ => ("", ((FormatPart.Literal)part).Text, ""),
                }));
            }
        },
        iter: Cases);

    private static Gen<string> OneOf(params string[] pieces) => Gen.Int[0, pieces.Length - 1].Select(index => pieces[index]);

    /// <summary>Null where Envoy finds no valid command somewhere; else literals (without a name) and commands with argument and length.</summary>
    private static List<(string Name, string Text, string Length)>? Split(string format)
    {
        var parts = new List<(string, string, string)>();
        var literal = "";
        for (var position = 0; position < format.Length;)
        {
            if (format[position] != '%')
            {
                literal += format[position++];
                continue;
            }

            if (position + 1 < format.Length && format[position + 1] == '%')
            {
                literal += '%';
                position += 2;
                continue;
            }

            if (literal.Length > 0)
            {
                parts.Add(("", literal, ""));
                literal = "";
            }

            var match = Command().Match(format, position);
            if (!match.Success)
            {
                return null;
            }

            var length = match.Groups["length"];
            parts.Add((match.Groups["name"].Value, match.Groups["argument"].Value, length.Success ? length.Value.TrimStart('0') is { Length: > 0 } digits ? digits : "0" : ""));
            position += match.Length;
        }

        if (literal.Length > 0)
        {
            parts.Add(("", literal, ""));
        }

        return parts;
    }

    private static FormatPart Unplaced(FormatPart part) => part is FormatPart.Operator each ? each with { Position = 0 } : part;

    [GeneratedRegex(@"\G%(?<name>(?:[A-Z]|[0-9]|_)+)(?:\((?<argument>.*?)\))?(?::(?<length>[0-9]+))?%")]
    private static partial Regex Command();
}
