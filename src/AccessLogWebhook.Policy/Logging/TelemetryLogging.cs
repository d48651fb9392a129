using System.Collections.Immutable;

namespace AccessLogWebhook.Policy.Logging;

/// <summary>An entry of a Telemetry's <c>spec.accessLogging</c>.</summary>
/// <param name="Mode">CLIENT, SERVER, or CLIENT_AND_SERVER where none is given.</param>
/// <param name="Filter">By <c>filter.expression</c>.</param>
public sealed record TelemetryLogging(ImmutableArray<string> Providers, bool IsDisabled, string Mode, LogFilterSummary? Filter);
