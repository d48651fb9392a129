using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using AccessLogWebhook.Policy.Json;
using AccessLogWebhook.Policy.Linting;
using AccessLogWebhook.Policy.Linting.EnvoyFilters;
using AccessLogWebhook.Policy.Linting.Telemetries;
using AccessLogWebhook.Policy.Mesh;

namespace AccessLogWebhook.Policy.Logging;

/// <summary>Reads what an EnvoyFilter or a Telemetry does to access loggers. Total: whatever the object is, there is an answer.</summary>
public static class LoggingEffectsReader
{
    /// <summary>More patches around access logs than anybody writes by hand; what comes after them is told as unknown.</summary>
    public const int MostPatches = 64;

    private const int MostEntries = 32;

    private const int MostProviders = 32;

    public static LoggingEffects Read(LoggingResourceKind kind, JsonElement @object)
    {
        var spec = Field.Of("spec", @object.Object("spec") ?? default);
        return kind == LoggingResourceKind.Telemetry ? OfTelemetry(spec, CreatedAt(@object)) : OfEnvoyFilter(spec, CreatedAt(@object));
    }

    private static LoggingEffects OfEnvoyFilter(Field spec, long createdAt)
    {
        var patches = ImmutableArray.CreateBuilder<LogPatch>();
        var index = 0;
        foreach (var patch in EnvoyFilterReading.Of(spec).Patches)
        {
            patches.AddRange(LogPatchReader.Read(patch, index++));
            if (patches.Count > MostPatches)
            {
                break;
            }
        }

        if (patches.Count == 0)
        {
            return LoggingEffects.None;
        }

        var priority = spec["priority"]?.Value is { ValueKind: JsonValueKind.Number } number && number.TryGetInt32(out var value) ? value : 0;
        return new LoggingEffects(priority, createdAt, [.. patches.Take(MostPatches)], [], IsCut: patches.Count > MostPatches);
    }

    private static LoggingEffects OfTelemetry(Field spec, long createdAt)
    {
        var entries = TelemetryReading.Of(spec).Entries;
        return new LoggingEffects(
            0, createdAt, [], [.. entries.Take(MostEntries).Select(Read)], IsCut: entries.Length > MostEntries || entries.Take(MostEntries).Any(entry => entry.Providers.Length > MostProviders));
    }

    private static TelemetryLogging Read(AccessLogging entry) => new(
        [.. entry.Providers.Take(MostProviders)],
        entry.IsDisabled,
        entry.Mode,
        entry.Filter is { } filter ? LoggerFilters.Expression(filter["expression"]?.Text ?? "") : null);

    private static long CreatedAt(JsonElement @object) =>
        DateTimeOffset.TryParse(
            @object.Object("metadata")?.Text("creationTimestamp"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var created)
            ? created.ToUnixTimeSeconds()
            : 0;
}
