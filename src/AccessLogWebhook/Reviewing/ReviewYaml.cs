using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using AccessLogWebhook.Manifests;

namespace AccessLogWebhook.Reviewing;

/// <summary>The manifests as they are after the review, for kubectl: all of them, in their order, and lists as lists again.</summary>
internal static class ReviewYaml
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    public static string Write(IEnumerable<ManifestReview> reviews) => YamlWriter.WriteAll(Documents(reviews));

    private static IEnumerable<ReadOnlyMemory<byte>> Documents(IEnumerable<ManifestReview> reviews)
    {
        ManifestList? list = null;
        var items = new List<ReadOnlyMemory<byte>>();
        foreach (var review in reviews)
        {
            if (list is not null && !ReferenceEquals(list, review.Manifest.List))
            {
                yield return ListOf(list, items);
                items.Clear();
            }

            list = review.Manifest.List;
            var json = review is ManifestReview.Judged judged ? judged.Changed : review.Manifest.Json;
            if (list is null)
            {
                yield return json;
            }
            else
            {
                items.Add(json);
            }
        }

        if (list is not null)
        {
            yield return ListOf(list, items);
        }
    }

    private static ReadOnlyMemory<byte> ListOf(ManifestList list, List<ReadOnlyMemory<byte>> items)
    {
        var output = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(output, Options);
        json.WriteStartObject();
        json.WriteString("apiVersion"u8, list.ApiVersion);
        json.WriteString("kind"u8, list.Kind);
        json.WriteStartArray("items"u8);
        foreach (var item in items)
        {
            json.WriteRawValue(item.Span, skipInputValidation: true);
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        return output.WrittenMemory;
    }
}
