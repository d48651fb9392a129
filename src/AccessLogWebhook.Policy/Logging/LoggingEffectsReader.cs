using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
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

    public static LoggingEffects Read(LoggingResourceKind kind, JsonElement @object) => Of(LintSubject.Read(kind, @object));

    private static LoggingEffects Of(LintSubject subject) =>
        subject.Filter is { } filter ? OfEnvoyFilter(filter, subject.Spec, CreatedAt(subject.Metadata))
        : subject.Telemetry is { } telemetry ? OfTelemetry(telemetry, CreatedAt(subject.Metadata))
        : LoggingEffects.None;

    private static LoggingEffects OfEnvoyFilter(EnvoyFilterReading filter, Field spec, long createdAt)
    {
        var patches = ImmutableArray.CreateBuilder<LogPatch>();
        var index = 0;
        foreach (var patch in filter.Patches)
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

    private static LoggingEffects OfTelemetry(TelemetryReading telemetry, long createdAt)
    {
        var entries = telemetry.Entries;
        return new LoggingEffects(
            0, createdAt, [], [.. entries.Take(MostEntries).Select(Read)], IsCut: entries.Length > MostEntries || entries.Take(MostEntries).Any(entry => entry.Providers.Length > MostProviders));
    }

    private static TelemetryLogging Read(AccessLogging entry) => new(
        [.. entry.Providers.Take(MostProviders)],
        entry.IsDisabled,
        entry.Mode,
        entry.Filter is { } filter ? LoggerFilters.Expression(filter["expression"]?.Text ?? "") : null);

    private static long CreatedAt(Field metadata) =>
        DateTimeOffset.TryParse(
            metadata["creationTimestamp"]?.Text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var created)
            ? created.ToUnixTimeSeconds()
            : 0;
}
