using System.Collections.Immutable;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using AccessLogWebhook.ClusterTests.Support;

namespace AccessLogWebhook.ClusterTests.Install;

/// <summary>
/// The plain manifests in a cluster of their own, with replicas that keep their certificates themselves, each with the account's token and so with
/// the rights of the manifests and no others. The API server calls them by the Service's name.
/// </summary>
internal sealed class SelfManagedInstallation : IAsyncDisposable
{
    public const string Name = "accesslog-webhook";
    public const string Home = InstalledManifests.Namespace;
    public const string Host = $"{Name}.{Home}.svc";

    /// <summary>As the configuration has it.</summary>
    public static readonly TimeSpan RetireAfter = TimeSpan.FromSeconds(6);

    private const string SecretPath = $"/api/v1/namespaces/{Home}/secrets/accesslog-webhook-certificates";

    // Short, so that a test sees a whole rotation; an election that is as short.
    private const string Configuration =
        $"controllers: {{leaseNamespace: {Home}, leaseDurationSeconds: 4, renewDeadlineSeconds: 3, retrySeconds: 1}}\n"
        + "certificates: {settleSeconds: 1, retireAfterSeconds: 6}\n";

    private static readonly ImmutableArray<string> Drain = ["--drain-seconds", "3"];

    private readonly List<WebhookProcess> replicas = [];

    private readonly string configuration;

    private SelfManagedInstallation(ControlPlane plane, string configuration)
    {
        Plane = plane;
        this.configuration = configuration;
    }

    public ControlPlane Plane { get; }

    public ServiceBalancer Balancer { get; } = new();

    /// <summary>A namespace that injects and enforces.</summary>
    public string Enforcing { get; private set; } = "";

    /// <summary>A namespace without any label.</summary>
    public string Free { get; private set; } = "";

    public IReadOnlyList<WebhookProcess> Replicas
    {
        get
        {
            lock (replicas)
            {
                return [.. replicas];
            }
        }
    }

    /// <summary>How replicas that are started from now on reach the API server; null: as they are.</summary>
    public (Uri Address, string AuthorityPem)? Way { get; set; }

