using System.Collections.Immutable;
using AccessLogWebhook.Manifests;
using DiffPlex.DiffBuilder;
using DiffPlex.DiffBuilder.Model;

namespace AccessLogWebhook.Demonstration;

/// <summary>A line of a difference.</summary>
/// <param name="Sign"><c>+</c>, <c>-</c>, a blank for what stayed; <c>…</c> where lines are left out.</param>
internal readonly record struct DifferenceLine(char Sign, string Text);

/// <summary>What changed in an object, as lines of YAML, with as much around it as tells where that is: its parents and its neighbours.</summary>
internal static class YamlDifference
{
    public const char Omission = '…';

    public static ImmutableArray<DifferenceLine> Between(ReadOnlyMemory<byte> before, ReadOnlyMemory<byte> after)
    {
        var lines = InlineDiffBuilder.Diff(YamlWriter.Write(before), YamlWriter.Write(after), ignoreWhiteSpace: false).Lines
            .Select(line => new DifferenceLine(
                line.Type switch
                {
                    ChangeType.Inserted => '+',
                    ChangeType.Deleted => '-',
                    _ => ' ',
                },
                line.Text))
            .Where(line => line.Text.Length > 0)
            .ToImmutableArray();
        var shown = new bool[lines.Length];
        for (var index = 0; index < lines.Length; index++)
        {
            if (lines[index].Sign != ' ')
            {
                Show(lines, shown, index);
            }
        }

        // A single line takes no more room than the sign that it is left out.
        for (var index = 1; index < lines.Length - 1; index++)
        {
            shown[index] |= shown[index - 1] && shown[index + 1];
        }

        return [.. WithOmissions(lines, shown)];
    }

    private static void Show(ImmutableArray<DifferenceLine> lines, bool[] shown, int index)
    {
        shown[Math.Max(0, index - 1)] = shown[index] = shown[Math.Min(lines.Length - 1, index + 1)] = true;
        var indent = Indent(lines[index]);
        for (var parent = index - 1; parent >= 0 && indent > 0; parent--)
        {
            if (Indent(lines[parent]) < indent)
            {
                shown[parent] = true;
                indent = Indent(lines[parent]);
            }
        }
    }

    private static IEnumerable<DifferenceLine> WithOmissions(ImmutableArray<DifferenceLine> lines, bool[] shown)
    {
        for (var index = 0; index < lines.Length; index++)
        {
            if (shown[index])
            {
                yield return lines[index];
            }
            else if (index > 0 && shown[index - 1] && shown.AsSpan(index).Contains(true))
            {
                yield return new DifferenceLine(Omission, new string(' ', Indent(lines[index])));
            }
        }
    }

    private static int Indent(DifferenceLine line) => line.Text.Length - line.Text.AsSpan().TrimStart(' ').Length;
}
