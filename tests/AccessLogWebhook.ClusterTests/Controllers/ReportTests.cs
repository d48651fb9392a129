using System.Net;
using System.Text.Json.Nodes;
using AccessLogWebhook.ClusterTests.Support;

namespace AccessLogWebhook.ClusterTests.Controllers;

/// <summary>The reports in a real API server, under the definitions that clusters have.</summary>
public sealed class ReportTests(ControllerPlane plane) : IClassFixture<ControllerPlane>, IAsyncLifetime
{
    private const string Reports = "/apis/openreports.io/v1alpha1";
    private const string PolicyReports = "/apis/wgpolicyk8s.io/v1alpha2";

    // A report of a namespace that has come to rest is written after five seconds; twice that, and the time in which changes are looked for.
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(12);

    private ApiClient Admin => plane.Admin;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await plane.EndAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_report_follows_the_workloads_outlives_its_leader_and_is_written_when_something_changes_only()
    {
        await SkipWithoutReportsAsync();
        var space = await CreateNamespaceAsync();
        await CreatePodAsync(space, "plain");
        var (leader, other) = await plane.StartTwoAsync();

        await ComesToAsync(space, "fail Missing Pod/plain");
        await CreatePodAsync(space, "carrying", """{"accesslog.mesh/profile":"json","accesslog.mesh/revision":"dead"}""");
        await ComesToAsync(space, "fail Dangling Pod/carrying, fail Missing Pod/plain");
        Assert.Equal(1, PrometheusText.Sum(await leader.MetricsAsync(), "accesslog_workloads", ("namespace", space), ("verdict", "Missing")));
        await HasEventsAsync(space, "AccessLogDangling Pod/carrying", "AccessLogMissing Pod/plain");

        var (versions, written) = (await VersionsAsync(), await WrittenAsync(leader));
        await Admin.PatchAsync(ApiPaths.Pods(space, "plain"), """{"metadata":{"annotations":{"example.com/more":"x"}}}""");
        await StaysAsync(versions);
        Assert.Equal(written, await WrittenAsync(leader));

        await leader.KillAsync();
        await Eventually.HoldsAsync("the other leads", () => ControllerPlane.LeadsAsync(other));
        await Eventually.HoldsAsync("it has judged the namespace", async () =>
            PrometheusText.Sum(await other.MetricsAsync(), "accesslog_workloads", ("namespace", space), ("verdict", "Missing")) == 1);
        await StaysAsync(versions);
        Assert.Equal(0, await WrittenAsync(other));

        await Admin.DeleteAsync($"{ApiPaths.Pods(space, "carrying")}?gracePeriodSeconds=0");
        await ComesToAsync(space, "fail Missing Pod/plain");
        await Admin.DeleteAsync($"{ApiPaths.Pods(space, "plain")}?gracePeriodSeconds=0");
        await Eventually.HoldsAsync("the report has gone", async () => (await Admin.GetAsync(PathOf(Reports, "reports", space))).Status == HttpStatusCode.NotFound);
        await HasEventsAsync(space, "AccessLogDangling Pod/carrying", "AccessLogMissing Pod/plain");
    }

