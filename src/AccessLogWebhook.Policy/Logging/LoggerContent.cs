namespace AccessLogWebhook.Policy.Logging;

/// <summary>An access logger: where it writes, in which format, which events.</summary>
/// <param name="Filter">Null where it takes all.</param>
public sealed record LoggerContent(LogSink Sink, LogFormatSummary Format, LogFilterSummary? Filter = null);
