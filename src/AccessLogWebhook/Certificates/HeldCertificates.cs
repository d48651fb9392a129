using System.Collections.Immutable;

namespace AccessLogWebhook.Certificates;

/// <summary>
/// What the Secret holds. Leaves come from the authority in force; the next one is made known before it signs, and the previous ones stay known as
/// long as somebody may serve what they signed. What cannot be read counts as absent: it is made anew.
/// </summary>
internal sealed record HeldCertificates
{
    public const string LeafCertificate = "tls.crt";
    public const string LeafKey = "tls.key";
    public const string AuthorityCertificate = "ca.crt";
    public const string AuthorityKey = "ca.key";
    public const string NextCertificate = "next-ca.crt";
    public const string NextKey = "next-ca.key";
    public const string PreviousCertificates = "previous-ca.crt";

    public static HeldCertificates None { get; } = new();

    /// <summary>The authority in force. Its key may be missing.</summary>
    public KeptCertificate? Authority { get; init; }

    public KeptCertificate? Next { get; init; }

    /// <summary>Certificates alone: with its last leaf an authority's key goes.</summary>
    public ImmutableArray<KeptCertificate> Previous { get; init; } = [];

    /// <summary>With its key, or it is not there.</summary>
    public KeptCertificate? Leaf { get; init; }

    /// <summary>Somebody asks for another authority, whatever the age of this one.</summary>
    public bool RotationWanted { get; init; }

    /// <summary>What clients are to trust, as in <c>caBundle</c>: the authority in force, the next one, the previous ones.</summary>
    public string Bundle => string.Concat(Trusted.Select(authority => authority.Pem));

    public IEnumerable<KeptCertificate> Trusted => new[] { Authority, Next }.OfType<KeptCertificate>().Concat(Previous);

    /// <param name="entry">The text of an entry of the Secret; null where there is none.</param>
    public static HeldCertificates Read(Func<string, string?> entry, bool rotationWanted) => new()
    {
        Authority = KeptCertificate.TryRead(entry(AuthorityCertificate), entry(AuthorityKey), out var authority) ? authority : null,
        Next = KeptCertificate.TryRead(entry(NextCertificate), entry(NextKey), out var next) ? next : null,
        Previous = [.. KeptCertificate.ReadAll(entry(PreviousCertificates))],
        Leaf = KeptCertificate.TryRead(entry(LeafCertificate), entry(LeafKey), out var leaf) && leaf.KeyPem is not null ? leaf : null,
        RotationWanted = rotationWanted,
    };

    /// <summary>All the entries of the Secret; null for one that is not to be there.</summary>
    public IEnumerable<(string Name, string? Text)> Entries() =>
    [
        (LeafCertificate, Leaf?.Pem),
        (LeafKey, Leaf?.KeyPem),
        (AuthorityCertificate, Authority?.Pem),
        (AuthorityKey, Authority?.KeyPem),
        (NextCertificate, Next?.Pem),
        (NextKey, Next?.KeyPem),
        (PreviousCertificates, Previous.IsEmpty ? null : string.Concat(Previous.Select(authority => authority.Pem))),
    ];
}
