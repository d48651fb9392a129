using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using AccessLogWebhook.ClusterTests.Support;

namespace AccessLogWebhook.ClusterTests.Install;

/// <summary>
/// No right is granted that nothing is done with: everything that the webhook does is done once, the API server tells which rights it looked for, and each
/// rule of the chart has to be among them, verb by verb. What was asked for and is not granted would have been complained of.
/// </summary>
public sealed class RightsTests(ControlPlaneFixture fixture)
{
    private const string Account = $"system:serviceaccount:{SelfManagedInstallation.Home}:accesslog-webhook";
    private const string OpenReports = "reports.openreports.io";

    [Fact]
    public async Task Every_right_of_the_chart_is_used_and_none_is_missing()
    {
        await using var log = await AccessLog.StartAsync();
        await using var installation = await SelfManagedInstallation.PrepareAsync(fixture.Binaries, InstalledManifests.Case("default"), accessLog: log);
        var admin = installation.Plane.Admin;
        Assert.SkipUnless((await admin.GetAsync($"{ApiPaths.CustomResourceDefinitions}/{OpenReports}")).IsSuccess, "No reports: set ACCESSLOG_CRDS to a directory with their definitions.");
        var openReports = (await admin.GetAsync($"{ApiPaths.CustomResourceDefinitions}/{OpenReports}")).Successful();
        (await admin.DeleteAsync($"{ApiPaths.CustomResourceDefinitions}/{OpenReports}")).Successful();
        await Eventually.HoldsAsync("OpenReports are not served", async () => (await admin.GetAsync("/apis/openreports.io/v1alpha1/reports?limit=1")).Status == HttpStatusCode.NotFound);
        await installation.ApplyAsync(InstalledManifests.Webhooks(InstalledManifests.Case("default"), installation.Balancer.Port));
        var first = await installation.StartReplicaAsync(", removeAfterSeconds: 1");
        installation.Balancer.Use(installation.Replicas);
        await installation.ServesAsync();

        await UseProfilesAsync(installation, "EnvoyFilter", ApiPaths.EnvoyFilters("istio-system"));
        await UseProfilesAsync(installation, "Telemetry", "/apis/telemetry.istio.io/v1/telemetries");
        await UseReportsAsync(installation, log, "/apis/wgpolicyk8s.io/v1alpha2", "policyreports", "PolicyReport");
        await AskAboutAnUnknownNamespaceAsync(first);
        var certificate = await installation.EntryAsync("tls.crt");
        await installation.AskForRotationAsync();
        await installation.RotatedAsync(certificate);

        await first.StopAsync();
        openReports.Remove("status");
        openReports["metadata"] = new JsonObject { ["name"] = OpenReports };
        (await admin.PostAsync(ApiPaths.CustomResourceDefinitions, openReports.ToJsonString())).Successful();
        await Eventually.HoldsAsync("OpenReports are served", async () => (await admin.GetAsync("/apis/openreports.io/v1alpha1/reports?limit=1")).IsSuccess);
        var second = await installation.StartReplicaAsync(", removeAfterSeconds: 1");
        installation.Balancer.Use([second]);
        await UseReportsAsync(installation, log, "/apis/openreports.io/v1alpha1", "reports", "Report");
        // The cleaning finds one that is still held.
        (await admin.PostAsync(ApiPaths.Profiles(), """{"apiVersion":"accesslog.mesh/v1alpha1","kind":"AccessLogProfile","metadata":{"name":"left"},"spec":{}}""")).Successful();
        await Eventually.HoldsAsync("the profile has its finalizer", async () => (await admin.GetAsync(ApiPaths.Profiles("left"))).Json["metadata"]!["finalizers"] is not null);
        await second.StopAsync();

        (await admin.PostAsync(ApiPaths.Deployments(SelfManagedInstallation.Home), """
            {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"accesslog-webhook","labels":{"app.kubernetes.io/name":"accesslog-webhook"}},
             "spec":{"replicas":0,"selector":{"matchLabels":{"app.kubernetes.io/name":"accesslog-webhook"}},
              "template":{"metadata":{"labels":{"app.kubernetes.io/name":"accesslog-webhook"}},"spec":{"containers":[{"name":"a","image":"a:1"}]}}}}
            """)).Successful();
        installation.Plane.StartControllerManager();
        var cleaned = await ProductCommand.RunAsync(
            "cleanup", "--deployment", $"{SelfManagedInstallation.Home}/accesslog-webhook", "--namespace", SelfManagedInstallation.Home,
            "--kubeconfig", await ServiceAccountToken.KubeconfigAsync(installation.Plane, SelfManagedInstallation.Home, "accesslog-webhook-cleanup"));
        Assert.True(cleaned.ExitCode == 0, cleaned.Output + cleaned.Error);

        installation.AssertQuiet();
        await AssertUsedAsync(installation, log, "accesslog-webhook", Account);
        await AssertUsedAsync(installation, log, "accesslog-webhook-cleanup", $"{Account}-cleanup");
    }

