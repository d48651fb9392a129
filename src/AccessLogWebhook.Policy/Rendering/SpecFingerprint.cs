using System.Text.Json;
using System.Text.Json.Nodes;

namespace AccessLogWebhook.Policy.Rendering;

/// <summary>
/// Tells whether the <c>spec</c> that a cluster holds is the one that was rendered: equal fingerprints mean the same content, in whatever order and
/// spelling it comes back.
/// </summary>
public static class SpecFingerprint
{
    /// <returns>64 lower-case hexadecimal digits.</returns>
    public static string Of(JsonElement spec) => CanonicalJson.Hash(spec);

    /// <returns>64 lower-case hexadecimal digits.</returns>
    public static string Of(JsonNode spec)
    {
        using var document = JsonDocument.Parse(spec.ToJsonString());
        return CanonicalJson.Hash(document.RootElement);
    }
}
