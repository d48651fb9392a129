using System.Collections.Immutable;
using System.Text.Json;
using AccessLogWebhook.Policy.Linting;

namespace AccessLogWebhook.Policy.Logging;

/// <summary>
/// Reads <c>meshConfig</c> as istiod does: what is not set keeps its default, providers are put over the built-in ones by their names
/// (<c>pkg/config/mesh/mesh.go ApplyMeshConfig</c>). Fields go by both spellings of protobuf's JSON.
/// </summary>
public static class MeshLoggingReader
{
    // A mesh has a handful.
    private const int MostProviders = 256;

    public static MeshLogging Read(JsonElement configuration)
    {
        if (configuration.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined)
        {
            // An empty document.
            return MeshLogging.Default;
        }

        if (configuration.ValueKind != JsonValueKind.Object)
        {
            return MeshLogging.Unknown("It is no mapping.");
        }

        var mesh = Field.Of("mesh", configuration);
        var isJson = mesh.Proto("access_log_encoding") is { } encoding
            && (string.Equals(encoding.Text, "JSON", StringComparison.Ordinal) || (encoding.Value.ValueKind == JsonValueKind.Number && encoding.Value.TryGetInt32(out var number) && number == 1));
        var format = mesh.Proto("access_log_format")?.Text ?? "";
        return new MeshLogging
        {
            AccessLogFile = mesh.Proto("access_log_file")?.Text ?? "",
            Format = isJson ? JsonFormat(format) : LoggerFormats.OfText(format),
            EnableEnvoyAccessLogService = IsTrue(mesh.Proto("enable_envoy_access_log_service")),
            DisableEnvoyListenerLog = IsTrue(mesh.Proto("disable_envoy_listener_log")),
            DefaultProviders = [.. mesh.Proto("default_providers")?.Proto("access_logging")?.Items().Select(item => item.Text ?? "").Take(MostProviders) ?? []],
            Providers = Providers(mesh.Proto("extension_providers")?.Items().Where(item => item.IsObject).Take(MostProviders) ?? []),
            RootNamespace = mesh.Proto("root_namespace")?.Text ?? "",
        };
    }

    // A format that is no JSON is passed over for istiod's own (FileAccessLogFromMeshConfig).
    private static LogFormatSummary JsonFormat(string format)
    {
        if (format.Length == 0)
        {
            return LoggerFormats.IstioJson;
        }

        try
        {
            using var document = JsonDocument.Parse(format);
            return document.RootElement.ValueKind == JsonValueKind.Object ? LoggerFormats.OfJson(document.RootElement) : LoggerFormats.IstioJson;
        }
        catch (JsonException)
        {
            return LoggerFormats.IstioJson;
        }
    }

    private static ImmutableArray<LogProvider> Providers(IEnumerable<Field> entries)
    {
        var providers = MeshLogging.Default.Providers.ToList();
        foreach (var entry in entries)
        {
            var provider = Provider(entry);
            var at = providers.FindIndex(each => each.Name == provider.Name);
            if (at < 0)
            {
                providers.Add(provider);
            }
            else
            {
                providers[at] = provider;
            }
        }

        return [.. providers];
    }

    private static LogProvider Provider(Field entry)
    {
        var name = entry["name"]?.Text ?? "";
        if (entry.Proto("envoy_file_access_log") is { } file)
        {
            var format = file.Proto("log_format");
            var path = file["path"]?.Text is { Length: > 0 } given ? given : "/dev/stdout";
            var summary = format?["labels"] is { } labels ? LoggerFormats.OfLabels(labels.Value) : LoggerFormats.OfText(format?["text"]?.Text ?? "");
            return new LogProvider(name, new LoggerContent(LogSink.File(path), summary), IsPlainFile: format is null && !IsTrue(file.Proto("omit_empty_values")));
        }

        if ((entry.Proto("envoy_http_als") ?? entry.Proto("envoy_tcp_als")) is { } grpc)
        {
            return new LogProvider(name, new LoggerContent(LogSink.Of(LogSinkKind.Grpc, ServiceOf(grpc)), LoggerFormats.OfProtocol));
        }

        if (entry.Proto("envoy_otel_als") is { } collector)
        {
            var format = collector.Proto("log_format");
            var summary = format?["labels"] is { IsObject: true } labels && labels.Members().Any() ? LoggerFormats.OfJson(labels.Value)
                : format?["text"]?.Text is { Length: > 0 } text ? LoggerFormats.OfText(text)
                : LoggerFormats.IstioText;
            return new LogProvider(name, new LoggerContent(LogSink.Of(LogSinkKind.OpenTelemetry, ServiceOf(collector)), summary));
        }

        return new LogProvider(name, null);
    }

    /// <summary>The cluster of a service, as istiod names it: <c>outbound|4317||collector.observability.svc.cluster.local</c>.</summary>
    private static string ServiceOf(Field provider)
    {
        var service = provider["service"]?.Text ?? "";
        var host = service[(service.IndexOf('/', StringComparison.Ordinal) + 1)..];
        var port = provider["port"]?.Value is { ValueKind: JsonValueKind.Number } number && number.TryGetInt32(out var value) ? value : 0;
        return $"outbound|{port}||{host}";
    }

    private static bool IsTrue(Field? field) => field?.Value.ValueKind == JsonValueKind.True;
}
