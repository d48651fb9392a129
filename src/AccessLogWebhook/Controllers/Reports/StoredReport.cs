using System.Text.Json;
using AccessLogWebhook.Cluster;
using AccessLogWebhook.Policy.Json;
using AccessLogWebhook.Policy.Rendering;

namespace AccessLogWebhook.Controllers.Reports;

/// <summary>What is remembered of a report that is in the cluster.</summary>
/// <param name="Wanted">The fingerprint of what was sent; of one that another leader has written, that of what is there.</param>
/// <param name="Made">The fingerprint of what the API server has made of it: defaults may be added.</param>
internal sealed record StoredReport(string Uid, string ResourceVersion, string Wanted, string Made)
{
    public static StoredReport Of(JsonElement @object, string? wanted = null)
    {
        var (metadata, made) = (@object.Object("metadata"), FingerprintOf(@object));
        return new StoredReport(metadata?.Text("uid") ?? "", metadata?.Text("resourceVersion") ?? "", wanted ?? made, made);
    }

    /// <summary>Of all that a report says; whoever wrote it, and when, is no part of it.</summary>
    public static string FingerprintOf(JsonElement @object)
    {
        using var content = JsonDocument.Parse(ObjectJson.Of(json =>
        {
            json.WriteStartObject();
            foreach (var member in @object.EnumerateObject().Where(member => member.Name is not ("apiVersion" or "kind" or "metadata")))
            {
                member.WriteTo(json);
            }

            json.WriteEndObject();
        }));
        return SpecFingerprint.Of(content.RootElement);
    }
}
