using AccessLogWebhook.Certificates;

namespace AccessLogWebhook.Tests.Certificates;

/// <summary>Whether the API server would accept a certificate.</summary>
public sealed class CertificateTrustTests
{
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();

    [Fact]
    public void A_bundle_trusts_what_one_of_its_authorities_has_signed_for_the_name_that_is_called()
    {
        using var authority = CertificateMaking.Authority("first", Now, TimeSpan.FromDays(3));
        using var other = CertificateMaking.Authority("second", Now, TimeSpan.FromDays(3));
        using var leaf = CertificateMaking.Leaf(authority, ["a.shop.svc"], Now, TimeSpan.FromDays(1));
        var (first, second) = (authority.ExportCertificatePem(), other.ExportCertificatePem());

        Assert.Null(CertificateTrust.FindProblem(first, leaf, "a.shop.svc", Now));
        Assert.Null(CertificateTrust.FindProblem($"{second}\n{first}", leaf, null, Now));
        Assert.Equal("is not for b.shop.svc", CertificateTrust.FindProblem(first, leaf, "b.shop.svc", Now));
        Assert.StartsWith("is not verified: ", CertificateTrust.FindProblem(second, leaf, null, Now), StringComparison.Ordinal);
        Assert.StartsWith("is not verified: NotTimeValid", CertificateTrust.FindProblem(first, leaf, null, Now + TimeSpan.FromDays(2)), StringComparison.Ordinal);
        Assert.Equal("cannot be verified: there is no authority", CertificateTrust.FindProblem("", leaf, null, Now));
        Assert.Equal(
            "cannot be verified: the authorities cannot be read",
            CertificateTrust.FindProblem("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", leaf, null, Now));
    }

    [Fact]
    public void An_authority_of_the_same_name_with_another_key_does_not_stand_in_its_way()
    {
        using var authority = CertificateMaking.Authority("same", Now, TimeSpan.FromDays(3));
        using var other = CertificateMaking.Authority("same", Now, TimeSpan.FromDays(3));
        using var leaf = CertificateMaking.Leaf(authority, ["a.shop.svc"], Now, TimeSpan.FromDays(1));

        Assert.Null(CertificateTrust.FindProblem($"{other.ExportCertificatePem()}\n{authority.ExportCertificatePem()}", leaf, null, Now));
        Assert.NotNull(CertificateTrust.FindProblem(other.ExportCertificatePem(), leaf, null, Now));
    }
}
