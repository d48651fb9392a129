using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;

namespace AccessLogWebhook.Policy.Rendering;

/// <summary>
/// JSON in one spelling: members in ordinal order, no blanks, numbers without trailing zeros. Two texts have the same canonical form where
/// they mean the same, whatever a person, the API server or an encoder did to them in between.
/// </summary>
internal static class CanonicalJson
{
    /// <summary>SHA-256 of the canonical form, in lower-case hexadecimal.</summary>
    public static string Hash(JsonElement element)
    {
        var output = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(output))
        {
            Write(json, element);
        }

        return Convert.ToHexStringLower(SHA256.HashData(output.WrittenSpan));
    }

    private static void Write(Utf8JsonWriter json, JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                json.WriteStartObject();
                foreach (var member in element.EnumerateObject().OrderBy(member => member.Name, StringComparer.Ordinal))
                {
                    json.WritePropertyName(member.Name);
                    Write(json, member.Value);
                }

                json.WriteEndObject();
                break;
            case JsonValueKind.Array:
                json.WriteStartArray();
                foreach (var item in element.EnumerateArray())
                {
                    Write(json, item);
                }

                json.WriteEndArray();
                break;
            case JsonValueKind.Number:
                json.WriteRawValue(Number(element), skipInputValidation: true);
                break;
            default:
                element.WriteTo(json);
                break;
        }
    }

    // The API server may write 1.0 as 1 and 1e2 as 100.
    public static string Number(JsonElement number) => number.TryGetDecimal(out var exact)
        ? exact.ToString("G29", CultureInfo.InvariantCulture)
        : number.GetDouble().ToString("R", CultureInfo.InvariantCulture);
}
