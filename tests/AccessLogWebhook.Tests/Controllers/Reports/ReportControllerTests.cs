using System.Text.Json.Nodes;

namespace AccessLogWebhook.Tests.Controllers.Reports;

public sealed class ReportControllerTests : IAsyncLifetime
{
    private const string Logged = ",\"accesslog.mesh/profile\":\"json\"";

    private static readonly string Shop = ReportedCluster.PathOf("shop");

    private ReportedCluster cluster = null!;

    public async ValueTask InitializeAsync() => cluster = await ReportedCluster.StartAsync();

    public ValueTask DisposeAsync() => cluster.DisposeAsync();

    [Fact]
    public async Task A_report_comes_with_the_first_workload_changes_with_it_and_goes_with_the_last()
    {
        await cluster.LeadAsync();
        Assert.Empty(cluster.Writes);

        cluster.Put("pods", ReportedCluster.Pod("shop", "api"));
        await cluster.RestAsync();
        Assert.Equal(["fail Missing Deployment/api 1"], cluster.Results(Shop));
        Assert.Equal("accesslog-webhook", (string?)cluster.Reports[Shop]["metadata"]!["labels"]!["app.kubernetes.io/managed-by"]);

        cluster.Put("pods", ReportedCluster.Pod("shop", "api", "y"));
        await cluster.RestAsync();
        Assert.Equal(["fail Missing Deployment/api 2"], cluster.Results(Shop));

        cluster.Remove("pods", "shop", "api-1-x");
        cluster.Remove("pods", "shop", "api-1-y");
        await cluster.RestAsync();
        Assert.Empty(cluster.Reports);
        Assert.Equal([$"POST {Collection(Shop)}", $"PATCH {Shop}", $"DELETE {Shop}"], cluster.Writes);
    }

    [Fact]
    public async Task Nothing_is_written_where_the_same_is_true_of_other_Pods()
    {
        cluster.Put("pods", ReportedCluster.Pod("shop", "api"));
        await cluster.LeadAsync();

        cluster.Put("pods", ReportedCluster.Pod("shop", "api", "y"));
        cluster.Remove("pods", "shop", "api-1-x");
        await cluster.RestAsync();

        Assert.Single(cluster.Writes);
    }

    [Fact]
    public async Task A_leader_that_follows_finds_the_reports_as_they_should_be_and_writes_and_tells_nothing()
    {
        cluster.Put("pods", ReportedCluster.Pod("shop", "api"), ReportedCluster.Pod("bank", "db"));
        await cluster.LeadAsync();
        Assert.Equal("shop Deployment/api AccessLogMissing", await cluster.EventAsync());
        await cluster.EndLeadershipAsync();
        Assert.Empty(await cluster.GaugesAsync());
        var writes = cluster.Writes.Count;

        await cluster.LeadAsync();
        await cluster.PassAsync(60);
        Assert.Equal(writes, cluster.Writes.Count);

        cluster.Put("pods", ReportedCluster.Pod("shop", "web"));
        await cluster.RestAsync();
        Assert.Equal("shop Deployment/web AccessLogMissing", await cluster.EventAsync());
    }

    [Fact]
    public async Task What_others_do_to_a_report_is_undone_when_all_are_listed_again()
    {
        cluster.Put("pods", ReportedCluster.Pod("shop", "api"));
        await cluster.LeadAsync();
        var edited = cluster.Reports[Shop].DeepClone();
        edited["summary"]!["fail"] = 0;
        edited["metadata"]!["resourceVersion"] = "5000";
        cluster.Reports[Shop] = edited;

        await cluster.PassAsync(60);

        Assert.Equal(1, (int?)cluster.Reports[Shop]["summary"]!["fail"]);
    }

