using System.Text.Json;

namespace AccessLogWebhook.Manifests;

/// <summary>One object of a file, as kubectl would send it.</summary>
/// <param name="Source">The file's path as it was given, or <c>&lt;stdin&gt;</c>.</param>
/// <param name="Line">Where the object begins, from 1.</param>
/// <param name="Json">The object in UTF-8; its numbers are spelled as in the file wherever JSON has that spelling.</param>
/// <param name="Namespace"><c>metadata.namespace</c>, or empty.</param>
/// <param name="Name"><c>metadata.name</c>, or empty.</param>
/// <param name="List">The list that the object was an item of, the same instance for all its items; null for a document of its own.</param>
internal sealed record Manifest(
    string Source,
    int Line,
    ReadOnlyMemory<byte> Json,
    string ApiVersion,
    string Kind,
    string Namespace,
    string Name,
    ManifestList? List = null)
{
    /// <summary>The tree with the places of its fields; null unless it was asked for, since it is larger than the JSON.</summary>
    public YamlNode.Mapping? Root { get; init; }

    /// <summary>For parsing <see cref="Json"/>, which may nest deeper than System.Text.Json allows by default (64).</summary>
    public static JsonDocumentOptions JsonOptions { get; } = new() { MaxDepth = YamlDocuments.DeepestNesting + 1 };

    public JsonElement ToElement() => JsonElement.Parse(Json.Span, JsonOptions);
}
