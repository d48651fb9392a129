namespace AccessLogWebhook.Configuration;

/// <summary>What becomes of decisions after they are answered.</summary>
internal sealed record AuditSettings
{
    /// <summary>Where the audit trail goes: <c>stdout</c>, or the path of a file. Null for nowhere.</summary>
    public string? Trail { get; init; }
}
