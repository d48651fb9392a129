using System.Collections.Immutable;

namespace AccessLogWebhook.Policy.Logging;

/// <summary>
/// What an EnvoyFilter or a Telemetry does to access loggers. Read once, when the object comes in, and bounded in size; most EnvoyFilters of a cluster have nothing to
/// do with access logs and share <see cref="None"/>.
/// </summary>
/// <param name="Priority"><c>spec.priority</c> of an EnvoyFilter.</param>
/// <param name="CreatedAt">Seconds of <c>metadata.creationTimestamp</c>, which decides between equals; 0 where there is none.</param>
/// <param name="IsCut">Whether it has more of them than is kept.</param>
public sealed record LoggingEffects(
    int Priority, long CreatedAt, ImmutableArray<LogPatch> Patches, ImmutableArray<TelemetryLogging> AccessLogging, bool IsCut = false)
{
    public static LoggingEffects None { get; } = new(0, 0, [], []);

    /// <summary>Whether an EnvoyFilter has anything to do with access logs.</summary>
    public bool TouchesLogs => !Patches.IsEmpty || !AccessLogging.IsEmpty || IsCut;
}
