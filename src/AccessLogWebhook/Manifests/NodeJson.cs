using System.Buffers;
using System.Diagnostics;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace AccessLogWebhook.Manifests;

/// <summary>
/// Writes the documents of one file as JSON. A few hundred bytes of aliases to aliases stand for terabytes, so what all documents
/// together may become is bounded; a file without aliases cannot reach the bound, since no character stands for eight bytes of JSON.
/// </summary>
internal sealed class NodeJson(string source, long sourceBytes, ICollection<ManifestError> errors)
{
    private const long SmallestAllowance = 32 * 1024 * 1024;

    // Values survive, spellings of strings need not: nothing here is ever put into HTML.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly long allowance = Math.Max(SmallestAllowance, 8 * sourceBytes);
    private long written;

    /// <summary>The node as JSON, or null after an error.</summary>
    /// <param name="typeMeta">apiVersion and kind to put first, for the items of a typed list, which carry none.</param>
    public byte[]? Write(YamlNode node, (string ApiVersion, string Kind)? typeMeta = null)
    {
        var output = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(output, Options);
        if (!TryWrite(writer, node, 0, typeMeta))
        {
            return null;
        }

        writer.Flush();
        written += output.WrittenCount;
        return output.WrittenSpan.ToArray();
    }

    private bool TryWrite(Utf8JsonWriter writer, YamlNode node, int depth, (string ApiVersion, string Kind)? typeMeta = null)
    {
        if (depth > YamlDocuments.DeepestNesting)
        {
            return Refuse(node, YamlDocuments.TooDeep);
        }

        if (written + writer.BytesCommitted + writer.BytesPending > allowance)
        {
            return Refuse(node, $"the aliases of this file expand to more than {allowance / (1024 * 1024)} MiB.");
        }

        switch (node)
        {
            case YamlNode.Scalar scalar:
                return TryWrite(writer, scalar);
            case YamlNode.Sequence sequence:
                writer.WriteStartArray();
                foreach (var item in sequence.Items)
                {
                    if (!TryWrite(writer, item, depth + 1))
                    {
                        return false;
                    }
                }

                writer.WriteEndArray();
                return true;
            case YamlNode.Mapping mapping:
                writer.WriteStartObject();
                if (typeMeta is { } meta)
                {
                    writer.WriteString("apiVersion"u8, meta.ApiVersion);
                    writer.WriteString("kind"u8, meta.Kind);
                }

                foreach (var entry in mapping.Entries)
                {
                    writer.WritePropertyName(entry.Key);
                    if (!TryWrite(writer, entry.Value, depth + 1))
                    {
                        return false;
                    }
                }

                writer.WriteEndObject();
                return true;
            default:
                throw new UnreachableException();
        }
    }

    private bool TryWrite(Utf8JsonWriter writer, YamlNode.Scalar scalar)
    {
        switch (scalar.Value.Kind)
        {
            case ScalarKind.Null:
                writer.WriteNullValue();
                return true;
            case ScalarKind.True or ScalarKind.False:
                writer.WriteBooleanValue(scalar.Value.Kind == ScalarKind.True);
                return true;
            case ScalarKind.Number:
                writer.WriteRawValue(scalar.Value.Text, skipInputValidation: true);
                return true;
            case ScalarKind.Text:
                writer.WriteStringValue(scalar.Value.Text);
                return true;
            default:
                return Refuse(scalar, $"{scalar.Text} is a number that JSON does not have: quote it, if text is meant.");
        }
    }

    private bool Refuse(YamlNode node, string message)
    {
        errors.Add(new ManifestError(source, node.Line, node.Column, message));
        return false;
    }
}
