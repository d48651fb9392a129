namespace AccessLogWebhook.Policy.Logging;

/// <summary>Which events a logger takes.</summary>
/// <param name="Description"><c>status >= 400</c>; bounded in length.</param>
/// <param name="Fingerprint">Equal for equal filters.</param>
/// <param name="PassesNothing">Whether nothing can pass it.</param>
/// <param name="PassesRequests">Whether it keeps out nothing but the tunnels that requests come in by.</param>
public sealed record LogFilterSummary(string Description, string Fingerprint, bool PassesNothing = false, bool PassesRequests = false)
{
    /// <summary>Both at once.</summary>
    public LogFilterSummary And(LogFilterSummary? other) => other is null
        ? this
        : new($"{Description} and {other.Description}", $"{Fingerprint}&{other.Fingerprint}", PassesNothing || other.PassesNothing);
}
