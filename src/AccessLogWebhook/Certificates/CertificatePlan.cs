using System.Collections.Immutable;
using System.Security.Cryptography;

namespace AccessLogWebhook.Certificates;

/// <summary>Says what is to be done next, and does it to what is held. Nothing is known here of a clock or of a cluster.</summary>
/// <param name="names">The DNS names that the leaf is for; the first is what the API server calls.</param>
internal sealed class CertificatePlan(ImmutableArray<string> names, CertificateLifetimes lifetimes)
{
    // Nothing is overlooked for longer, whatever becomes of a clock.
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);

    /// <param name="trustedFor">How long everything that is held has been in every <c>caBundle</c>, as far as is known.</param>
    /// <param name="servedFor">How long the leaf has been held, as far as is known.</param>
    public CertificateStep Next(HeldCertificates held, DateTimeOffset now, TimeSpan trustedFor, TimeSpan servedFor)
    {
        var authorityFault = AuthorityFault(held.Authority, now);
        if (held.Next is { } next)
        {
            if (NextFault(next, now) is { } fault)
            {
                return new CertificateStep.Prepare(fault);
            }

            if (trustedFor >= lifetimes.Settle)
            {
                return new CertificateStep.Promote($"The next authority has been in caBundle for {trustedFor.TotalSeconds:0} s.");
            }

            return authorityFault is null && LeafFault(held, now) is { } overdue
                ? new CertificateStep.Issue(overdue)
                : new CertificateStep.Wait("The next authority is not known everywhere yet.", lifetimes.Settle - trustedFor);
        }

        if (authorityFault is not null)
        {
            return SomethingIsTrusted(held, now) ? new CertificateStep.Prepare(authorityFault) : new CertificateStep.Begin(authorityFault);
        }

        if (LeafFault(held, now) is { } leafFault)
        {
            return new CertificateStep.Issue(leafFault);
        }

        if (!held.Previous.IsEmpty)
        {
            return servedFor >= lifetimes.RetireAfter
                ? new CertificateStep.Retire($"Every ready replica has served what the new authority signed for {servedFor.TotalSeconds:0} s.")
                : new CertificateStep.Wait("Somebody may still serve what the previous authority signed.", lifetimes.RetireAfter - servedFor);
        }

        if (SuccessionReason(held, now) is { } reason)
        {
            return new CertificateStep.Prepare(reason);
        }

        var due = held.Authority!.RenewAt < held.Leaf!.RenewAt ? held.Authority.RenewAt : held.Leaf.RenewAt;
        return new CertificateStep.Wait($"Nothing is due before {due:u}.", due - now < LongestWait ? due - now : LongestWait);
    }

    /// <summary>What is held after a step.</summary>
    public HeldCertificates After(CertificateStep step, HeldCertificates held, DateTimeOffset now) => step switch
    {
        CertificateStep.Begin => Signed(new HeldCertificates { Authority = NewAuthority(now) }, now),
        CertificateStep.Prepare => held with { Next = NewAuthority(now), RotationWanted = false },
        CertificateStep.Promote => Signed(
            held with
            {
                Authority = held.Next,
                Next = null,
                Previous = [.. held.Previous.Where(previous => !previous.IsExpired(now)), .. Retiring(held.Authority, now)],
            },
            now),
        CertificateStep.Issue => Signed(held, now),
        CertificateStep.Retire => held with { Previous = [] },
        _ => held,
    };

    /// <summary>Why an authority cannot sign; null where it can.</summary>
    private static string? AuthorityFault(KeptCertificate? authority, DateTimeOffset now) =>
        authority is null ? "There is no authority that can be read."
        : authority.KeyPem is null ? "The authority's key is not there, or does not fit."
        : authority.IsExpired(now) ? $"The authority has expired at {authority.NotAfter:u}."
        : null;

    /// <summary>Why it cannot become the authority in force.</summary>
    private static string? NextFault(KeptCertificate next, DateTimeOffset now) =>
        next.KeyPem is null ? "The next authority's key is not there, or does not fit."
        : now >= next.RenewAt ? $"The next authority is too old, since {next.RenewAt:u}."
        : null;

    /// <summary>Why the authority, which can sign, needs a successor.</summary>
    private static string? SuccessionReason(HeldCertificates held, DateTimeOffset now) =>
        held.RotationWanted ? "Another authority is asked for."
        : now >= held.Authority!.RenewAt ? $"The authority is past two thirds of its life, since {held.Authority.RenewAt:u}."
        : null;

    /// <summary>Why another leaf is needed; null where the one that is held will do.</summary>
    private string? LeafFault(HeldCertificates held, DateTimeOffset now)
    {
        if (held.Leaf is not { } leaf)
        {
            return "There is no serving certificate with a key that fits.";
        }

        if (now >= leaf.RenewAt)
        {
            return leaf.IsExpired(now) ? $"The serving certificate has expired at {leaf.NotAfter:u}." : $"The serving certificate is past two thirds of its life, since {leaf.RenewAt:u}.";
        }

        using var certificate = leaf.Load();
        return names.FirstOrDefault(name => !certificate.MatchesHostname(name)) is { } missing
            ? $"The serving certificate is not for {missing}."
            : CertificateTrust.FindProblem(held.Authority!.Pem, certificate, null, now) is { } problem
                ? $"The serving certificate {problem} by the authority in force."
                : null;
    }

    /// <summary>Whether a certificate may be in use that clients trust: then it must not cease to be before another is.</summary>
    private static bool SomethingIsTrusted(HeldCertificates held, DateTimeOffset now) =>
        held.Previous.Any(previous => !previous.IsExpired(now))
        || (held is { Leaf: { } leaf, Authority: { } authority } && CertificateTrust.IsTrusted(authority, leaf, now));

    private static IEnumerable<KeptCertificate> Retiring(KeptCertificate? authority, DateTimeOffset now) =>
        authority is null || authority.IsExpired(now) ? [] : [authority with { KeyPem = null }];

    private HeldCertificates Signed(HeldCertificates held, DateTimeOffset now)
    {
        using var authority = held.Authority!.Load();
        using var leaf = CertificateMaking.Leaf(authority, names, now, lifetimes.Leaf);
        return held with { Leaf = KeptCertificate.Of(leaf) };
    }

    private KeptCertificate NewAuthority(DateTimeOffset now)
    {
        // A name of its own: see CertificateMaking.
        using var authority = CertificateMaking.Authority(
            $"accesslog-webhook authority {RandomNumberGenerator.GetHexString(12, lowercase: true)}", now, lifetimes.Authority);
        return KeptCertificate.Of(authority);
    }
}
