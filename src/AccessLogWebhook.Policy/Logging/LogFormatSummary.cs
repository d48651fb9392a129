namespace AccessLogWebhook.Policy.Logging;

/// <summary>A format in a few words, and a fingerprint: a snapshot keeps thousands of them, and nobody reads a format out of it.</summary>
/// <param name="Description"><c>JSON, Istio's 24 fields</c>.</param>
/// <param name="Fingerprint">Equal for equal formats; empty where there is no format of its own.</param>
public sealed record LogFormatSummary(string Description, string Fingerprint);
