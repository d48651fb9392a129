using System.Collections.Immutable;
using System.Net;
using System.Text.Json.Nodes;

namespace AccessLogWebhook.ClusterTests.Support;

/// <summary>An answer of the API server.</summary>
/// <param name="Body">As it came, byte for byte.</param>
/// <param name="Warnings">What kubectl would print as "Warning: …", in order.</param>
/// <param name="AuditId">Finds the request in <see cref="ControlPlane.AuditEventAsync"/>.</param>
public sealed record ApiResponse(HttpStatusCode Status, string Body, ImmutableArray<string> Warnings, string AuditId)
{
    public bool IsSuccess => (int)Status is >= 200 and < 300;

    /// <summary>The body as an object, whatever the status.</summary>
    public JsonObject Json => JsonNode.Parse(Body)!.AsObject();

    /// <summary>The message of a refusal; null where the body is another object.</summary>
    public string? Message => Body.StartsWith('{') && (string?)Json["kind"] == "Status" ? (string?)Json["message"] : null;

    public ImmutableSortedDictionary<string, string> Labels => Map("labels");

    public ImmutableSortedDictionary<string, string> Annotations => Map("annotations");

    /// <summary>The object of a request that must have succeeded.</summary>
    public JsonObject Successful()
    {
        Assert.True(IsSuccess, $"{(int)Status} {Status}: {Body}");
        return Json;
    }

    private ImmutableSortedDictionary<string, string> Map(string field) =>
        Successful()["metadata"]?[field] is JsonObject map
            ? map.ToImmutableSortedDictionary(entry => entry.Key, entry => (string)entry.Value!, StringComparer.Ordinal)
            : ImmutableSortedDictionary<string, string>.Empty;
}
