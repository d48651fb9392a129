using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using AccessLogWebhook.Certificates;

namespace AccessLogWebhook.Tests.Certificates;

/// <summary>What is to be done with the certificates, and why, with time a parameter.</summary>
public sealed class CertificatePlanTests
{
    private const string Host = "accesslog-webhook.shop.svc";

    private static readonly DateTimeOffset Start = DateTimeOffset.Parse("2026-11-25T12:00:00Z", CultureInfo.InvariantCulture);

    private static readonly CertificateLifetimes Lifetimes = new()
    {
        Leaf = TimeSpan.FromDays(90), Authority = TimeSpan.FromDays(365), Settle = TimeSpan.FromSeconds(60), RetireAfter = TimeSpan.FromSeconds(3600),
    };

    private static readonly CertificatePlan Plan = new([Host], Lifetimes);
    private static readonly TimeSpan Long = TimeSpan.FromDays(30);

    // A step in front of those that the name of a case tells of.
    private static readonly HeldCertificates Begun = Plan.After(new CertificateStep.Begin(""), HeldCertificates.None, Start);
    private static readonly HeldCertificates Prepared = Plan.After(new CertificateStep.Prepare(""), Begun, Start);
    private static readonly HeldCertificates Promoted = Plan.After(new CertificateStep.Promote(""), Prepared, Start);

    [Theory]
    [InlineData("nothing", 0, 0, 0, "begin: There is no authority that can be read.")]
    [InlineData("begun", 0, 0, 0, "wait: Nothing is due before 2027-01-")]
    [InlineData("begun", 54, 0, 0, "wait: Nothing is due before 2027-01-")]
    [InlineData("begun", 60, 0, 0, "issue: The serving certificate is past two thirds of its life, since 2027-01-")]
    [InlineData("begun", 91, 0, 0, "issue: The serving certificate has expired at 2027-02-23 12:00:00Z.")]
    [InlineData("begun, leaf lost", 0, 0, 0, "issue: There is no serving certificate with a key that fits.")]
    [InlineData("begun, leaf's key lost", 0, 0, 0, "issue: There is no serving certificate with a key that fits.")]
    [InlineData("begun, leaf of another name", 0, 0, 0, "issue: The serving certificate is not for accesslog-webhook.shop.svc.")]
    [InlineData("begun, leaf of another authority", 0, 0, 0, "issue: The serving certificate is not verified: ")]
    [InlineData("begun, authority lost", 0, 0, 0, "begin: There is no authority that can be read.")]
    [InlineData("begun, authority's key lost", 0, 0, 0, "prepare: The authority's key is not there, or does not fit.")]
    [InlineData("begun, authority's key lost", 91, 0, 0, "begin: The authority's key is not there, or does not fit.")]
    [InlineData("begun, leaf renewed at 240 days", 244, 0, 0, "prepare: The authority is past two thirds of its life, since 2027-07-")]
    [InlineData("begun", 366, 0, 0, "begin: The authority has expired at 2027-11-25 12:00:00Z.")]
    [InlineData("begun, rotation wanted", 0, 0, 0, "prepare: Another authority is asked for.")]
    [InlineData("prepared", 0, 59, 0, "wait: The next authority is not known everywhere yet.")]
    [InlineData("prepared", 0, 60, 0, "promote: The next authority has been in caBundle for 60 s.")]
    [InlineData("prepared", 60, 59, 0, "issue: The serving certificate is past two thirds of its life, since 2027-01-")]
    [InlineData("prepared", 300, 60, 0, "prepare: The next authority is too old, since 2027-07-")]
    [InlineData("prepared, next key lost", 0, 60, 0, "prepare: The next authority's key is not there, or does not fit.")]
    [InlineData("prepared, authority's key lost", 0, 59, 0, "wait: The next authority is not known everywhere yet.")]
    [InlineData("prepared, authority's key lost", 0, 60, 0, "promote: The next authority has been in caBundle for 60 s.")]
    [InlineData("promoted", 0, 60, 3599, "wait: Somebody may still serve what the previous authority signed.")]
    [InlineData("promoted", 0, 60, 3600, "retire: Every ready replica has served what the new authority signed for 3600 s.")]
    [InlineData("promoted, leaf lost", 0, 60, 3600, "issue: There is no serving certificate with a key that fits.")]
    [InlineData("promoted, rotation wanted", 0, 60, 3599, "wait: Somebody may still serve what the previous authority signed.")]
    [InlineData("adopted", 0, 0, 0, "prepare: There is no authority that can be read.")]
    [InlineData("adopted", 366, 0, 0, "begin: There is no authority that can be read.")]
    [InlineData("adopted and prepared", 0, 59, 0, "wait: The next authority is not known everywhere yet.")]
    [InlineData("prepared", 366, 0, 0, "prepare: The next authority is too old, since 2027-07-")]
    [InlineData("prepared, authority and leaf lost", 0, 0, 0, "promote: Nothing is served that is trusted. There is no authority that can be read.")]
    [InlineData("begun", -1, 0, 0, "prepare: The authority is not valid before 2026-11-25 11:55:00Z: it was made by a clock that is ahead, or this one is behind.")]
    [InlineData("prepared", -1, 60, 0, "prepare: The next authority is not valid before 2026-11-25 11:55:00Z: it was made by a clock that is ahead, or this one is behind.")]
    [InlineData("begun, authority of RSA", 0, 60, 0, "prepare: The authority has a key that is not ECDSA.")]
    [InlineData("begun, authority is none", 0, 60, 0, "prepare: The authority is no authority: it lacks CA:TRUE.")]
    [InlineData("begun, authority may not sign", 0, 60, 0, "prepare: The authority may not sign certificates by its key usage.")]
    [InlineData("begun, authority for clients", 0, 60, 0, "prepare: The authority is not for servers by its extended key usage.")]
    [InlineData("begun, authority of one below", 0, 60, 0, "prepare: The authority signs what is not verified: ")]
    [InlineData("begun, authority is none, nothing trusted", 0, 60, 0, "begin: The authority is no authority: it lacks CA:TRUE.")]
    [InlineData("begun, authority of somebody's", 0, 59, 0, "wait: The authority is not known everywhere yet.")]
    [InlineData("begun, authority of somebody's", 0, 60, 0, "issue: The serving certificate is not verified: ")]
    [InlineData("adopted and promoted", 0, 60, 3600, "wait: Somebody may still serve what another's authority signed.")]
    [InlineData("adopted and promoted", 0, 60, 86399, "wait: Somebody may still serve what another's authority signed.")]
    [InlineData("adopted and promoted", 0, 60, 86400, "retire: Every ready replica has served what the new authority signed for 86400 s.")]
    [InlineData("adopted and promoted, rotation wanted", 0, 60, 0, "prepare: Another authority is asked for.")]
    public void The_next_step_has_its_reason(string held, int days, int trustedSeconds, int servedSeconds, string expected)
    {
        var step = Plan.Next(Held(held), Start + TimeSpan.FromDays(days), TimeSpan.FromSeconds(trustedSeconds), TimeSpan.FromSeconds(servedSeconds));

        Assert.StartsWith(expected, $"{step.Name}: {step.Reason}", StringComparison.Ordinal);
        Assert.True(step is not CertificateStep.Wait { For: var pause } || (pause > TimeSpan.Zero && pause <= TimeSpan.FromHours(1)));
    }

