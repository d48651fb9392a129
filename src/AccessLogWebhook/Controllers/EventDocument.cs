using System.Globalization;
using System.Text.Json;
using AccessLogWebhook.Cluster;
using AccessLogWebhook.Policy.Json;

namespace AccessLogWebhook.Controllers;

/// <summary>An Event of events.k8s.io, as it is sent.</summary>
/// <param name="Identity">Of this replica.</param>
/// <param name="Type"><c>Normal</c> or <c>Warning</c>.</param>
internal sealed record EventDocument(string Namespace, string Name, string Identity, DateTimeOffset Time, string Type, string Action, string Reason, string Note)
{
    public const string GroupVersion = "events.k8s.io/v1";

    // events.k8s.io takes a note of 1024 bytes, and a character may take three.
    private const int LongestNote = 340;
    private const int LongestInstance = 128;

    /// <param name="regarding">Writes the members of the object that it is about.</param>
    public ReadOnlyMemory<byte> Write(Action<Utf8JsonWriter> regarding) => ObjectJson.Of(json =>
    {
        json.WriteStartObject();
        json.WriteString("apiVersion"u8, GroupVersion);
        json.WriteString("kind"u8, "Event"u8);
        json.WriteStartObject("metadata"u8);
        json.WriteString("namespace"u8, Namespace);
        json.WriteString("name"u8, Name);
        json.WriteEndObject();
        json.WriteString("eventTime"u8, Time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture));
        json.WriteString("reportingController"u8, "accesslog.mesh/accesslog-webhook");
        json.WriteString("reportingInstance"u8, Excerpt.Of(Identity, LongestInstance - 1));
        json.WriteString("type"u8, Type);
        json.WriteString("action"u8, Action);
        json.WriteString("reason"u8, Reason);
        json.WriteString("note"u8, Excerpt.Of(Note, LongestNote));
        json.WriteStartObject("regarding"u8);
        regarding(json);
        json.WriteEndObject();
        json.WriteEndObject();
    });
}
