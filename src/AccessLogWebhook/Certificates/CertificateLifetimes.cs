namespace AccessLogWebhook.Certificates;

/// <summary>How long what the webhook makes for itself is used, and how long others have to take notice.</summary>
internal sealed record CertificateLifetimes
{
    public TimeSpan Leaf { get; init; } = TimeSpan.FromHours(2160);

    /// <summary>At least three times a leaf's: it is succeeded at two thirds, and in the last third its last leaf must find room.</summary>
    public TimeSpan Authority { get; init; } = TimeSpan.FromHours(8760);

    /// <summary>
    /// How long a <c>caBundle</c> is given to reach every API server before a certificate is served that needs it. They follow their
    /// configurations by watches, in milliseconds; one that has lost its watch begins it anew within seconds.
    /// </summary>
    public TimeSpan Settle { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// How long an authority is trusted on after the last leaf of its own has been replaced. A replica that could not prove for half of
    /// this time that it serves the newest leaf is unready, so that none is asked that would not be trusted; the other half is for it to be taken out of the Service.
    /// </summary>
    public TimeSpan RetireAfter { get; init; } = TimeSpan.FromSeconds(3600);

    /// <summary>
    /// The same of an authority that another made, such as cert-manager: replicas of before a change of the kind of certificates know nothing of the Secret, are
    /// never unready by it, and stay in the Service as long as an upgrade stalls. A day, unless that is changed: somebody will have looked.
    /// </summary>
    public TimeSpan RetireAdoptedAfter => RetireAfter * 24;

    public TimeSpan UnreadyAfter => RetireAfter / 2;
}