    [Fact]
    public void Whatever_a_replica_still_serves_is_trusted_at_every_step_of_a_rotation()
    {
        var (held, now, leaves) = (Begun, Start, new List<KeptCertificate> { Begun.Leaf! });
        for (var rotation = 0; rotation < 10; rotation++)
        {
            held = held with { RotationWanted = true };
            for (var steps = new List<string>(); steps is not [.., "retire"];)
            {
                var step = Plan.Next(held, now, Long, Long);
                steps.Add(step.Name);
                var before = held.Bundle;
                held = Plan.After(step, held, now);

                // The API server may not have heard yet; a replica may still serve the leaf before.
                Assert.All((string[])[before, held.Bundle], bundle => AssertTrusted(bundle, held.Leaf!, now));
                if (step is not CertificateStep.Retire)
                {
                    AssertTrusted(held.Bundle, leaves[^1], now);
                }

                if (step is CertificateStep.Promote)
                {
                    leaves.Add(held.Leaf!);
                }

                Assert.True(steps.Count <= 3, string.Join(' ', steps));
            }

            Assert.NotNull(CertificateTrust.FindProblem(held.Bundle, leaves[^2].Load(), Host, now));
            Assert.Null(held.Next);
            Assert.Empty(held.Previous);
        }

        Assert.Equal(11, leaves.Select(leaf => leaf.Thumbprint).Distinct().Count());
    }

