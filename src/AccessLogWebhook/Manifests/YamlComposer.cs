using System.Collections.Immutable;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace AccessLogWebhook.Manifests;

/// <summary>
/// Builds the documents of a YAML file from the parser's events. Only the event parser of YamlDotNet is used: its serializer
/// would need reflection, and would resolve scalars by other rules than Kubernetes.
/// </summary>
internal sealed class YamlComposer
{
    private const string TagPrefix = "tag:yaml.org,2002:";

    // A merge copies the entries of a mapping: without a bound, n merges of n entries each are n² of them.
    private const int MostMergedEntries = 1_000_000;

    private readonly string source;
    private readonly string text;
    private readonly Scanner scanner;
    private readonly Parser parser;
    private readonly List<ManifestError> errors = [];

    /// <summary>The nodes by anchor; null while a node is being read, which so cannot contain itself.</summary>
    private readonly Dictionary<string, YamlNode?> anchors = new(StringComparer.Ordinal);

    private int mergedEntries;

    private YamlComposer(string source, string text)
    {
        this.source = source;
        this.text = text;
        scanner = new Scanner(new StringReader(text), skipComments: true);
        parser = new Parser(scanner);
    }

    public static YamlDocuments Read(string source, string text) => new YamlComposer(source, text).ReadAll();

    public static string DuplicateKey(string key, int earlierLine) => $"the key \"{Excerpt.Of(key)}\" comes a second time; line {earlierLine} has it already.";

    private YamlDocuments ReadAll()
    {
        var documents = ImmutableArray.CreateBuilder<YamlDocument>();
        try
        {
            while (parser.MoveNext())
            {
                if (parser.Current is not DocumentStart)
                {
                    continue;
                }

                anchors.Clear();
                var before = errors.Count;
                parser.MoveNext();
                if (Compose(0) is not { } root)
                {
                    break;
                }

                if (root is not YamlNode.Scalar { Value.Kind: ScalarKind.Null })
                {
                    documents.Add(new YamlDocument(root, errors.Count == before));
                }
            }
        }
        catch (YamlException exception)
        {
            errors.Add(SyntaxError(exception));
        }
        catch (Exception exception) when (exception is InvalidOperationException or ArgumentException or NullReferenceException or IndexOutOfRangeException)
        {
            // The parser throws these, too, for some malformed text (an escaped surrogate without its other half, a ':' alone in a flow).
            errors.Add(new ManifestError(
                source, (int)scanner.CurrentPosition.Line, (int)scanner.CurrentPosition.Column, "invalid YAML near this place."));
        }

        return new YamlDocuments(documents.ToImmutable(), [.. errors]);
    }

    /// <summary>The node at the parser's event; null where the rest of the file is given up.</summary>
    private YamlNode? Compose(int depth)
    {
        var current = parser.Current!;
        if (depth > YamlDocuments.DeepestNesting)
        {
            Error(current.Start, YamlDocuments.TooDeep);
            return null;
        }

        if (current is AnchorAlias alias)
        {
            return Resolve(alias);
        }

        var anchor = (current as NodeEvent)?.Anchor is { IsEmpty: false } name ? name.Value : null;
        if (anchor is not null)
        {
            anchors[anchor] = null;
        }

        YamlNode? node = current switch
        {
            Scalar scalar => ComposeScalar(scalar),
            SequenceStart start => ComposeSequence(start, depth),
            MappingStart start => ComposeMapping(start, depth),
            _ => throw new YamlException(current.Start, current.End, "found the end of a collection where a value belongs."),
        };
        if (anchor is not null)
        {
            anchors[anchor] = node;
        }

        return node;
    }

    private YamlNode Resolve(AnchorAlias alias)
    {
        if (anchors.TryGetValue(alias.Value.Value, out var node) && node is not null)
        {
            return node;
        }

        Error(alias.Start, anchors.ContainsKey(alias.Value.Value)
            ? $"the alias *{Excerpt.Of(alias.Value.Value)} stands inside of what it names."
            : $"the alias *{Excerpt.Of(alias.Value.Value)} names no anchor before it.");
        return NullAt(alias.Start);
    }

