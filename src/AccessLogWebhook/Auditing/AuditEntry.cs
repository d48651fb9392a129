using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using AccessLogWebhook.Policy.Json;

namespace AccessLogWebhook.Auditing;

/// <summary>
/// One line of the trail. Its schema is documented in the README and only ever grows. It has names, never an object or a value of a patch; and each of its
/// texts is bounded, since a caller chooses most of them.
/// </summary>
internal sealed record AuditEntry
{
    public const string Schema = "accesslog.mesh/audit/v1";

    private const int LongestName = 256;
    private const int LongestMessage = 1_000;
    private const int MostItems = 32;

    public required DateTimeOffset Time { get; init; }

    public required string Uid { get; init; }

    public required string Endpoint { get; init; }

    public required string Operation { get; init; }

    public required string Kind { get; init; }

    public required string Namespace { get; init; }

    public required string Name { get; init; }

    public required string User { get; init; }

    public required string Outcome { get; init; }

    public string? Mode { get; init; }

    public string? Profile { get; init; }

    public string? Verdict { get; init; }

    public required string Reason { get; init; }

    public required string Message { get; init; }

    public ImmutableArray<string> Warnings { get; init; } = [];

    /// <summary>Where the object was changed, as JSON pointers.</summary>
    public ImmutableArray<string> Changes { get; init; } = [];

    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("schema"u8, Schema);
        json.WriteString("time"u8, Time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
        json.WriteString("uid"u8, Short(Uid));
        json.WriteString("endpoint"u8, Endpoint);
        json.WriteString("operation"u8, Operation);
        json.WriteString("kind"u8, Kind);
        json.WriteString("namespace"u8, Short(Namespace));
        json.WriteString("name"u8, Short(Name));
        json.WriteString("user"u8, Short(User));
        json.WriteString("outcome"u8, Outcome);
        json.WriteString("mode"u8, Mode);
        json.WriteString("profile"u8, Profile is null ? null : Short(Profile));
        json.WriteString("verdict"u8, Verdict);
        json.WriteString("reason"u8, Reason);
        json.WriteString("message"u8, Excerpt.Of(Message, LongestMessage));
        Write(json, "warnings", Warnings);
        Write(json, "changes", Changes);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, ImmutableArray<string> items)
    {
        json.WriteStartArray(name);
        foreach (var item in items.Take(MostItems))
        {
            json.WriteStringValue(Short(item));
        }

        json.WriteEndArray();
    }

    private static string Short(string text) => Excerpt.Of(text, LongestName);
}
