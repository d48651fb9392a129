using System.Text.Json;
using AccessLogWebhook.Policy.Logging;
using AccessLogWebhook.Policy.Mesh;

namespace AccessLogWebhook.Policy.Tests.Logging;

/// <summary>What resources do to access loggers, by the short forms of <see cref="FilterText"/>.</summary>
internal static class Effects
{
    /// <summary>An EnvoyFilter that logs everything to the standard output.</summary>
    public static LoggingEffects Logging { get; } = OfFilter("all | MERGE hcm ANY log=out | MERGE tcp ANY log=out");

    public static LoggingEffects Nothing { get; } = OfFilter("all");

    public static LoggingEffects Removal { get; } = OfFilter("all | REMOVE hcm ANY | REMOVE tcp ANY");

    public static LoggingEffects OfFilter(string text) => Read(LoggingResourceKind.EnvoyFilter, FilterText.Spec(text));

    public static LoggingEffects OfTelemetry(string text) => Read(LoggingResourceKind.Telemetry, FilterText.TelemetrySpec(text));

    public static MeshSnapshot Configured(MeshSnapshot mesh, string json)
    {
        using var document = JsonDocument.Parse(json);
        return mesh with { Configurations = mesh.Configurations.SetItem(new ObjectKey("istio-system", "istio"), MeshLoggingReader.Read(document.RootElement)) };
    }

    private static LoggingEffects Read(LoggingResourceKind kind, string spec)
    {
        using var document = JsonDocument.Parse($$"""{"spec": {{spec}}}""");
        return LoggingEffectsReader.Read(kind, document.RootElement);
    }
}