    private static async Task AssertUsedAsync(SelfManagedInstallation installation, AccessLog log, string account, string user)
    {
        var granted = new List<string>();
        foreach (var plural in (string[])["roles", "clusterroles"])
        {
            var roles = (await installation.Plane.Admin.GetAsync($"/apis/rbac.authorization.k8s.io/v1/{plural}?labelSelector=app.kubernetes.io/name=accesslog-webhook")).Successful()["items"]!.AsArray();
            granted.AddRange(roles.Where(role => IsOf((string)role!["metadata"]!["name"]!, account)).SelectMany(role => InstalledManifests.Rights(role!.AsObject())));
        }

        Assert.NotEmpty(granted);
        var asked = log.AskedBy(user);
        // Of what is granted for all names, any name is a use.
        Assert.Equal([], granted.Where(right => !asked.Any(use => Covers(right, use))));
        Assert.Equal([], asked.Where(use => !granted.Any(right => Covers(right, use))));
    }

    private static bool IsOf(string role, string account) => role.EndsWith("-cleanup", StringComparison.Ordinal) == account.EndsWith("-cleanup", StringComparison.Ordinal);

    private static bool Covers(string right, string use)
    {
        var name = use.LastIndexOf('/');
        var (resource, rest) = (use[..name], use[name..]);
        return right == use || right == resource + rest[rest.LastIndexOf(':')..];
    }

    /// <summary>A profile that is made, edited while it is used, and used no more.</summary>
    private static async Task UseProfilesAsync(SelfManagedInstallation installation, string backend, string collection)
    {
        var (admin, profile) = (installation.Plane.Admin, $"p-{Guid.NewGuid():N}"[..10]);
        (await admin.PostAsync(
            ApiPaths.Profiles(), $$$"""{"apiVersion":"accesslog.mesh/v1alpha1","kind":"AccessLogProfile","metadata":{"name":"{{{profile}}}"},"spec":{"backend":"{{{backend}}}"} }""")).Successful();
        await Eventually.HoldsAsync("the profile has its finalizer", async () => (await admin.GetAsync(ApiPaths.Profiles(profile))).Json["metadata"]!["finalizers"] is not null);
        await Eventually.HoldsAsync("a namespace may ask for it", async () => (await admin.PatchAsync(
            ApiPaths.Namespaces(installation.Free), $$$"""{"metadata":{"labels":{"accesslog.mesh/inject":"{{{profile}}}"} } }""")).IsSuccess);
        var first = await NamesAsync(count => count == 1);
        (await admin.PatchAsync(ApiPaths.Profiles(profile), """{"spec":{"selectable":true,"format":{"json":{"preset":"classic"}}}}""")).Successful();
        await Eventually.HoldsAsync("the old reference has gone for a new one", async () => (await NamesAsync(count => count == 1)) is var now && now != first);
        (await admin.PatchAsync(ApiPaths.Namespaces(installation.Free), """{"metadata":{"labels":{"accesslog.mesh/inject":null}}}""")).Successful();
        (await admin.DeleteAsync(ApiPaths.Profiles(profile))).Successful();
        await Eventually.HoldsAsync("the profile has gone", async () => (await admin.GetAsync(ApiPaths.Profiles(profile))).Status == HttpStatusCode.NotFound, TimeSpan.FromMinutes(1));

        async Task<string> NamesAsync(Func<int, bool> enough) => await Eventually.ValueAsync($"{profile} is rendered", async () =>
        {
            var names = (await admin.GetAsync(collection)).Successful()["items"]!.AsArray()
                .Select(item => (string)item!["metadata"]!["name"]!).Where(name => name.StartsWith($"accesslog-{profile}-", StringComparison.Ordinal)).ToList();
            return enough(names.Count) ? string.Join(' ', names) : null;
        });
    }