    [Fact]
    public void An_authority_of_anothers_is_trusted_longer_than_those_of_its_own()
    {
        var held = Promoted with { Previous = [.. Promoted.Previous, Foreign("CN=theirs", Authority())] };

        var step = Plan.Next(held, Start, Long, Lifetimes.RetireAfter);
        Assert.Equal(held.Previous[1..], Plan.After(step, held, Start).Previous);

        Assert.Empty(Plan.After(Plan.Next(held, Start, Long, Lifetimes.RetireAdoptedAfter), held, Start).Previous);
    }

    [Fact]
    public void An_authority_of_somebodys_that_is_fit_is_not_replaced()
    {
        var theirs = HeldCertificates.None with { Authority = Foreign("CN=theirs", Authority()) };

        var held = Plan.After(Plan.Next(theirs, Start, Long, Long), theirs, Start);

        Assert.Equal(theirs.Authority, held.Authority);
        AssertTrusted(held.Bundle, held.Leaf!, Start);
    }

    [Fact]
    public void For_three_years_there_is_no_day_without_a_trusted_certificate()
    {
        var held = Begun;
        var steps = new List<string>();
        for (var now = Start; now < Start + TimeSpan.FromDays(3 * 365); now += TimeSpan.FromDays(1))
        {
            for (var step = Plan.Next(held, now, Long, Long); step is not CertificateStep.Wait; step = Plan.Next(held, now, Long, Long))
            {
                steps.Add(step.Name);
                held = Plan.After(step, held, now);
            }

            AssertTrusted(held.Bundle, held.Leaf!, now);
        }

        // Authorities at two thirds of 365 days, leaves at two thirds of 90.
        Assert.Equal(4, steps.Count(step => step == "promote"));
        Assert.Equal(4, steps.Count(step => step == "retire"));
        Assert.InRange(steps.Count(step => step == "issue"), 12, 18);
        Assert.DoesNotContain("begin", steps);
    }

    [Fact]
    public void A_leaf_does_not_outlive_its_authority_and_is_renewed_within_its_last_twentieth_before_two_thirds()
    {
        var late = Plan.After(new CertificateStep.Issue(""), Begun, Start + TimeSpan.FromDays(360));

        Assert.Equal(Begun.Authority!.NotAfter, late.Leaf!.NotAfter);
        var life = Begun.Leaf!.NotAfter - Begun.Leaf.NotBefore;
        Assert.InRange((Begun.Leaf.RenewAt - Begun.Leaf.NotBefore) / life, 2.0 / 3 - 0.05, 2.0 / 3);
    }