    private YamlNode.Sequence? ComposeSequence(SequenceStart start, int depth)
    {
        ExpectTag(start, "seq");
        var items = ImmutableArray.CreateBuilder<YamlNode>();
        while (parser.MoveNext() && parser.Current is not SequenceEnd)
        {
            if (Compose(depth + 1) is not { } item)
            {
                return null;
            }

            items.Add(item);
        }

        return new YamlNode.Sequence((int)start.Start.Line, (int)start.Start.Column, items.ToImmutable());
    }

    private YamlNode.Mapping? ComposeMapping(MappingStart start, int depth)
    {
        ExpectTag(start, "map");
        var entries = new MappingEntries();
        Mark? merge = null;
        while (parser.MoveNext() && parser.Current is not MappingEnd)
        {
            var keyEvent = parser.Current!;
            if (Compose(depth + 1) is not { } keyNode)
            {
                return null;
            }

            parser.MoveNext();
            if (Compose(depth + 1) is not { } value)
            {
                return null;
            }

            if (keyEvent is Scalar { Value: "<<", Style: ScalarStyle.Plain, Tag.IsEmpty: true })
            {
                if (merge is { } earlierMerge)
                {
                    Error(keyEvent.Start, DuplicateKey("<<", (int)earlierMerge.Line));
                }

                merge = keyEvent.Start;
                if (!TryMerge(entries, value))
                {
                    return null;
                }
            }
            else if (KeyText(keyEvent.Start, keyNode) is { } key
                && !entries.TryAdd(new MappingEntry(key, (int)keyEvent.Start.Line, (int)keyEvent.Start.Column, value), out var earlier))
            {
                Error(keyEvent.Start, DuplicateKey(key, earlier.Line));
            }
        }

        return new YamlNode.Mapping((int)start.Start.Line, (int)start.Start.Column, entries.ToImmutable());
    }

    /// <returns>False where the rest of the file is given up.</returns>
    private bool TryMerge(MappingEntries entries, YamlNode value)
    {
        // In a list the earlier mappings win: they are taken in last.
        ReadOnlySpan<YamlNode> mappings = value is YamlNode.Sequence list ? list.Items.AsSpan() : new ReadOnlySpan<YamlNode>(in value);
        for (var i = mappings.Length - 1; i >= 0; i--)
        {
            if (mappings[i] is not YamlNode.Mapping mapping)
            {
                Error(mappings[i], "the merge key << takes a mapping or a list of mappings.");
                continue;
            }

            mergedEntries += mapping.Entries.Length + 1;
            if (mergedEntries > MostMergedEntries)
            {
                Error(mapping, $"the merge keys of this file copy more than {MostMergedEntries} entries.");
                return false;
            }

            foreach (var entry in mapping.Entries)
            {
                entries.Merge(entry);
            }
        }

        return true;
    }

    /// <summary>A key as JSON needs it; null after an error.</summary>
    private string? KeyText(Mark place, YamlNode key)
    {
        switch (key)
        {
            case YamlNode.Scalar { Value.Kind: ScalarKind.Text } scalar:
                return scalar.Value.Text;
            case YamlNode.Scalar { Value.Kind: ScalarKind.Number } scalar:
                return ScalarResolution.NumberAsKey(scalar.Value.Text);
            case YamlNode.Scalar { Value.Kind: ScalarKind.True or ScalarKind.False } scalar:
                return scalar.Value.Kind == ScalarKind.True ? "true" : "false";
            case YamlNode.Scalar scalar:
                Error(place, $"a key cannot be {(scalar.Value.Kind == ScalarKind.Null ? "null" : scalar.Text)}: quote it.");
                return null;
            default:
                Error(place, "a key must be text; this is a list or a mapping.");
                return null;
        }
    }

