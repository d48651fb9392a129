using System.Net;
using System.Security.Cryptography.X509Certificates;
using AccessLogWebhook.ClusterTests.Support;

namespace AccessLogWebhook.ClusterTests.Admission;

/// <summary>An API server that was given a certificate for webhooks, as the README says, and a webhook that demands it.</summary>
public sealed class ClientCertificateTests(ControlPlaneFixture fixture) : ClusterTest(fixture), IDisposable
{
    private readonly ControlPlaneBinaries binaries = fixture.Binaries;
    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("accesslog-clients-");
    private readonly TestAuthority authority = new("accesslog-test-clients");

    public void Dispose()
    {
        authority.Dispose();
        directory.Delete(recursive: true);
    }

    [Fact]
    public async Task An_API_server_with_a_certificate_is_answered_and_nobody_without_one()
    {
        await using var plane = await ControlPlane.StartAsync(binaries, null, $"--admission-control-config-file={AdmissionConfiguration()}");
        await plane.InstallCrdsAsync();
        var user = await plane.CreateUserAsync(ServedWebhook.Rights);
        await using var webhook = await WebhookProcess.StartAsync(new()
        {
            Kubeconfig = user.Kubeconfig,
            Configuration = "controllers: {enabled: false}\n",
            Arguments = ["--client-ca", Write("ca.crt", authority.CertificatePem), "--client-name", "kube-apiserver-webhooks"],
        });

        // In force when this returns, so the API server has been let in.
        await using var registration = await webhook.RegisterWebhooksAsync(plane);
        var space = await registration.CreateNamespaceAsync(("istio-injection", "enabled"), ("accesslog.mesh/enforce", "json"));
        var refused = await plane.Admin.PostAsync(ApiPaths.Pods(space), """{"apiVersion":"v1","kind":"Pod","metadata":{"name":"api"},"spec":{"containers":[{"name":"api","image":"api:1"}]}}""");

        Assert.Equal(HttpStatusCode.Forbidden, refused.Status);
        Assert.Contains("carries no access-log profile", refused.Body, StringComparison.Ordinal);
        using var server = X509Certificate2.CreateFromPem(webhook.Authority.CertificatePem);
        var trust = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck, CustomTrustStore = { server } };
        using var stranger = new HttpClient(new SocketsHttpHandler { SslOptions = { CertificateChainPolicy = trust } });
        using var review = new StringContent("{}");
        await Assert.ThrowsAsync<HttpRequestException>(() => stranger.PostAsync(new Uri(webhook.Endpoint.Https, "/mutate"), review, TestContext.Current.CancellationToken));
        Assert.Contains("accesslog_connections_refused_total{port=\"https\",reason=\"NoCertificate\"} 1\n", await webhook.MetricsAsync(), StringComparison.Ordinal);
    }

    private string AdmissionConfiguration()
    {
        var own = authority.Issue("kube-apiserver-webhooks");
        // By its URL a webhook is called as its host and port are, which this test does not know yet.
        var kubeconfig = Write("webhooks.kubeconfig", $$"""
            apiVersion: v1
            kind: Config
            users:
            - name: "*"
              user: {client-certificate: "{{Write("webhooks.crt", own.CertificatePem)}}", client-key: "{{Write("webhooks.key", own.KeyPem)}}"}
            """);
        return Write("admission.yaml", $$"""
            apiVersion: apiserver.config.k8s.io/v1
            kind: AdmissionConfiguration
            plugins:
            - name: MutatingAdmissionWebhook
              configuration: {apiVersion: apiserver.config.k8s.io/v1, kind: WebhookAdmissionConfiguration, kubeConfigFile: "{{kubeconfig}}"}
            - name: ValidatingAdmissionWebhook
              configuration: {apiVersion: apiserver.config.k8s.io/v1, kind: WebhookAdmissionConfiguration, kubeConfigFile: "{{kubeconfig}}"}
            """);
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(directory.FullName, name);
        File.WriteAllText(path, text);
        return path;
    }
}
