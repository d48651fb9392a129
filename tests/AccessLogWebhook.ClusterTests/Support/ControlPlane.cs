using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AccessLogWebhook.ClusterTests.Support;

/// <summary>
/// A real etcd and kube-apiserver on the loopback address, with RBAC and an audit log. There are no nodes and, until
/// <see cref="StartControllerManager"/>, no controllers: a Pod that is created stays Pending, a Namespace that is deleted
/// stays Terminating. It is stopped, and its files are removed, even when the test host is killed.
/// </summary>
public sealed class ControlPlane : IAsyncDisposable
{
    private readonly ControlPlaneBinaries binaries;
    private readonly TestAuthority authority = new("accesslog-test-cluster");
    private readonly int etcdPort = LoopbackPorts.Take();
    private readonly int apiPort = LoopbackPorts.Take();
    private readonly DirectoryInfo directory = Reaper.Instance.CreateDirectory();
    private readonly Kubectl kubectl;
    private readonly AuditLog auditLog;
    private IReadOnlyList<string> apiServerArguments = [];
    private ChildProcess? etcd;
    private ChildProcess? apiServer;
    private ChildProcess? controllerManager;

    private readonly AccessLog? accessLog;

    private ControlPlane(ControlPlaneBinaries binaries, AccessLog? accessLog)
    {
        this.binaries = binaries;
        this.accessLog = accessLog;
        Address = new Uri($"https://127.0.0.1:{apiPort}");
        AdminKubeconfig = File("admin.kubeconfig");
        var admin = authority.Issue("admin", "system:masters");
        var server = authority.Issue("kube-apiserver", null, "kubernetes", "kubernetes.default", "kubernetes.default.svc");
        using var accountKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        System.IO.File.WriteAllText(File("ca.crt"), authority.CertificatePem);
        System.IO.File.WriteAllText(File("server.crt"), server.CertificatePem);
        System.IO.File.WriteAllText(File("server.key"), server.KeyPem);
        System.IO.File.WriteAllText(File("accounts.key"), accountKey.ExportPkcs8PrivateKeyPem());
        System.IO.File.WriteAllText(File("accounts.pub"), accountKey.ExportSubjectPublicKeyInfoPem());
        System.IO.File.WriteAllText(AdminKubeconfig, Kubeconfig.ForCertificate(Address, AuthorityPem, admin));
        Admin = ApiClient.WithCertificate(Address, AuthorityPem, admin);
        auditLog = new AuditLog(Directory);
        kubectl = new Kubectl(binaries.Kubectl, AdminKubeconfig, File("kubectl-cache"));
    }

    public Uri Address { get; }

    /// <summary>The authority that signed the API server's certificate.</summary>
    public string AuthorityPem => authority.CertificatePem;

    /// <summary>Its files; whoever tests with it may put their own there.</summary>
    public string Directory => directory.FullName;

    /// <summary>The path of a kubeconfig of group system:masters.</summary>
    public string AdminKubeconfig { get; }

    public ApiClient Admin { get; }

    public bool HasControllerManager => binaries.ControllerManager is not null;

    /// <summary>Starts etcd and the API server and waits until it is ready. It has no custom resources yet: <see cref="InstallCrdsAsync"/>.</summary>
    /// <param name="accessLog">Is told of every right that somebody is asked for, and decides nothing.</param>
    /// <param name="apiServerArguments">More arguments of the API server.</param>
    public static async Task<ControlPlane> StartAsync(ControlPlaneBinaries binaries, AccessLog? accessLog = null, params IReadOnlyList<string> apiServerArguments)
    {
        var plane = new ControlPlane(binaries, accessLog) { apiServerArguments = apiServerArguments };
        try
        {
            await plane.StartEtcdAsync();
            await plane.StartApiServerAsync();
            return plane;
        }
        catch
        {
            await plane.DisposeAsync();
            throw;
        }
    }

    public async Task StartEtcdAsync()
    {
        await EndAsync(etcd);
        etcd = ChildProcess.Start("etcd", binaries.Etcd,
        [
            $"--data-dir={File("etcd")}",
            $"--listen-client-urls=http://127.0.0.1:{etcdPort}",
            $"--advertise-client-urls=http://127.0.0.1:{etcdPort}",
            "--listen-peer-urls=http://127.0.0.1:0",
            // What is lost when the machine loses its power, nobody misses.
            "--unsafe-no-fsync",
            "--log-level=warn",
        ]);
    }

    /// <summary>Holds etcd for so long, as a disk that hangs does.</summary>
    public async Task PauseEtcdAsync(TimeSpan time)
    {
        Running(etcd).Pause();
        try
        {
            await Task.Delay(time, TimeProvider.System, TestContext.Current.CancellationToken);
        }
        finally
        {
            Running(etcd).Resume();
        }
    }

    public async Task KillEtcdAsync() => await Running(etcd).KillAsync();

