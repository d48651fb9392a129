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

            if (authorityFault is not null && !SomethingIsTrusted(held, now))
            {
                return new CertificateStep.Promote($"Nothing is served that is trusted. {authorityFault}");
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
            // Somebody has put another authority there. It is to be known everywhere before it signs, as one of our own is.
            return trustedFor < lifetimes.Settle && held.Leaf is { } leaf && held.Previous.Any(previous => CertificateTrust.IsTrusted(previous, leaf, now))
                ? new CertificateStep.Wait("The authority is not known everywhere yet.", lifetimes.Settle - trustedFor)
                : new CertificateStep.Issue(leafFault);
        }

        return Retirement(held, servedFor) ?? (SuccessionReason(held, now) is { } reason ? new CertificateStep.Prepare(reason) : Rest(held, now, servedFor));
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
        CertificateStep.Retire retire => held with { Previous = retire.IsOfAll ? [] : [.. held.Previous.Where(previous => !previous.IsOwnAuthority())] },
        _ => held,
    };

    /// <summary>
    /// What becomes of previous authorities; null where nothing stands in the way of another one. Of its own there are never two: those of others, which stay
    /// long, do not hinder one that is asked for.
    /// </summary>
    private CertificateStep? Retirement(HeldCertificates held, TimeSpan servedFor) =>
        held.Previous.IsEmpty ? null
        : servedFor >= lifetimes.RetireAdoptedAfter ? new CertificateStep.Retire(RetiredSince(servedFor), IsOfAll: true)
        : !held.Previous.Any(previous => previous.IsOwnAuthority()) ? null
        : servedFor >= lifetimes.RetireAfter ? new CertificateStep.Retire(RetiredSince(servedFor), IsOfAll: false)
        : new CertificateStep.Wait("Somebody may still serve what the previous authority signed.", lifetimes.RetireAfter - servedFor);

    private static string RetiredSince(TimeSpan servedFor) => $"Every ready replica has served what the new authority signed for {servedFor.TotalSeconds:0} s.";

    private CertificateStep.Wait Rest(HeldCertificates held, DateTimeOffset now, TimeSpan servedFor)
    {
        var due = held.Authority!.RenewAt < held.Leaf!.RenewAt ? held.Authority.RenewAt : held.Leaf.RenewAt;
        var pause = held.Previous.IsEmpty || due - now < lifetimes.RetireAdoptedAfter - servedFor ? due - now : lifetimes.RetireAdoptedAfter - servedFor;
        return new CertificateStep.Wait(
            held.Previous.IsEmpty ? $"Nothing is due before {due:u}." : "Somebody may still serve what another's authority signed.", pause < LongestWait ? pause : LongestWait);
    }

    /// <summary>Why an authority cannot sign; null where it can.</summary>
    private string? AuthorityFault(KeptCertificate? authority, DateTimeOffset now) =>
        authority is null ? "There is no authority that can be read." : Fault("The authority", authority, now);

    /// <summary>Why it cannot become the authority in force.</summary>
    private string? NextFault(KeptCertificate next, DateTimeOffset now) =>
        next.KeyPem is not null && now >= next.RenewAt ? $"The next authority is too old, since {next.RenewAt:u}." : Fault("The next authority", next, now);

    private string? Fault(string title, KeptCertificate authority, DateTimeOffset now) =>
        authority.KeyPem is null ? $"{title}'s key is not there, or does not fit."
        : authority.IsExpired(now) ? $"{title} has expired at {authority.NotAfter:u}."
        : now < authority.NotBefore ? $"{title} is not valid before {authority.NotBefore:u}: it was made by a clock that is ahead, or this one is behind."
        : AuthorityFitness.FindFault(authority, names, now) is { } fault ? $"{title} {fault}"
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

    /// <summary>
    /// Whether a certificate may be in use that clients trust: then it must not cease to be before another is. What is not valid yet may be by their clocks.
    /// </summary>
    private static bool SomethingIsTrusted(HeldCertificates held, DateTimeOffset now) =>
        held.Previous.Any(previous => !previous.IsExpired(now))
        || (held is { Leaf: { } leaf, Authority: { } authority }
            && CertificateTrust.IsTrusted(authority, leaf, new[] { now, leaf.NotBefore, authority.NotBefore }.Max()));

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
            $"{CertificateMaking.AuthorityName} {RandomNumberGenerator.GetHexString(12, lowercase: true)}", now, lifetimes.Authority);
        return KeptCertificate.Of(authority);
    }
}