    /// <summary>Variables of the environment of replicas that are started from now on.</summary>
    public ImmutableDictionary<string, string> Environment { get; set; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>The cluster, the account with its rights, the Service: everything before the webhook configurations and the replicas.</summary>
    public static async Task<SelfManagedInstallation> PrepareAsync(
        ControlPlaneBinaries binaries, string manifests, string configuration = Configuration, AccessLog? accessLog = null)
    {
        Assert.SkipWhen(binaries.Missing is not null, binaries.Missing ?? "");
        var installation = new SelfManagedInstallation(await ControlPlane.StartAsync(binaries, accessLog), configuration);
        try
        {
            await installation.Plane.InstallCrdsAsync();
            foreach (var space in (string[])[Home, "istio-system"])
            {
                (await installation.Plane.Admin.PostAsync(ApiPaths.Namespaces(), $$"""{"metadata":{"name":"{{space}}"} }""")).Successful();
            }

            await installation.ApplyAsync(InstalledManifests.Rights(manifests));
            await ServiceBalancer.CreateServiceAsync(installation.Plane, Home, Name);
            installation.Free = await installation.Plane.CreateNamespaceAsync();
            installation.Enforcing = await installation.Plane.CreateNamespaceAsync(
                [new("accesslog.mesh/inject", "json"), new("accesslog.mesh/enforce", "json"), new("istio-injection", "enabled")]);
            return installation;
        }
        catch
        {
            await installation.DisposeAsync();
            throw;
        }
    }

    /// <summary>All of it, with two replicas that are ready, and Pods changed.</summary>
    /// <param name="prepare">Done before there are replicas.</param>
    public static async Task<SelfManagedInstallation> StartAsync(
        ControlPlaneBinaries binaries, string configuration = Configuration, Func<SelfManagedInstallation, Task>? prepare = null)
    {
        var installation = await PrepareAsync(binaries, InstalledManifests.Plain, configuration);
        try
        {
            if (prepare is not null)
            {
                await prepare(installation);
            }

            await installation.ApplyAsync(InstalledManifests.Patient(InstalledManifests.Webhooks(InstalledManifests.Plain, installation.Balancer.Port)));
            await Task.WhenAll(installation.StartReplicaAsync(), installation.StartReplicaAsync());
            installation.Balancer.Use(installation.Replicas);
            await installation.ServesAsync();
            return installation;
        }
        catch
        {
            await installation.DisposeAsync();
            throw;
        }
    }

    public async Task ApplyAsync(string manifests) =>
        (await Plane.KubectlAsync(["apply", "--server-side", "--force-conflicts", "-f", "-"], manifests)).Successful();

    /// <summary>Starts another replica and waits until it is ready.</summary>
    /// <param name="settings">What comes into the configuration's <c>controllers</c> beside the election.</param>
    public async Task<WebhookProcess> StartReplicaAsync(string settings = "")
    {
        var replica = await WebhookProcess.StartAsync(new()
        {
            Kubeconfig = await ServiceAccountToken.KubeconfigAsync(Plane, Home, Name, Way), Configuration = configuration.Replace("retrySeconds: 1", $"retrySeconds: 1{settings}", StringComparison.Ordinal), SelfManaged = Home, Arguments = Drain,
            Environment = Environment,
        });
        lock (replicas)
        {
            replicas.Add(replica);
        }

        return replica;
    }

    /// <summary>Forgets a replica that has ended.</summary>
    public async Task ForgetAsync(WebhookProcess replica)
    {
        lock (replicas)
        {
            replicas.Remove(replica);
        }

        await replica.DisposeAsync();
    }

    /// <summary>Starts a replica with a certificate of the harness for the Service's name, which <c>caBundle</c> then trusts: as cert-manager has it.</summary>
    public async Task<WebhookProcess> StartGivenReplicaAsync()
    {
        var replica = await WebhookProcess.StartAsync(new()
        {
            Kubeconfig = await ServiceAccountToken.KubeconfigAsync(Plane, Home, Name), Configuration = configuration.Split('\n')[0] + "\n", Arguments = Drain,
        });
        replicas.Add(replica);
        replica.ReplaceCertificate(replica.Authority.Issue("accesslog", null, Host));
        foreach (var plural in (string[])["mutatingwebhookconfigurations", "validatingwebhookconfigurations"])
        {
            for (var webhook = 0; webhook < (await ConfigurationAsync(plural))["webhooks"]!.AsArray().Count; webhook++)
            {
                await OverwriteAsync(plural, webhook, replica.Authority.CertificatePem);
            }
        }

        return replica;
    }

    /// <summary>Waits until a Pod is changed, and let in where nobody is without the webhook.</summary>
    public Task ServesAsync() => Eventually.HoldsAsync("Pods are changed where the namespace enforces", async () =>
        await Plane.Admin.PostAsync(ApiPaths.Pods(Enforcing), PodLoad.Pod) is { IsSuccess: true } pod && pod.Labels.ContainsKey("accesslog.mesh/profile"));

    /// <summary>An entry of the Secret, as text; null where there is none.</summary>
    public async Task<string?> EntryAsync(string name) =>
        await Plane.Admin.GetAsync(SecretPath) is { IsSuccess: true } secret && (string?)secret.Json["data"]?[name] is { } encoded
            ? Encoding.UTF8.GetString(Convert.FromBase64String(encoded))
            : null;

    public async Task AskForRotationAsync() =>
        (await Plane.Admin.PatchAsync(SecretPath, """{"metadata":{"annotations":{"accesslog.mesh/rotate":"now"}}}""")).Successful();

    public async Task DeleteSecretAsync() => (await Plane.Admin.DeleteAsync(SecretPath)).Successful();

    /// <summary>Waits until another certificate than that is in the Secret, and the authority before is no longer trusted.</summary>
    public Task<string> RotatedAsync(string? before) => Eventually.ValueAsync("the authority has been succeeded", async () =>
        await EntryAsync("tls.crt") is { } now && now != before && await EntryAsync("previous-ca.crt") is null && await EntryAsync("next-ca.crt") is null
            && await EntryAsync("ca.crt") is { } authority && (await BundlesAsync()).All(bundle => bundle == authority) ? now : null);

    /// <summary>The <c>caBundle</c> of every webhook of both configurations.</summary>
    public async Task<IReadOnlyList<string>> BundlesAsync()
    {
        var bundles = new List<string>();
        foreach (var plural in (string[])["mutatingwebhookconfigurations", "validatingwebhookconfigurations"])
        {
            bundles.AddRange((await ConfigurationAsync(plural))["webhooks"]!.AsArray().Select(webhook =>
                (string?)webhook!["clientConfig"]!["caBundle"] is { } encoded ? Encoding.UTF8.GetString(Convert.FromBase64String(encoded)) : ""));
        }

        return bundles;
    }

    /// <summary>Has somebody else write another <c>caBundle</c>.</summary>
    public async Task OverwriteAsync(string plural, int webhook, string bundle) => (await Plane.Admin.PatchAsync(
        PathOf(plural),
        $$"""[{"op":"add","path":"/webhooks/{{webhook}}/clientConfig/caBundle","value":"{{Convert.ToBase64String(Encoding.UTF8.GetBytes(bundle))}}"}]""",
        contentType: "application/json-patch+json")).Successful();

    public async Task<JsonObject> ConfigurationAsync(string plural) => (await Plane.Admin.GetAsync(PathOf(plural))).Successful();

    /// <summary>A handshake as the API server makes it, with who is trusted now.</summary>
    public async Task AssertTrustedAsync(WebhookProcess replica)
    {
        using var handler = new SocketsHttpHandler();
        handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        handler.SslOptions.CertificateChainPolicy.CustomTrustStore.ImportFromPem((await BundlesAsync())[0]);
        using var client = new HttpClient(handler);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(replica.Endpoint.Https, "/"));
        // It is what the certificate must be for, too.
        request.Headers.Host = Host;
        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    /// <summary>The replica that keeps the certificates, and the others.</summary>
    public async Task<(WebhookProcess Keeper, WebhookProcess Other)> KeeperAsync()
    {
        WebhookProcess? keeper = null;
        await Eventually.HoldsAsync("one replica keeps the certificates", async () =>
        {
            var keepers = new List<WebhookProcess>();
            foreach (var replica in replicas)
            {
                if (PrometheusText.Sum(await replica.MetricsAsync(), "accesslog_certificate_keeper") == 1)
                {
                    keepers.Add(replica);
                }
            }

            keeper = keepers is [var only] ? only : null;
            return keeper is not null;
        });
        return (keeper!, replicas.First(replica => replica != keeper));
    }

    /// <summary>Nothing was forbidden to any replica, and none has told a key.</summary>
    /// <param name="but">One with fewer rights than it needs, as those of an older chart.</param>
    public void AssertQuiet(WebhookProcess? but = null) => Assert.All(replicas.Where(replica => replica != but), replica => Assert.DoesNotContain(replica.Logs, line =>
        line.Contains("does not allow", StringComparison.Ordinal) || line.Contains("PRIVATE", StringComparison.Ordinal) || line.Contains("not foreseen", StringComparison.Ordinal)));

    public async ValueTask DisposeAsync()
    {
        foreach (var replica in Replicas)
        {
            await replica.DisposeAsync();
        }

        await Balancer.DisposeAsync();
        await Plane.DisposeAsync();
    }

    private static string PathOf(string plural) => $"/apis/admissionregistration.k8s.io/v1/{plural}/{Name}";
}
