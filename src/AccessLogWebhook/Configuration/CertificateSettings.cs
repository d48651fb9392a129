namespace AccessLogWebhook.Configuration;

/// <summary>How the certificates are kept that the webhook makes for itself.</summary>
internal sealed record CertificateSettings
{
    /// <summary>How long a serving certificate is good for; at two thirds of that it is replaced.</summary>
    public int LeafHours { get; init; } = 2160;

    /// <summary>The same of the authority; at least three times a leaf's.</summary>
    public int AuthorityHours { get; init; } = 8760;

    /// <summary>How long a <c>caBundle</c> is given to reach every API server.</summary>
    public int SettleSeconds { get; init; } = 60;

    /// <summary>How long an authority is trusted on that signs no longer.</summary>
    public int RetireAfterSeconds { get; init; } = 3600;
}
