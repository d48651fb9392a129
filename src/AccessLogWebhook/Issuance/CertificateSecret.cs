using System.Text;
using System.Text.Json;
using AccessLogWebhook.Certificates;
using AccessLogWebhook.Cluster;
using AccessLogWebhook.Policy.Json;

namespace AccessLogWebhook.Issuance;

/// <summary>The Secret at the wire.</summary>
internal static class CertificateSecret
{
    /// <summary>Whatever its value, it asks for another authority; taken off when there is one.</summary>
    public const string RotateAnnotation = "accesslog.mesh/rotate";

    /// <param name="secret">Null where there is none.</param>
    public static HeldCertificates Read(JsonElement? secret) => HeldCertificates.Read(
        name => secret?.Object("data")?.Text(name) is { } encoded ? Decode(encoded) : null,
        secret?.Object("metadata")?.Object("annotations")?.Member(RotateAnnotation) is not null);

    /// <summary>The whole object, for one that is not there.</summary>
    public static ReadOnlyMemory<byte> ToCreate(ObjectPath path, HeldCertificates held) => ObjectJson.Of(json =>
    {
        json.WriteStartObject();
        json.WriteString("apiVersion"u8, path.GroupVersion);
        json.WriteString("kind"u8, "Secret"u8);
        json.WriteString("type"u8, "Opaque"u8);
        json.WriteStartObject("metadata"u8);
        json.WriteString("namespace"u8, path.Namespace);
        json.WriteString("name"u8, path.Name);
        json.WriteStartObject("labels"u8);
        json.WriteString("app.kubernetes.io/name"u8, IssuancePlace.Name);
        json.WriteString("app.kubernetes.io/component"u8, "certificates"u8);
        json.WriteString("app.kubernetes.io/managed-by"u8, IssuancePlace.Name);
        json.WriteEndObject();
        json.WriteEndObject();
        WriteEntries(json, held, removals: false);
        json.WriteEndObject();
    });

    /// <summary>An RFC 7386 document for one that is there, and unchanged since it was read. Entries of others stay.</summary>
    public static ReadOnlyMemory<byte> ToMerge(string uid, string resourceVersion, HeldCertificates held) => ObjectJson.Of(json =>
    {
        json.WriteStartObject();
        json.WriteStartObject("metadata"u8);
        json.WriteString("uid"u8, uid);
        json.WriteString("resourceVersion"u8, resourceVersion);
        if (!held.RotationWanted)
        {
            json.WriteStartObject("annotations"u8);
            json.WriteNull(RotateAnnotation);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        WriteEntries(json, held, removals: true);
        json.WriteEndObject();
    });

    private static void WriteEntries(Utf8JsonWriter json, HeldCertificates held, bool removals)
    {
        json.WriteStartObject("data"u8);
        foreach (var (name, text) in held.Entries())
        {
            if (text is not null)
            {
                json.WriteBase64String(name, Encoding.UTF8.GetBytes(text));
            }
            else if (removals)
            {
                json.WriteNull(name);
            }
        }

        json.WriteEndObject();
    }

    private static string? Decode(string encoded)
    {
        var bytes = new byte[encoded.Length];
        return Convert.TryFromBase64String(encoded, bytes, out var count) ? Encoding.UTF8.GetString(bytes, 0, count) : null;
    }
}