    /// <summary>A report that comes, changes and goes with its Pods; and the Events beside it.</summary>
    private static async Task UseReportsAsync(SelfManagedInstallation installation, AccessLog log, string groupVersion, string plural, string kind)
    {
        var admin = installation.Plane.Admin;
        var space = await installation.Plane.CreateNamespaceAsync([new("istio-injection", "enabled"), new("accesslog.mesh/audit", "json")]);
        var path = $"{groupVersion}/namespaces/{space}/{plural}/accesslog-webhook";
        foreach (var (name, label) in ((string, string)[])[("plain", ""), ("other", "\"accesslog.mesh/profile\":\"text\"")])
        {
            (await admin.PostAsync(ApiPaths.Pods(space), $$$"""
                {"metadata":{"name":"{{{name}}}","labels":{ {{{label}}} },"annotations":{"sidecar.istio.io/status":"x"} },"spec":{"automountServiceAccountToken":false,"containers":[{"name":"app","image":"app:1"}]} }
                """)).Successful();
            await Eventually.HoldsAsync($"the report has {name}", async () => (await admin.GetAsync(path)) is { IsSuccess: true } report && report.Body.Contains($"\"{name}\"", StringComparison.Ordinal));
        }

        (await admin.DeleteAsync($"{ApiPaths.Pods(space, "plain")}?gracePeriodSeconds=0")).Successful();
        (await admin.DeleteAsync($"{ApiPaths.Pods(space, "other")}?gracePeriodSeconds=0")).Successful();
        // Another's of the same name is looked at, and let be.
        var taken = await installation.Plane.CreateNamespaceAsync([new("istio-injection", "enabled"), new("accesslog.mesh/audit", "json")]);
        (await admin.PostAsync(
            $"{groupVersion}/namespaces/{taken}/{plural}",
            $$$"""{"apiVersion":"{{{groupVersion["/apis/".Length..]}}}","kind":"{{{kind}}}","metadata":{"name":"accesslog-webhook"}{{{(kind == "Report" ? ",\"source\":\"others\"" : "")}}} }""")).Successful();
        (await admin.PostAsync(ApiPaths.Pods(taken), PodLoad.Pod)).Successful();
        var look = $"{groupVersion["/apis/".Length..groupVersion.LastIndexOf('/')]}/{plural}/accesslog-webhook:get";
        await Eventually.HoldsAsync("whose report it is has been looked at", () => Task.FromResult(log.AskedBy(Account).Contains(look)));
        await Eventually.HoldsAsync("the report has gone", async () => (await admin.GetAsync(path)).Status == HttpStatusCode.NotFound);
    }

    private static async Task AskAboutAnUnknownNamespaceAsync(WebhookProcess replica)
    {
        using var handler = new HttpClientHandler { ServerCertificateCustomValidationCallback = (_, _, _, _) => true };
        using var http = new HttpClient(handler);
        using var body = new StringContent(
            """{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"1","kind":{"group":"","version":"v1","kind":"Pod"},"namespace":"nowhere","operation":"CREATE","object":{"metadata":{"name":"a"}}}}""",
            Encoding.UTF8, "application/json");
        (await http.PostAsync(new Uri(replica.Endpoint.Https, "/validate"), body, TestContext.Current.CancellationToken)).EnsureSuccessStatusCode();
    }
}
