namespace AccessLogWebhook.Tests.Install;

/// <summary>What Helm makes of the chart, case by case: <c>tests/Charts/CASE/values.yaml</c> and <c>expected.yaml</c>.</summary>
public sealed class ChartTests
{
    public static TheoryData<string> Cases => [.. Directory.GetDirectories(Repository.In("tests/Charts")).Select(directory => Path.GetFileName(directory)).Order(StringComparer.Ordinal)];

    [Fact]
    public void Helm_finds_nothing_to_say_about_the_chart()
    {
        var (exitCode, output, error) = Helm.Run("lint", "--strict", Repository.Chart);

        Assert.True(exitCode == 0, output + error);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Values_are_rendered_as_expected(string name)
    {
        var (exitCode, output, error) = Helm.Template(Repository.In($"tests/Charts/{name}/values.yaml"));

        Assert.True(exitCode == 0, error);
        Repository.AssertGenerated($"tests/Charts/{name}/expected.yaml", output);
    }

    [Fact]
    public void The_plain_manifests_are_the_chart_of_default_values()
    {
        var (exitCode, output, error) = Helm.Template(Repository.In("tests/Charts/default/values.yaml"), "--include-crds", "--no-hooks");

        Assert.True(exitCode == 0, error);
        Repository.AssertGenerated("charts/plain/install.yaml", "# Generated from charts/accesslog-webhook.\n" + output);
    }

    [Fact]
    public void The_plain_certificates_are_those_of_the_chart()
    {
        var (exitCode, output, error) = Helm.Template(Repository.In("tests/Charts/cert-manager/values.yaml"), "--show-only", "templates/certificate.yaml");

        Assert.True(exitCode == 0, error);
        Repository.AssertGenerated("certs/certificate.yaml", "# Generated from charts/accesslog-webhook.\n" + output);
    }

    [Theory]
    [InlineData("replicaCount=none", "replicaCount: Invalid type. Expected: integer, given: string")]
    [InlineData("replicaCount=0", "replicaCount: Must be greater than or equal to 1")]
    [InlineData("replicas=3", "Additional property replicas is not allowed")]
    [InlineData("certificates.mode=magic", "certificates.mode: certificates.mode must be one of the following")]
    [InlineData("config.default.warn=json", "config: Additional property default is not allowed")]
    [InlineData("config.namespaceLabels.unknown=ignore", "config.namespaceLabels.unknown must be one of the following: \"refuse\", \"warn\"")]
    [InlineData("defaultProfiles={jsn}", "defaultProfiles.0 must be one of the following: \"json\", \"json-errors\", \"text\"")]
    [InlineData("image.digest=latest", "image.digest: Does not match pattern")]
    [InlineData("config.certificates.leafHours=0", "config.certificates.leafHours: Must be greater than or equal to 1")]
    [InlineData("cleanup.timeoutSeconds=5", "cleanup.timeoutSeconds: Must be greater than or equal to 30")]
    [InlineData("drainSeconds=20", "terminationGracePeriodSeconds: must be at least drainSeconds and 30, but 45 is less than 50")]
    [InlineData("clientCertificates.names={kube-apiserver}", "clientCertificates.names: needs clientCertificates.caBundle")]
    [InlineData("limits.inFlight=0", "limits.inFlight: Must be greater than or equal to 1")]
    [InlineData("certificates.mode=provided", "certificates.provided.caBundle: give the PEM text of the authority")]
    public void A_wrong_value_is_refused_by_its_name(string value, string message)
    {
        var (exitCode, _, error) = Helm.Template(Repository.In("tests/Charts/default/values.yaml"), "--set", value);

        Assert.NotEqual(0, exitCode);
        Assert.Contains(message, error, StringComparison.Ordinal);
    }
}
