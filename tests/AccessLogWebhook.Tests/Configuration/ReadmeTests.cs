using System.Runtime.CompilerServices;
using System.Text;
using AccessLogWebhook.Certificates;
using AccessLogWebhook.Cluster;
using AccessLogWebhook.Configuration;
using AccessLogWebhook.Controllers;

namespace AccessLogWebhook.Tests.Configuration;

/// <summary>The README shows the defaults; they stand in the code only.</summary>
public sealed class ReadmeTests
{
    [Fact]
    public void The_configuration_in_the_README_is_the_default_one()
    {
        var readme = File.ReadAllText(Path.Combine(Path.GetDirectoryName(ThisFile())!, "../../../README.md"));
        var section = readme[readme.IndexOf("\n## Configuration\n", StringComparison.Ordinal)..];
        var start = section.IndexOf("```yaml\n", StringComparison.Ordinal) + "```yaml\n".Length;
        var yaml = section[start..section.IndexOf("\n```", start, StringComparison.Ordinal)];

        var reading = ConfigurationFile.Read("README.md", Encoding.UTF8.GetBytes(yaml));

        Assert.Empty(reading.Errors);
        var defaults = new WebhookOptions();
        Assert.Equal(SettingsText.Of(defaults.Policy), SettingsText.Of(reading.Options!.Policy));
        Assert.Equal(defaults.Cluster, reading.Options.Cluster);
        Assert.Equal(defaults.Controllers, reading.Options.Controllers);
        Assert.Equal(defaults.Certificates, reading.Options.Certificates);
        Assert.Equal(defaults.Auditing, reading.Options.Auditing);
        foreach (var field in new[] { "inject", "enforce", "warn", "audit", "namespaces", "usernames", "runtimeClasses", "annotation", "rootNamespace", "enableNamespacesByDefault", "unknown", "watchStallSeconds", "staleAfterSeconds", "enabled", "reports", "leaseNamespace", "leaseDurationSeconds", "renewDeadlineSeconds", "retrySeconds", "removeAfterSeconds", "leafHours", "authorityHours", "settleSeconds", "retireAfterSeconds", "trail" })
        {
            Assert.Contains($"{field}:", yaml, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_source_has_the_defaults_of_the_file()
    {
        var (file, source) = (new ClusterTimings(), new LiveClusterOptions());

        Assert.Equal(TimeSpan.FromSeconds(file.WatchStallSeconds), source.StallDeadline);
        Assert.Equal(TimeSpan.FromSeconds(file.StaleAfterSeconds), source.StaleAfter);
    }

    [Fact]
    public void The_controllers_have_the_defaults_of_the_file()
    {
        var (file, election) = (new ControllerSettings(), new LeaseTimings());

        Assert.Equal(TimeSpan.FromSeconds(file.LeaseDurationSeconds), election.LeaseDuration);
        Assert.Equal(TimeSpan.FromSeconds(file.RenewDeadlineSeconds), election.RenewDeadline);
        Assert.Equal(TimeSpan.FromSeconds(file.RetrySeconds), election.Retry);
        Assert.Equal(TimeSpan.FromSeconds(file.RemoveAfterSeconds), new ReferenceTimings().RemoveAfter);
    }

    [Fact]
    public void The_certificates_have_the_defaults_of_the_file()
    {
        var (file, kept) = (new CertificateSettings(), new CertificateLifetimes());

        Assert.Equal(
            new CertificateLifetimes
            {
                Leaf = TimeSpan.FromHours(file.LeafHours),
                Authority = TimeSpan.FromHours(file.AuthorityHours),
                Settle = TimeSpan.FromSeconds(file.SettleSeconds),
                RetireAfter = TimeSpan.FromSeconds(file.RetireAfterSeconds),
            },
            kept);
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
