using System.Globalization;
using AccessLogWebhook.Manifests;

namespace AccessLogWebhook.Linting;

/// <summary>Finds the place of a field by the path that a finding gives it.</summary>
internal static class FieldPlaces
{
    /// <summary>The place of the field, or of the innermost of those that it stands in which can be found: keys that a path shortens cannot.</summary>
    public static (int Line, int Column) Of(YamlNode root, string path)
    {
        var (node, line, column) = (root, root.Line, root.Column);
        var rest = path.AsSpan();
        while (!rest.IsEmpty && Step(node, ref rest) is var (next, nextLine, nextColumn))
        {
            (node, line, column) = (next, nextLine, nextColumn);
        }

        return (line, column);
    }

    private static (YamlNode Node, int Line, int Column)? Step(YamlNode node, ref ReadOnlySpan<char> rest)
    {
        var bracketed = rest[0] == '[';
        var end = bracketed ? rest.IndexOf(']') : rest[1..].IndexOfAny('.', '[') + 1;
        if (bracketed && end < 0)
        {
            return null;
        }

        var begin = bracketed || rest[0] == '.' ? 1 : 0;
        var segment = end <= 0 ? rest[begin..] : rest[begin..end];
        rest = end <= 0 ? [] : rest[(bracketed ? end + 1 : end)..];
        switch (node)
        {
            case YamlNode.Sequence sequence when int.TryParse(segment, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < sequence.Items.Length:
                var item = sequence.Items[index];
                return (item, item.Line, item.Column);
            case YamlNode.Mapping mapping:
                foreach (var entry in mapping.Entries)
                {
                    // The key's place: the value may begin lines below, or be an alias of something far away.
                    if (segment.SequenceEqual(entry.Key))
                    {
                        return (entry.Value, entry.Line, entry.Column);
                    }
                }

                return null;
            default:
                return null;
        }
    }
}
