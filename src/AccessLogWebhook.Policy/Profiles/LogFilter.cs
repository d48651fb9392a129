namespace AccessLogWebhook.Policy.Profiles;

/// <summary>
/// Which requests and connections are logged; what is set must hold together. What it means for which protocol is decided once, in
/// <see cref="Rendering.AccessLogFilters"/>.
/// </summary>
/// <param name="MinStatus">The least status code; null for all.</param>
/// <param name="MinDuration">The least duration in milliseconds; null for all. Envoy compares 32 bits of them.</param>
/// <param name="Sample">The share that is logged; null for all.</param>
/// <param name="Expression">In CEL, over Envoy's attributes; null for none.</param>
public sealed record LogFilter(int? MinStatus, uint? MinDuration, bool ExcludeHealthChecks, SampleRate? Sample, string? Expression)
{
    public static LogFilter Everything { get; } = new(null, null, false, null, null);
}