    private YamlNode.Scalar ComposeScalar(Scalar scalar)
    {
        var value = ValueOf(scalar);
        return new YamlNode.Scalar((int)scalar.Start.Line, (int)scalar.Start.Column, scalar.Value, value);
    }

    private ScalarValue ValueOf(Scalar scalar)
    {
        if (scalar.Tag.IsEmpty)
        {
            return scalar.Style == ScalarStyle.Plain ? ScalarResolution.OfPlain(scalar.Value) : ScalarValue.Of(scalar.Value);
        }

        if (scalar.Tag.IsNonSpecific || Tag(scalar) is "str" or "timestamp")
        {
            return ScalarValue.Of(scalar.Value);
        }

        var resolved = ScalarResolution.OfPlain(scalar.Value);
        var fits = Tag(scalar) switch
        {
            "null" => resolved.Kind == ScalarKind.Null,
            "bool" => resolved.Kind is ScalarKind.True or ScalarKind.False,
            "int" => resolved.Kind == ScalarKind.Number && resolved.Text.AsSpan().IndexOfAny(".eE") < 0,
            "float" => resolved.Kind is ScalarKind.Number or ScalarKind.NotFinite,
            _ => (bool?)null,
        };
        if (fits is true)
        {
            return resolved;
        }

        Error(scalar.Start, fits is null
            ? $"the tag {TagText(scalar)} is none that Kubernetes knows."
            : $"\"{Excerpt.Of(scalar.Value)}\" is no {TagText(scalar)}.");
        return ScalarValue.Null;
    }

    private void ExpectTag(NodeEvent node, string tag)
    {
        if (!node.Tag.IsEmpty && !node.Tag.IsNonSpecific && Tag(node) != tag)
        {
            Error(node.Start, $"the tag {TagText(node)} does not fit here: a {(tag == "seq" ? "list" : "mapping")} has none, or !!{tag}.");
        }
    }

    private static string? Tag(NodeEvent node) =>
        node.Tag.Value.StartsWith(TagPrefix, StringComparison.Ordinal) ? node.Tag.Value[TagPrefix.Length..] : null;

    private static string TagText(NodeEvent node) => Excerpt.Of(Tag(node) is { } known ? $"!!{known}" : node.Tag.Value);

    private static YamlNode.Scalar NullAt(Mark place) => new((int)place.Line, (int)place.Column, "", ScalarValue.Null);

    private void Error(Mark place, string message) => errors.Add(new ManifestError(source, (int)place.Line, (int)place.Column, message));

    private void Error(YamlNode place, string message) => errors.Add(new ManifestError(source, place.Line, place.Column, message));

    private ManifestError SyntaxError(YamlException exception)
    {
        // Some of the parser's exceptions carry no place; then it is where the scanner stands.
        var place = exception.Start.Equals(Mark.Empty) && exception.End.Equals(Mark.Empty) ? scanner.CurrentPosition : exception.Start;
        if (TabInIndentation((int)place.Line, (int)scanner.CurrentPosition.Line) is { } tab)
        {
            return new ManifestError(source, tab.Line, tab.Column, "is indented with a tab: YAML takes spaces only.");
        }

        var message = exception.Message.TrimEnd('.');
        return new ManifestError(
            source, (int)place.Line, (int)place.Column, $"invalid YAML: {char.ToLowerInvariant(message[0])}{message.AsSpan(1)}.");
    }

    /// <summary>The first tab before the text of a line, among the lines that the parser was reading when it gave up.</summary>
    private TextPosition? TabInIndentation(int from, int to)
    {
        var number = 0;
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            number++;
            var content = line.IndexOfAnyExcept(' ', '\t');
            if (number >= from && number <= to && content > 0 && line[..content].IndexOf('\t') is >= 0 and var tab)
            {
                return new TextPosition(number, tab + 1);
            }
        }

        return null;
    }
}