    [Fact]
    public async Task Without_OpenReports_it_is_a_PolicyReport_and_a_leader_that_finds_them_again_puts_a_Report_in_its_place()
    {
        await SkipWithoutReportsAsync();
        var definition = (await Admin.GetAsync($"{ApiPaths.CustomResourceDefinitions}/reports.openreports.io")).Successful();
        (await Admin.DeleteAsync($"{ApiPaths.CustomResourceDefinitions}/reports.openreports.io")).Successful();
        await Eventually.HoldsAsync("OpenReports are not served", async () => (await Admin.GetAsync($"{Reports}/reports?limit=1")).Status == HttpStatusCode.NotFound);
        var space = await CreateNamespaceAsync();
        await CreatePodAsync(space, "plain");

        var replica = await plane.StartReplicaAsync();
        await ComesToAsync(space, "fail Missing Pod/plain", PolicyReports, "policyreports");
        Assert.DoesNotContain(replica.Logs, line => line.Contains("Reports cannot be kept", StringComparison.Ordinal));
        await replica.StopAsync();

        definition.Remove("status");
        definition["metadata"] = new JsonObject { ["name"] = "reports.openreports.io" };
        await Eventually.HoldsAsync("OpenReports are installed", async () => (await Admin.PostAsync(ApiPaths.CustomResourceDefinitions, definition.ToJsonString())).IsSuccess);
        await Eventually.HoldsAsync("OpenReports are served", async () => (await Admin.GetAsync($"{Reports}/reports?limit=1")).IsSuccess);
        await plane.StartReplicaAsync();

        await ComesToAsync(space, "fail Missing Pod/plain");
        await Eventually.HoldsAsync("the PolicyReport has gone", async () =>
            (await Admin.GetAsync(PathOf(PolicyReports, "policyreports", space))).Status == HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task What_came_in_while_no_webhook_was_there_is_listed_with_what_puts_it_right()
    {
        await SkipWithoutReportsAsync();
        var space = await plane.Plane.CreateNamespaceAsync([KeyValuePair.Create("istio-injection", "enabled"), KeyValuePair.Create("accesslog.mesh/inject", "json")]);
        var asked = (DateTimeOffset)(await Admin.GetAsync(ApiPaths.Namespaces(space))).Successful()["metadata"]!["creationTimestamp"]!;
        await Eventually.HoldsAsync("the second in which it asked is over", () => Task.FromResult(TimeProvider.System.GetUtcNow() >= asked.AddSeconds(1)));
        await CreatePodAsync(space, "web", owner: ",\"ownerReferences\":[{\"apiVersion\":\"apps/v1\",\"kind\":\"StatefulSet\",\"name\":\"web\",\"uid\":\"u\",\"controller\":true}]");

        await plane.StartReplicaAsync();

        var repair = await Eventually.ValueAsync("the report says what to do", async () =>
            await Admin.GetAsync(PathOf(Reports, "reports", space)) is { IsSuccess: true } found ? (string?)found.Json["results"]![0]!["properties"]!["repair"] : null);
        Assert.Equal($"kubectl rollout restart statefulset/web -n {space}", repair);
    }

    private static string PathOf(string groupVersion, string plural, string space) => $"{groupVersion}/namespaces/{space}/{plural}/accesslog-webhook";

    private static async Task<double> WrittenAsync(WebhookProcess replica)
    {
        var metrics = await replica.MetricsAsync();
        return PrometheusText.Sum(metrics, "accesslog_reference_operations_total", ("operation", "report"))
            + PrometheusText.Sum(metrics, "accesslog_reference_operations_total", ("operation", "report_delete"));
    }

    private async Task SkipWithoutReportsAsync()
    {
        foreach (var path in (string[])[$"{Reports}/reports?limit=1", $"{PolicyReports}/policyreports?limit=1"])
        {
            Assert.SkipUnless((await Admin.GetAsync(path)).IsSuccess, "No reports: set ACCESSLOG_CRDS to a directory with their definitions.");
        }
    }

    private Task<string> CreateNamespaceAsync() => plane.Plane.CreateNamespaceAsync(
        [KeyValuePair.Create("istio-injection", "enabled"), KeyValuePair.Create("accesslog.mesh/audit", "json")]);

    private async Task CreatePodAsync(string space, string name, string labels = "{}", string owner = "") => (await Admin.PostAsync(ApiPaths.Pods(space), $$$"""
        {"apiVersion":"v1","kind":"Pod","metadata":{"name":"{{{name}}}","labels":{{{labels}}},"annotations":{"sidecar.istio.io/status":"x"}{{{owner}}} },
         "spec":{"containers":[{"name":"app","image":"app:1"}]} }
        """)).Successful();

    private Task ComesToAsync(string space, string results, string groupVersion = Reports, string plural = "reports") => Eventually.HoldsAsync($"the report says: {results}", async () =>
        await Admin.GetAsync(PathOf(groupVersion, plural, space)) is { IsSuccess: true } found
        && results == string.Join(", ", found.Json["results"]!.AsArray().Select(result =>
            $"{result!["result"]} {result["properties"]!["verdict"]} {result["resources"]![0]!["kind"]}/{result["resources"]![0]!["name"]}")));

    private Task HasEventsAsync(string space, params string[] events) => Eventually.HoldsAsync("these Events and no others are told", async () =>
        (await Admin.GetAsync($"/apis/events.k8s.io/v1/namespaces/{space}/events")).Successful()["items"]!.AsArray()
            .Where(each => (string?)each!["reportingController"] == "accesslog.mesh/accesslog-webhook")
            .Select(each => $"{each!["reason"]} {each["regarding"]!["kind"]}/{each["regarding"]!["name"]}").Order(StringComparer.Ordinal).SequenceEqual(events));

    /// <summary>Of every report, so that none is written without need.</summary>
    private async Task<string> VersionsAsync() => string.Join(' ', (await Admin.GetAsync($"{Reports}/reports")).Successful()["items"]!.AsArray()
        .Select(report => $"{report!["metadata"]!["namespace"]}/{report["metadata"]!["name"]}@{report["metadata"]!["resourceVersion"]}"));

    private async Task StaysAsync(string versions)
    {
        var since = TimeProvider.System.GetTimestamp();
        await Eventually.HoldsAsync("time passes in which no report is written", async () =>
        {
            Assert.Equal(versions, await VersionsAsync());
            return TimeProvider.System.GetElapsedTime(since) >= Rest;
        });
    }
}