    [Fact]
    public void An_authority_keeps_no_key_after_its_last_leaf_and_nobody_prints_one()
    {
        Assert.Equal(Begun.Authority!.Thumbprint, Assert.Single(Promoted.Previous).Thumbprint);
        Assert.Null(Promoted.Previous[0].KeyPem);
        Assert.DoesNotContain("PRIVATE", $"{Promoted} {Promoted.Authority} {Promoted.Leaf}", StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_held_is_read_back_as_it_was()
    {
        var entries = Promoted.Entries().ToDictionary(entry => entry.Name, entry => entry.Text);

        var read = HeldCertificates.Read(entries.GetValueOrDefault, rotationWanted: false);

        Assert.Equal((Promoted.Authority, Promoted.Next, Promoted.Leaf), (read.Authority, read.Next, read.Leaf));
        Assert.Equal(Promoted.Previous, read.Previous);
        Assert.Equal(Promoted.Bundle, read.Bundle);
    }

    [Theory]
    [InlineData("")]
    [InlineData("no certificate")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")]
    public void What_cannot_be_read_counts_as_absent(string text)
    {
        var read = HeldCertificates.Read(_ => text, rotationWanted: false);

        Assert.Equal((null, null, null, ""), (read.Authority, read.Next, read.Leaf, read.Bundle));
        Assert.IsType<CertificateStep.Begin>(Plan.Next(read, Start, Long, Long));
    }

    private static HeldCertificates Held(string name) => name switch
    {
        "nothing" => HeldCertificates.None,
        "begun" => Begun,
        "begun, leaf lost" => Begun with { Leaf = null },
        "begun, leaf's key lost" => Read(Begun, HeldCertificates.LeafKey, null),
        "begun, leaf of another name" => new CertificatePlan(["another.shop.svc"], Lifetimes).After(new CertificateStep.Issue(""), Begun, Start),
        "begun, leaf of another authority" => Begun with { Leaf = Promoted.Leaf },
        "begun, authority lost" => Read(Begun, HeldCertificates.AuthorityCertificate, null),
        "begun, authority's key lost" => Read(Begun, HeldCertificates.AuthorityKey, Promoted.Authority!.KeyPem),
        "begun, leaf renewed at 240 days" => Plan.After(new CertificateStep.Issue(""), Begun, Start + TimeSpan.FromDays(240)),
        "begun, rotation wanted" => Begun with { RotationWanted = true },
        "prepared" => Prepared,
        "prepared, next key lost" => Read(Prepared, HeldCertificates.NextKey, "no key"),
        "prepared, authority's key lost" => Read(Prepared, HeldCertificates.AuthorityKey, null),
        "promoted" => Promoted,
        "promoted, leaf lost" => Promoted with { Leaf = null },
        "promoted, rotation wanted" => Promoted with { RotationWanted = true },
        "prepared, authority and leaf lost" => Prepared with { Authority = null, Leaf = null },
        "begun, authority of RSA" => Replaced(Rsa()),
        "begun, authority is none" => Replaced(Foreign("CN=theirs", new X509BasicConstraintsExtension(false, false, 0, true))),
        "begun, authority is none, nothing trusted" => Held("begun, authority is none") with { Previous = [] },
        "begun, authority may not sign" => Replaced(Foreign("CN=theirs", Authority(), new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true))),
        "begun, authority for clients" => Replaced(Foreign("CN=theirs", Authority(), new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.2")], false))),
        "begun, authority of one below" => Replaced(Below()),
        "begun, authority of somebody's" => Replaced(Foreign("CN=theirs", Authority())),
        "adopted" => HeldCertificates.None with { Previous = [Begun.Authority! with { KeyPem = null }] },
        "adopted and promoted" => Plan.After(
            new CertificateStep.Promote(""), Plan.After(new CertificateStep.Prepare(""), HeldCertificates.None with { Previous = [Foreign("CN=theirs", Authority())] }, Start), Start),
        "adopted and promoted, rotation wanted" => Held("adopted and promoted") with { RotationWanted = true },
        "adopted and prepared" => Plan.After(new CertificateStep.Prepare(""), Held("adopted"), Start),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, null),
    };

    /// <summary>Somebody has put another pair in the authority's place; what has signed the leaf is kept, as the keeper does.</summary>
    private static HeldCertificates Replaced(KeptCertificate authority) => Begun with { Authority = authority, Previous = [Begun.Authority! with { KeyPem = null }] };

    private static X509BasicConstraintsExtension Authority() => new(true, false, 0, true);

    private static KeptCertificate Foreign(string subject, params X509Extension[] extensions)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return SelfSigned(new CertificateRequest(subject, key, HashAlgorithmName.SHA256), key.ExportPkcs8PrivateKeyPem(), extensions);
    }

    private static KeptCertificate Rsa()
    {
        using var key = RSA.Create(2048);
        return SelfSigned(new CertificateRequest("CN=theirs", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1), key.ExportPkcs8PrivateKeyPem(), [Authority()]);
    }

    private static KeptCertificate SelfSigned(CertificateRequest request, string keyPem, IEnumerable<X509Extension> extensions)
    {
        foreach (var extension in extensions)
        {
            request.CertificateExtensions.Add(extension);
        }

        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        using var certificate = request.CreateSelfSigned(Start.AddDays(-1), Start.AddDays(365));
        Assert.True(KeptCertificate.TryRead(certificate.ExportCertificatePem(), keyPem, out var kept));
        return kept;
    }

    /// <summary>An authority that another has signed, who is not trusted.</summary>
    private static KeptCertificate Below()
    {
        using var above = Begun.Authority!.Load();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=below", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(Authority());
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        using var certificate = request.Create(above, Start, Start.AddDays(90), [1, 2, 3]);
        Assert.True(KeptCertificate.TryRead(certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem(), out var kept));
        return kept;
    }

    private static HeldCertificates Read(HeldCertificates held, string changed, string? text)
    {
        var entries = held.Entries().ToDictionary(entry => entry.Name, entry => entry.Text);
        entries[changed] = text;
        return HeldCertificates.Read(entries.GetValueOrDefault, rotationWanted: false);
    }

    private static void AssertTrusted(string bundle, KeptCertificate leaf, DateTimeOffset now)
    {
        using X509Certificate2 certificate = leaf.Load();
        Assert.Null(CertificateTrust.FindProblem(bundle, certificate, Host, now));
    }
}
