using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using AccessLogWebhook.Certificates;

namespace AccessLogWebhook.Tests.Issuance;

/// <summary>What the leader writes, step by step, at the wire.</summary>
public sealed class CertificateKeeperTests : IAsyncLifetime
{
    private CertificateCluster cluster = null!;

    public async ValueTask InitializeAsync() => cluster = await CertificateCluster.StartAsync();

    public async ValueTask DisposeAsync()
    {
        Assert.All(cluster.Logs.Lines, line => Assert.DoesNotContain("PRIVATE", line, StringComparison.Ordinal));
        await cluster.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task In_a_cluster_without_a_Secret_one_is_made_and_then_trusted()
    {
        await cluster.SettleAsync();

        Assert.Equal(["POST secrets", "PATCH mutatingwebhookconfigurations", "PATCH validatingwebhookconfigurations"], cluster.Writes);
        Assert.Equal(cluster.Held.Bundle, cluster.Bundle(CertificateCluster.Mutating));
        Assert.Equal(cluster.Held.Bundle, cluster.Bundle(CertificateCluster.Validating, 2));
        AssertServable();
    }

    [Fact]
    public async Task The_webhook_of_another_in_our_configuration_is_left_alone()
    {
        await cluster.SettleAsync();

        Assert.Equal("", cluster.Bundle(CertificateCluster.Validating, 1));
    }

    [Fact]
    public async Task A_configuration_of_our_name_without_our_label_is_left_alone_and_it_is_said_once()
    {
        cluster.Change(CertificateCluster.Mutating, configuration => configuration["metadata"]!.AsObject().Remove("labels"));

        await cluster.SettleAsync();

        Assert.Equal("", cluster.Bundle(CertificateCluster.Mutating));
        Assert.Equal(cluster.Held.Bundle, cluster.Bundle(CertificateCluster.Validating));
        Assert.Contains(cluster.Logs.Lines, line => line.StartsWith("Warning 4113: The certificates cannot be kept, mutatingwebhookconfigurations/accesslog-webhook: it has no label", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_configuration_that_cert_manager_fills_in_is_left_alone_and_it_is_said_once()
    {
        await cluster.SettleAsync();
        cluster.Change(CertificateCluster.Validating, configuration => configuration["metadata"]!["annotations"] = new JsonObject { ["cert-manager.io/inject-ca-from"] = "shop/accesslog-webhook" });
        cluster.Overwrite(CertificateCluster.Validating, "theirs");
        cluster.Overwrite(CertificateCluster.Mutating, "theirs");

        await cluster.SettleAsync();
        await cluster.SettleAsync();

        Assert.Equal("theirs", cluster.Bundle(CertificateCluster.Validating));
        Assert.Equal(cluster.Held.Bundle, cluster.Bundle(CertificateCluster.Mutating));
        Assert.Single(cluster.Logs.Lines, line => line.StartsWith(
            "Warning 4113: The certificates cannot be kept, validatingwebhookconfigurations/accesslog-webhook: it has the annotation cert-manager.io/inject-ca-from", StringComparison.Ordinal));

        cluster.Change(CertificateCluster.Validating, configuration => configuration["metadata"]!.AsObject().Remove("annotations"));
        cluster.Time.Advance(TimeSpan.FromSeconds(2));
        await cluster.SettleAsync();
        Assert.Equal(cluster.Held.Bundle, cluster.Bundle(CertificateCluster.Validating));
    }

    [Theory]
    [InlineData("ca.crt", null)]
    [InlineData("ca.crt", "mangled")]
    [InlineData("ca.key", "mangled")]
    public async Task An_authority_that_is_damaged_in_the_middle_of_a_rotation_is_trusted_on(string entry, string? text)
    {
        await cluster.SettleAsync();
        var first = cluster.Held;
        Ask();
        await cluster.SettleAsync();
        cluster.Change("secrets", secret => secret["data"]![entry] = text is null ? null : Convert.ToBase64String(Encoding.UTF8.GetBytes(text)));

        await cluster.SettleAsync();
        AssertTrusted(first.Leaf!);
        cluster.Time.Advance(CertificateCluster.Lifetimes.Settle);
        await cluster.SettleAsync();

        AssertTrusted(first.Leaf!);
        AssertServable();
        Assert.Equal(CertificateCluster.Lifetimes.RetireAfter, await cluster.SettleAsync());
        cluster.Time.Advance(CertificateCluster.Lifetimes.RetireAfter);
        await cluster.SettleAsync();
        Assert.Equal(cluster.Held.Authority!.Pem, cluster.Bundle(CertificateCluster.Mutating));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Where_somebody_puts_another_authority_what_is_served_is_trusted_until_its_successor_is(bool isFit)
    {
        await cluster.SettleAsync();
        var first = cluster.Held;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=theirs", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(isFit, false, 0, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        using var theirs = request.CreateSelfSigned(cluster.Time.GetUtcNow().AddDays(-1), cluster.Time.GetUtcNow().AddDays(300));
        cluster.Change("secrets", secret =>
        {
            secret["data"]!["ca.crt"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(theirs.ExportCertificatePem()));
            secret["data"]!["ca.key"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(key.ExportPkcs8PrivateKeyPem()));
        });

        Assert.Equal(CertificateCluster.Lifetimes.Settle, await cluster.SettleAsync());
        Assert.Equal(first.Leaf, cluster.Held.Leaf);
        AssertTrusted(first.Leaf!);
        cluster.Time.Advance(CertificateCluster.Lifetimes.Settle);
        await cluster.SettleAsync();

        Assert.NotEqual(first.Leaf, cluster.Held.Leaf);
        Assert.Equal(isFit, cluster.Held.Authority!.Pem.Trim() == theirs.ExportCertificatePem().Trim());
        AssertTrusted(first.Leaf!);
        AssertServable();
    }

    [Fact]
    public async Task A_step_that_does_not_help_is_not_taken_again_at_full_speed()
    {
        // A clock between two thirds and the end of an authority that lasts for minutes: each of its leaves is due when it is made.
        await cluster.SettleAsync();
        using var theirs = CertificateMaking.Authority("theirs", cluster.Time.GetUtcNow(), TimeSpan.FromMinutes(3));
        var kept = KeptCertificate.Of(theirs);
        cluster.Change("secrets", secret =>
        {
            secret["data"]!["ca.crt"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(kept.Pem));
            secret["data"]!["ca.key"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(kept.KeyPem!));
        });
        await cluster.SettleAsync();
        cluster.Time.Advance(CertificateCluster.Lifetimes.Settle);
        cluster.Writes.Clear();

        Assert.Equal(TimeSpan.FromSeconds(2), await cluster.SettleAsync());
        Assert.InRange(cluster.Writes.Count(write => write == "PATCH secrets"), 1, 2);
    }

    [Fact]
    public async Task A_caBundle_that_somebody_has_changed_is_repaired_at_once_and_a_quarrel_is_slow()
    {
        await cluster.SettleAsync();
        cluster.Overwrite(CertificateCluster.Mutating, "theirs");

        await cluster.SettleAsync();
        Assert.Equal(cluster.Held.Bundle, cluster.Bundle(CertificateCluster.Mutating));

        cluster.Overwrite(CertificateCluster.Mutating, "theirs again");
        var pause = await cluster.SettleAsync();
        Assert.Equal("theirs again", cluster.Bundle(CertificateCluster.Mutating));
        cluster.Time.Advance(pause);
        await cluster.SettleAsync();
        Assert.Equal(cluster.Held.Bundle, cluster.Bundle(CertificateCluster.Mutating));
        Assert.Contains("accesslog_certificate_repairs_total{configuration=\"mutatingwebhookconfigurations\"} 2", await cluster.MetricsAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_new_authority_is_trusted_before_it_signs_and_the_old_one_as_long_as_its_leaf_may_be_served()
    {
        await cluster.SettleAsync();
        var first = cluster.Held;
        Ask();

        Assert.Equal(CertificateCluster.Lifetimes.Settle, await cluster.SettleAsync());
        Assert.Equal((first.Authority, first.Leaf, false), (cluster.Held.Authority, cluster.Held.Leaf, cluster.Held.RotationWanted));
        Assert.Equal(first.Bundle + cluster.Held.Next!.Pem, cluster.Bundle(CertificateCluster.Mutating));

        cluster.Time.Advance(CertificateCluster.Lifetimes.Settle);
        var retire = await cluster.SettleAsync();
        Assert.NotEqual(first.Leaf, cluster.Held.Leaf);
        Assert.Equal(cluster.Held.Authority!.Pem + first.Authority!.Pem, cluster.Bundle(CertificateCluster.Validating));
        Assert.Equal(CertificateCluster.Lifetimes.RetireAfter, retire);

        cluster.Time.Advance(retire);
        await cluster.SettleAsync();
        Assert.Equal(cluster.Held.Authority.Pem, cluster.Bundle(CertificateCluster.Validating));
        AssertServable();
        var metrics = await cluster.MetricsAsync();
        foreach (var step in (string[])["begin", "prepare", "promote", "retire"])
        {
            Assert.Contains($"accesslog_certificate_rotations_total{{step=\"{step}\"}} 1", metrics, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_leader_that_takes_over_in_the_middle_of_a_rotation_waits_anew_and_ends_it()
    {
        await cluster.SettleAsync();
        Ask();
        await cluster.SettleAsync();
        cluster.Time.Advance(CertificateCluster.Lifetimes.Settle);
        cluster.Succeed();

        Assert.Equal(CertificateCluster.Lifetimes.Settle, await cluster.SettleAsync());
        cluster.Time.Advance(CertificateCluster.Lifetimes.Settle);
        await cluster.SettleAsync();
        cluster.Succeed();
        Assert.Equal(CertificateCluster.Lifetimes.RetireAfter, await cluster.SettleAsync());
        cluster.Time.Advance(CertificateCluster.Lifetimes.RetireAfter);
        await cluster.SettleAsync();

        Assert.Empty(cluster.Held.Previous);
        AssertServable();
    }

    [Fact]
    public async Task A_bundle_that_was_changed_meanwhile_has_to_settle_again()
    {
        await cluster.SettleAsync();
        Ask();
        await cluster.SettleAsync();
        cluster.Time.Advance(CertificateCluster.Lifetimes.Settle);
        cluster.Overwrite(CertificateCluster.Validating, "theirs");

        Assert.Equal(CertificateCluster.Lifetimes.Settle, await cluster.SettleAsync());
        Assert.NotNull(cluster.Held.Next);
    }

    [Fact]
    public async Task A_Secret_that_has_gone_is_made_anew_and_what_was_trusted_stays_trusted_meanwhile()
    {
        await cluster.SettleAsync();
        var first = cluster.Held;
        cluster.Remove("secrets");

        Assert.Equal(CertificateCluster.Lifetimes.Settle, await cluster.SettleAsync());
        Assert.Null(cluster.Held.Leaf);
        Assert.Equal(cluster.Held.Next!.Pem + first.Authority!.Pem, cluster.Bundle(CertificateCluster.Mutating));
        cluster.Time.Advance(CertificateCluster.Lifetimes.Settle);
        await cluster.SettleAsync();

        Assert.Contains(first.Authority.Pem, cluster.Bundle(CertificateCluster.Mutating), StringComparison.Ordinal);
        AssertServable();
    }

    [Fact]
    public async Task Without_any_configuration_the_Secret_is_made_and_a_configuration_that_comes_is_filled()
    {
        await using var bare = await CertificateCluster.StartAsync(withConfigurations: false);
        await bare.SettleAsync();
        Assert.Equal(["POST secrets"], bare.Writes);

        bare.Put(CertificateCluster.Mutating, CertificateCluster.Configuration("inject.accesslog.mesh"));
        await bare.SettleAsync();

        Assert.Equal(bare.Held.Bundle, bare.Bundle(CertificateCluster.Mutating));
        Assert.DoesNotContain("accesslog_certificate_repairs_total{", await bare.MetricsAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_another_has_changed_meanwhile_is_not_overwritten()
    {
        await cluster.SettleAsync();
        Ask();
        cluster.BeforeWrite = plural =>
        {
            cluster.BeforeWrite = _ => { };
            cluster.Change(plural, secret => secret["metadata"]!["labels"]!["theirs"] = "kept");
        };

        await cluster.SettleAsync();

        Assert.Equal(2, cluster.Writes.Count(write => write == "PATCH secrets"));
        cluster.Change("secrets", secret => Assert.Equal("kept", (string?)secret["metadata"]!["labels"]!["theirs"]));
        Assert.NotNull(cluster.Held.Next);
    }

    [Theory]
    [InlineData("GET secrets")]
    [InlineData("POST secrets")]
    [InlineData("GET validatingwebhookconfigurations")]
    [InlineData("PATCH mutatingwebhookconfigurations")]
    public async Task What_it_may_not_do_is_said_once_and_tried_again(string refused)
    {
        cluster.Refused = refused;
        Assert.Equal(TimeSpan.FromSeconds(2), await cluster.SettleAsync());
        Assert.Equal(TimeSpan.FromSeconds(2), await cluster.SettleAsync());

        Assert.Single(cluster.Logs.Lines, line => line.StartsWith("Warning 4113", StringComparison.Ordinal) && line.Contains("not allowed", StringComparison.Ordinal));
        Assert.Contains("accesslog_certificate_errors_total 2", await cluster.MetricsAsync(), StringComparison.Ordinal);
        cluster.Refused = null;
        await cluster.SettleAsync();
        AssertServable();
    }

    [Fact]
    public async Task A_leader_that_leads_no_longer_writes_nothing()
    {
        cluster.Leadership.End();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cluster.Keeper.StepAsync(cluster.Leadership));
        await cluster.Keeper.RunAsync(() => Task.CompletedTask, cluster.Leadership);

        Assert.Empty(cluster.Writes);
    }

    [Fact]
    public async Task Entries_of_others_in_the_Secret_stay()
    {
        await cluster.SettleAsync();
        cluster.Change("secrets", secret => secret["data"]!["note"] = "dGhlaXJz");
        Ask();

        await cluster.SettleAsync();

        cluster.Change("secrets", secret => Assert.Equal("dGhlaXJz", (string?)secret["data"]!["note"]));
    }

    private void Ask() => cluster.Change("secrets", secret => secret["metadata"]!["annotations"] = new JsonObject { ["accesslog.mesh/rotate"] = "now" });

    private void AssertServable()
    {
        Assert.NotNull(cluster.Held.Leaf!.KeyPem);
        AssertTrusted(cluster.Held.Leaf);
    }

    private void AssertTrusted(KeptCertificate served)
    {
        using var leaf = served.Load();
        foreach (var plural in (string[])[CertificateCluster.Mutating, CertificateCluster.Validating])
        {
            Assert.Null(CertificateTrust.FindProblem(cluster.Bundle(plural), leaf, CertificateCluster.Host, cluster.Time.GetUtcNow()));
        }
    }
}
