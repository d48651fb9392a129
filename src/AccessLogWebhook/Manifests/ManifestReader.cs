using System.Collections.Immutable;

namespace AccessLogWebhook.Manifests;

/// <summary>
/// Reads Kubernetes manifests as kubectl does: YAML of any number of documents, or JSON; lists stand for their items. All
/// errors of a file are reported, and a faulty document does not hide the others, except that nothing is read past broken syntax.
/// </summary>
internal static class ManifestReader
{
    public const string StandardInput = "<stdin>";

    // Aliases let a few lists of lists stand for any number of items, without a byte of output.
    private const int MostListItems = 1_000_000;

    /// <param name="withPlaces">Whether <see cref="Manifest.Root"/> is wanted.</param>
    public static ManifestReading ReadFile(string path, bool withPlaces = false) =>
        FileContent.Read(path) switch
        {
            FileContent.Readable(var utf8) => Read(path, utf8, withPlaces),
            FileContent.Unreadable(var error) => new ManifestReading([], [error]),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    public static ManifestReading Read(Stream stream, string source = StandardInput, bool withPlaces = false) =>
        FileContent.Read(stream, source) switch
        {
            FileContent.Readable(var utf8) => Read(source, utf8, withPlaces),
            FileContent.Unreadable(var error) => new ManifestReading([], [error]),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    public static ManifestReading Read(string source, ReadOnlyMemory<byte> utf8, bool withPlaces = false)
    {
        var documents = YamlDocuments.Read(source, utf8);
        var reading = new DocumentReading(source, utf8.Length, documents.Errors, withPlaces);
        foreach (var document in documents.Documents)
        {
            if (document.IsSound)
            {
                reading.Add(document.Root, list: null, depth: 0);
            }
        }

        return reading.ToReading();
    }

    private sealed class DocumentReading
    {
        private readonly string source;
        private readonly ImmutableArray<Manifest>.Builder manifests = ImmutableArray.CreateBuilder<Manifest>();
        private readonly List<ManifestError> errors;
        private readonly NodeJson json;
        private readonly bool withPlaces;
        private int listItems;

        public DocumentReading(string source, int sourceBytes, ImmutableArray<ManifestError> errors, bool withPlaces)
        {
            this.source = source;
            this.withPlaces = withPlaces;
            this.errors = [.. errors];
            json = new NodeJson(source, sourceBytes, this.errors);
        }

        public ManifestReading ToReading() =>
            new(manifests.ToImmutable(), [.. errors.OrderBy(error => error.Line).ThenBy(error => error.Column)]);

        public void Add(YamlNode node, ManifestList? list, int depth)
        {
            if (node is not YamlNode.Mapping mapping)
            {
                Error(node, "a manifest is a mapping with apiVersion and kind; this is a " + (node is YamlNode.Sequence ? "list." : "single value."));
                return;
            }

            // Items of a typed list (PodList) may leave out both, as API servers do.
            var implied = list is { Kind.Length: > 4 } && mapping["apiVersion"] is null && mapping["kind"] is null
                ? (list.ApiVersion, Kind: list.Kind[..^"List".Length])
                : ((string ApiVersion, string Kind)?)null;
            var apiVersion = implied?.ApiVersion ?? Required(mapping, "apiVersion", "v1");
            var kind = implied?.Kind ?? Required(mapping, "kind", "Pod");
            if (apiVersion is null || kind is null)
            {
                return;
            }

            if (IsList(mapping, kind, out var items))
            {
                AddItems(mapping, items, new ManifestList(source, mapping.Line, apiVersion, kind), depth + 1);
                return;
            }

            if (TryReadKey(mapping, out var @namespace, out var name) && json.Write(mapping, implied) is { } utf8)
            {
                manifests.Add(new Manifest(source, mapping.Line, utf8, apiVersion, kind, @namespace, name, list) { Root = withPlaces ? mapping : null });
            }
        }

        private void AddItems(YamlNode place, ImmutableArray<YamlNode> items, ManifestList list, int depth)
        {
            if (depth > YamlDocuments.DeepestNesting)
            {
                Error(place, YamlDocuments.TooDeep);
                return;
            }

            foreach (var item in items)
            {
                if (++listItems > MostListItems)
                {
                    if (listItems == MostListItems + 1)
                    {
                        Error(place, $"the lists of this file have more than {MostListItems} items.");
                    }

                    return;
                }

                Add(item, list, depth);
            }
        }

        // Other kinds end in List, too; theirs is one where its items are a sequence, as for kubectl.
        private static bool IsList(YamlNode.Mapping mapping, string kind, out ImmutableArray<YamlNode> items)
        {
            var node = mapping["items"];
            items = node is YamlNode.Sequence sequence ? sequence.Items : [];
            return kind.EndsWith("List", StringComparison.Ordinal)
                && (node is YamlNode.Sequence || (kind == "List" && node is null or YamlNode.Scalar { Value.Kind: ScalarKind.Null }));
        }

        private string? Required(YamlNode.Mapping mapping, string field, string example)
        {
            switch (mapping[field])
            {
                case YamlNode.Scalar { Value: { Kind: ScalarKind.Text, Text.Length: > 0 } value }:
                    return value.Text;
                case null or YamlNode.Scalar { Value.Kind: ScalarKind.Null or ScalarKind.Text }:
                    Error(mapping, $"{field} is missing; give one, for instance {field}: {example}.");
                    return null;
                case var other:
                    Error(other, $"{field} must be a string: quote the value.");
                    return null;
            }
        }

        private bool TryReadKey(YamlNode.Mapping mapping, out string @namespace, out string name)
        {
            @namespace = name = "";
            switch (mapping["metadata"])
            {
                case null or YamlNode.Scalar { Value.Kind: ScalarKind.Null }:
                    return true;
                case YamlNode.Mapping metadata:
                    var namespaceIsText = TryText(metadata, "namespace", out @namespace);
                    return TryText(metadata, "name", out name) && namespaceIsText;
                case var other:
                    Error(other, "metadata must be a mapping.");
                    return false;
            }
        }

        private bool TryText(YamlNode.Mapping metadata, string field, out string text)
        {
            text = "";
            switch (metadata[field])
            {
                case null or YamlNode.Scalar { Value.Kind: ScalarKind.Null }:
                    return true;
                case YamlNode.Scalar { Value: { Kind: ScalarKind.Text } value }:
                    text = value.Text;
                    return true;
                case var other:
                    Error(other, $"metadata.{field} must be a string: quote the value.");
                    return false;
            }
        }

        private void Error(YamlNode place, string message) => errors.Add(new ManifestError(source, place.Line, place.Column, message));
    }
}
