using System.Buffers;
using System.Text.Json;

namespace AccessLogWebhook.Fuzz.Targets;

/// <summary>
/// The texts of a profile that have a language of their own, one of which the first byte chooses: CEL expressions, durations, paths, services, annotations, numbers, the profile's name.
/// </summary>
internal sealed class ProfileTextsTarget() : FuzzTarget("profile-texts")
{
    private static readonly string[] Fields = ["expression", "minDuration", "path", "service", "annotation", "text", "name", "collector", "samplePercent", "provider", "key"];

    // Any profile is rendered, twice, into up to four resources, and each of them is linted.
    protected override long Margin => 32 * 1024 * 1024;

    public override IEnumerable<string> Words => ["response.code >= 400", "r'\\'", "'''", "//", "1m30s", "500ms", "1193h", "0.0001", "/dev/std", ".svc.cluster.local:4317", "warning", "debug", "\n"];

    public override IEnumerable<byte[]> Seeds(string tests)
    {
        string[] texts = ["response.code >= 400 && request.url_path != '/healthz'", "1m30s", "/dev/stdout", "collector.observability.svc.cluster.local:4317", "json", "%REQ(:PATH)%\n", "team-a", "1.5", "['a', \"b\", r'c\\', '''d\n''']// e"];
        return Enumerable.Range(0, Fields.Length).SelectMany(field => texts.Select(text => Utf8($"{(char)('a' + field)}{text}")));
    }

    protected override void Run(ReadOnlySpan<byte> input)
    {
        if (input.IsEmpty)
        {
            return;
        }

        var field = Fields[input[0] % Fields.Length];
        var text = Text(input[1..]);
        var output = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(output))
        {
            Write(json, field, text);
        }

        RenderedProfiles.Check(field == "name" ? text : "fuzzed", JsonElement.Parse(output.WrittenSpan));
    }

    private static void Write(Utf8JsonWriter json, string field, string text)
    {
        json.WriteStartObject();
        json.WriteStartObject("spec");
        switch (field)
        {
            case "expression" or "minDuration":
                json.WriteStartObject("filter");
                json.WriteString(field, text);
                json.WriteEndObject();
                break;
            case "samplePercent":
                json.WriteStartObject("filter");
                json.WritePropertyName(field);
                json.WriteRawValue(IsNumber(text) ? text : "50");
                json.WriteEndObject();
                break;
            case "path":
                json.WriteStartObject("output");
                json.WriteString("path", text);
                json.WriteEndObject();
                break;
            case "service" or "collector":
                json.WriteStartObject("output");
                json.WriteStartObject(field == "service" ? "grpc" : "openTelemetry");
                json.WriteString("service", text);
                json.WriteNumber("port", 4317);
                json.WriteEndObject();
                json.WriteEndObject();
                break;
            case "provider":
                json.WriteString("backend", "Telemetry");
                json.WriteStartObject("output");
                json.WriteString("provider", text);
                json.WriteEndObject();
                break;
            case "annotation" or "key":
                json.WriteStartObject("annotations");
                json.WriteString(field == "key" ? text : "sidecar.istio.io/logLevel", field == "key" ? "json" : text);
                json.WriteEndObject();
                break;
            case "text":
                json.WriteStartObject("format");
                json.WriteStartObject("text");
                json.WriteString("line", text);
                json.WriteEndObject();
                json.WriteEndObject();
                break;
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static bool IsNumber(string text)
    {
        try
        {
            return JsonElement.Parse(Utf8(text)).ValueKind == JsonValueKind.Number;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