    /// <summary>Starts the API server, at the address that it had where it ran before, and waits until it is ready.</summary>
    public async Task StartApiServerAsync()
    {
        await EndAsync(apiServer);
        apiServer = ChildProcess.Start("kube-apiserver", binaries.ApiServer,
        [
            $"--etcd-servers=http://127.0.0.1:{etcdPort}",
            "--bind-address=127.0.0.1",
            "--advertise-address=127.0.0.1",
            $"--secure-port={apiPort}",
            $"--tls-cert-file={File("server.crt")}",
            $"--tls-private-key-file={File("server.key")}",
            $"--client-ca-file={File("ca.crt")}",
            $"--cert-dir={File("certs")}",
            .. accessLog?.Arguments(Directory) ?? ["--authorization-mode=RBAC"],
            "--service-account-issuer=https://kubernetes.default.svc",
            $"--service-account-key-file={File("accounts.pub")}",
            $"--service-account-signing-key-file={File("accounts.key")}",
            "--service-cluster-ip-range=10.0.0.0/24",
            // No controller makes the account "default" without which this plugin refuses every Pod.
            "--disable-admission-plugins=ServiceAccount",
            "--allow-privileged=true",
            // A Service's endpoints must not be on the loopback address, where this server is.
            "--endpoint-reconciler-type=none",
            .. auditLog.Arguments(),
            .. apiServerArguments,
        ]);
        await WaitUntilReadyAsync();
    }

    /// <summary>Asks the API server to end, as an upgrade would.</summary>
    public async Task StopApiServerAsync() => await Running(apiServer).StopAsync(TimeSpan.FromSeconds(30));

    public async Task KillApiServerAsync() => await Running(apiServer).KillAsync();

    /// <summary>Ends the API server and starts it again at the same address; clients lose their connections and watches.</summary>
    public async Task RestartApiServerAsync()
    {
        await StopApiServerAsync();
        await StartApiServerAsync();
    }

    /// <summary>Runs what makes Pods of a Deployment, StatefulSet or Job, and what removes what is deleted. Skips the test where it is not installed.</summary>
    public void StartControllerManager()
    {
        Assert.SkipUnless(HasControllerManager, "No kube-controller-manager beside the kube-apiserver.");
        controllerManager ??= ChildProcess.Start("kube-controller-manager", binaries.ControllerManager!,
        [
            $"--kubeconfig={AdminKubeconfig}",
            $"--root-ca-file={File("ca.crt")}",
            $"--service-account-private-key-file={File("accounts.key")}",
            "--controllers=deployment-controller,replicaset-controller,statefulset-controller,job-controller,"
                + "serviceaccount-controller,namespace-controller,garbage-collector-controller",
            "--leader-elect=false",
            "--secure-port=0",
        ]);
    }

    /// <summary>Runs kubectl as the administrator.</summary>
    public Task<CommandResult> KubectlAsync(IEnumerable<string> arguments, string? stdin = null) => kubectl.RunAsync(arguments, stdin);

    /// <summary>Makes a namespace with a name of its own.</summary>
    public async Task<string> CreateNamespaceAsync(IEnumerable<KeyValuePair<string, string>>? labels = null)
    {
        var name = UniqueName("ns");
        var body = JsonSerializer.Serialize(new { metadata = new { name, labels = new Dictionary<string, string>(labels ?? []) } });
        (await Admin.PostAsync(ApiPaths.Namespaces(), body)).Successful();
        return name;
    }

    /// <summary>Makes a ServiceAccount with these rights.</summary>
    public Task<ClusterUser> CreateUserAsync(params IReadOnlyList<AccessRule> rules) => ClusterUser.CreateAsync(this, rules);

    /// <summary>Installs this project's CRDs and those of its neighbours, and waits until the API server serves them.</summary>
    public Task InstallCrdsAsync() => CustomResourceDefinitions.InstallAsync(this);

    /// <summary>The audit event of a request that created, updated or patched a Pod, a Namespace or a Gateway.</summary>
    public Task<JsonObject> AuditEventAsync(ApiResponse response) => auditLog.EventAsync(response.AuditId);

    /// <summary>The API server's audit log, as far as it is written.</summary>
    public Stream OpenAuditLog() => auditLog.Open();

    /// <summary>The end of every process's output.</summary>
    public string Tail() => string.Join(
        Environment.NewLine, new[] { etcd, apiServer, controllerManager }.OfType<ChildProcess>().Select(process => process.Tail()));

    public async ValueTask DisposeAsync()
    {
        // In the order in which they need each other: an API server without etcd waits for it before it ends.
        await EndAsync(controllerManager);
        await EndAsync(apiServer);
        await EndAsync(etcd);

        Admin.Dispose();
        authority.Dispose();
        directory.Delete(recursive: true);
    }

    internal static string UniqueName(string prefix) => $"{prefix}-{Guid.NewGuid():N}"[..(prefix.Length + 9)];

    private async Task WaitUntilReadyAsync()
    {
        try
        {
            await Eventually.HoldsAsync("the API server is ready", async () =>
            {
                if (Running(apiServer).HasExited || Running(etcd).HasExited)
                {
                    throw new InvalidOperationException("etcd or kube-apiserver has exited.");
                }

                return (await Admin.GetAsync("/readyz")).Status == HttpStatusCode.OK
                    && (await Admin.GetAsync(ApiPaths.Namespaces("default"))).Status == HttpStatusCode.OK;
            });
        }
        catch (Exception exception) when (exception is TimeoutException or InvalidOperationException)
        {
            throw new InvalidOperationException($"The control plane did not start: {exception.Message}{Environment.NewLine}{Tail()}", exception);
        }
    }

    private string File(string name) => Path.Combine(directory.FullName, name);

    private static ValueTask EndAsync(ChildProcess? process) => process?.DisposeAsync() ?? ValueTask.CompletedTask;

    private static ChildProcess Running([NotNull] ChildProcess? process) =>
        process ?? throw new InvalidOperationException("It has not been started.");
}
