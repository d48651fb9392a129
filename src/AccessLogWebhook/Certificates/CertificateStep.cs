namespace AccessLogWebhook.Certificates;

/// <summary>What is to be done next with the certificates that the webhook makes for itself. One step is one write of the Secret.</summary>
/// <param name="Reason">Why, a sentence.</param>
internal abstract record CertificateStep(string Reason)
{
    /// <summary>One word, the metrics' label.</summary>
    public string Name => this switch
    {
        Begin => "begin",
        Prepare => "prepare",
        Promote => "promote",
        Issue => "issue",
        Retire => "retire",
        _ => "wait",
    };

    /// <summary>An authority and a leaf at once: nobody serves anything that is trusted, so nothing can be lost.</summary>
    public sealed record Begin(string Reason) : CertificateStep(Reason);

    /// <summary>Another authority, which is to be trusted before it signs.</summary>
    public sealed record Prepare(string Reason) : CertificateStep(Reason);

    /// <summary>The next authority is in force from now on, and signs a leaf.</summary>
    public sealed record Promote(string Reason) : CertificateStep(Reason);

    /// <summary>Another leaf of the same authority.</summary>
    public sealed record Issue(string Reason) : CertificateStep(Reason);

    /// <summary>Previous authorities are trusted no longer.</summary>
    /// <param name="IsOfAll">Those that another made, too; else the webhook's own alone.</param>
    public sealed record Retire(string Reason, bool IsOfAll) : CertificateStep(Reason);

    /// <param name="For">When to look again, if nothing changes.</param>
    public sealed record Wait(string Reason, TimeSpan For) : CertificateStep(Reason);
}
