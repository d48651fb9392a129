using System.Collections.Immutable;

namespace AccessLogWebhook.Manifests;

/// <summary>
/// A node of a document, with its place. Aliases are the node they name, so that a document is a graph without cycles: whoever
/// walks it counts what he makes (see <see cref="NodeJson"/>), or looks at a fixed depth only.
/// </summary>
internal abstract class YamlNode
{
    private YamlNode(int line, int column) => (Line, Column) = (line, column);

    public int Line { get; }

    public int Column { get; }

    /// <param name="text">The text as written, without quotes and escapes.</param>
    /// <param name="value">What Kubernetes makes of it.</param>
    public sealed class Scalar(int line, int column, string text, ScalarValue value) : YamlNode(line, column)
    {
        public string Text { get; } = text;

        public ScalarValue Value { get; } = value;
    }

    public sealed class Sequence(int line, int column, ImmutableArray<YamlNode> items) : YamlNode(line, column)
    {
        public ImmutableArray<YamlNode> Items { get; } = items;
    }

    public sealed class Mapping(int line, int column, ImmutableArray<MappingEntry> entries) : YamlNode(line, column)
    {
        /// <summary>In the order of the file; no key comes twice.</summary>
        public ImmutableArray<MappingEntry> Entries { get; } = entries;

        public YamlNode? this[string key]
        {
            get
            {
                foreach (var entry in Entries)
                {
                    if (entry.Key == key)
                    {
                        return entry.Value;
                    }
                }

                return null;
            }
        }
    }
}

/// <summary>A key, where it stands, and its value.</summary>
internal readonly record struct MappingEntry(string Key, int Line, int Column, YamlNode Value);