    [Fact]
    public async Task A_report_of_somebody_else_is_neither_changed_nor_removed()
    {
        var others = JsonNode.Parse("""{"metadata":{"namespace":"shop","name":"accesslog-webhook","uid":"u","resourceVersion":"1"},"results":[]}""")!;
        var applied = JsonNode.Parse("""{"metadata":{"namespace":"bank","name":"accesslog","uid":"v","resourceVersion":"1","labels":{"app.kubernetes.io/managed-by":"accesslog-webhook"}}}""")!;
        cluster.Reports[Shop] = others;
        cluster.Reports[ReportedCluster.PathOf("bank", "accesslog")] = applied;
        cluster.Put("pods", ReportedCluster.Pod("shop", "api"));

        await cluster.LeadAsync();
        await cluster.PassAsync(60);
        await cluster.PassAsync(60);

        Assert.Same(others, cluster.Reports[Shop]);
        Assert.Equal(2, cluster.Reports.Count);
        Assert.Single(cluster.Logs.Lines, line => line.Contains("there is one of that name without the label", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_a_kind_of_report_nothing_is_written_and_one_that_is_installed_later_is_found()
    {
        cluster.Installed.Clear();
        cluster.Put("pods", ReportedCluster.Pod("shop", "api"));
        await cluster.LeadAsync();
        await cluster.PassAsync(50);
        Assert.Empty(cluster.Writes);
        Assert.Single(cluster.Logs.Lines);
        Assert.Contains("""{namespace="shop",verdict="Missing"} 1""", await cluster.GaugesAsync());

        cluster.Installed.Add(ReportedCluster.Policy);
        await cluster.PassAsync(50);
        var policy = ReportedCluster.PathOf("shop", groupVersion: ReportedCluster.Policy);
        Assert.Equal(["fail Missing Deployment/api 1"], cluster.Results(policy));
        Assert.Equal("PolicyReport", (string?)cluster.Reports[policy]["kind"]);

        cluster.Installed.Add(ReportedCluster.Open);
        await cluster.PassAsync(60);
        Assert.Equal([Shop], cluster.Reports.Keys);
    }

    [Fact]
    public async Task A_namespace_that_goes_takes_its_gauges_along_and_nothing_is_written_into_it()
    {
        cluster.Put("pods", ReportedCluster.Pod("shop", "api"), ReportedCluster.Pod("bank", "db"));
        await cluster.LeadAsync();
        Assert.Equal(["""{namespace="bank",verdict="NotAsked"} 1""", """{namespace="shop",verdict="Missing"} 1"""], await cluster.GaugesAsync());
        var writes = cluster.Writes.Count;

        cluster.Put("namespaces", """{"metadata":{"name":"shop","deletionTimestamp":"2026-11-01T00:00:00Z"}}""");
        cluster.Put("pods", ReportedCluster.Pod("shop", "web"));
        await cluster.RestAsync();
        cluster.Remove("namespaces", "", "shop");
        await cluster.RestAsync();

        Assert.Equal(["""{namespace="bank",verdict="NotAsked"} 1"""], await cluster.GaugesAsync());
        Assert.Equal(writes, cluster.Writes.Count);
    }

    [Fact]
    public async Task An_Event_is_told_once_for_each_state()
    {
        cluster.Put("pods", ReportedCluster.Pod("shop", "api"));
        await cluster.LeadAsync();
        Assert.Equal("shop Deployment/api AccessLogMissing", await cluster.EventAsync());

        cluster.Put("pods", ReportedCluster.Pod("shop", "api", "y"));
        await cluster.RestAsync();
        cluster.Put("pods", ReportedCluster.Pod("shop", "api", "x", Logged), ReportedCluster.Pod("shop", "api", "y", Logged));
        await cluster.RestAsync();

        Assert.Equal("shop Deployment/api AccessLogDangling", await cluster.EventAsync());
    }

    [Fact]
    public async Task A_large_namespace_has_reports_in_parts_and_loses_those_that_it_needs_no_more()
    {
        cluster.Put("pods", Enumerable.Range(0, 501).Select(number => ReportedCluster.Pod("bank", $"p{number}")));
        await cluster.LeadAsync();
        Assert.Equal([ReportedCluster.PathOf("bank"), ReportedCluster.PathOf("bank", "accesslog-webhook-2")], cluster.Reports.Keys.Order(StringComparer.Ordinal));

        cluster.Remove("pods", "bank", "p0-1-x");
        await cluster.RestAsync();

        Assert.Equal([ReportedCluster.PathOf("bank")], cluster.Reports.Keys);
        Assert.Equal(500, cluster.Results(ReportedCluster.PathOf("bank")).Count());
    }

    [Fact]
    public async Task While_the_API_server_takes_nothing_it_is_tried_again_and_said_once()
    {
        cluster.Put("pods", ReportedCluster.Pod("shop", "api"));
        cluster.Refusal = 503;
        Assert.Equal(TimeSpan.FromSeconds(30), await cluster.LeadAsync());
        await cluster.PassAsync(30);
        Assert.Single(cluster.Logs.Lines, line => line.Contains("Report shop/accesslog-webhook cannot be written", StringComparison.Ordinal));

        cluster.Refusal = null;
        await cluster.PassAsync(30);

        Assert.Equal(["fail Missing Deployment/api 1"], cluster.Results(Shop));
    }

    [Fact]
    public async Task A_kind_that_is_taken_away_is_not_written_to_for_ever()
    {
        cluster.Put("pods", ReportedCluster.Pod("shop", "api"));
        await cluster.LeadAsync();
        cluster.Installed.Clear();
        cluster.Reports.Clear();

        cluster.Put("pods", ReportedCluster.Pod("shop", "web"));
        await cluster.RestAsync();
        await cluster.PassAsync(60);
        cluster.Put("pods", ReportedCluster.Pod("shop", "db"));
        await cluster.RestAsync();

        Assert.Single(cluster.Writes);
        Assert.Contains(cluster.Logs.Lines, line => line.Contains("No reports are kept", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_report_that_somebody_has_removed_is_there_again_after_the_next_change()
    {
        cluster.Put("pods", ReportedCluster.Pod("shop", "api"));
        await cluster.LeadAsync();
        cluster.Reports.Clear();

        cluster.Put("pods", ReportedCluster.Pod("shop", "web"));
        await cluster.RestAsync();
        await cluster.PassAsync(30);

        Assert.Equal(["fail Missing Deployment/api 1", "fail Missing Deployment/web 1"], cluster.Results(Shop));
    }

    [Fact]
    public async Task What_the_metadata_do_not_tell_is_said_to_be_unknown_and_is_no_Event()
    {
        cluster.Put("pods", ReportedCluster.Pod("shop", "agent", annotations: ""), ReportedCluster.Pod("shop", "zoo"));
        await cluster.LeadAsync();

        Assert.Equal(["fail Missing Deployment/zoo 1", "error Unknown Deployment/agent 1"], cluster.Results(Shop));
        Assert.Equal("shop Deployment/zoo AccessLogMissing", await cluster.EventAsync());
    }

    [Fact]
    public async Task What_came_in_while_the_webhook_was_away_is_listed_with_what_puts_it_right()
    {
        cluster.Put("namespaces", """
            {"metadata":{"name":"shop","labels":{"accesslog.mesh/inject":"json","istio-injection":"enabled"},
            "managedFields":[{"time":"2026-11-01T00:00:00Z","fieldsV1":{"f:metadata":{"f:labels":{"f:accesslog.mesh/inject":{}}}}}]}}
            """);
        cluster.Put("envoyfilters", ControlledCluster.Stored(ControlledCluster.ReferenceOf("""{"metadata":{"name":"json"},"spec":{}}"""), "u", "1"));
        cluster.Put("pods", ReportedCluster.Pod("shop", "api").Replace("\"labels\"", "\"creationTimestamp\":\"2026-11-02T00:00:00Z\",\"labels\"", StringComparison.Ordinal));

        await cluster.LeadAsync();

        var result = cluster.Reports[Shop]["results"]![0]!;
        Assert.Equal("kubectl rollout restart deployment/api -n shop", (string?)result["properties"]!["repair"]);
        Assert.EndsWith("to put it right: kubectl rollout restart deployment/api -n shop", (string?)result["message"], StringComparison.Ordinal);
    }

    private static string Collection(string path) => path[..path.LastIndexOf('/')];
}
