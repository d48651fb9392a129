using AccessLogWebhook.Auditing;
using AccessLogWebhook.Policy.Decisions;
using AccessLogWebhook.Tests.Support;

namespace AccessLogWebhook.Tests.Auditing;

/// <summary>What is listed, what counts, and the exit code.</summary>
public sealed class AuditCommandTests : IDisposable
{
    private readonly AuditedFiles files = new();

    [Fact]
    public async Task The_table_has_a_line_for_each_owner_the_worst_first_and_says_why()
    {
        var audited = await files.AuditAsync();

        Assert.Equal(
            [
                "bank Pod/old-0 1 enforce json Missing NoProfileLabel",
                "blog Pod/web 1 audit text Conflicting OtherProfile",
                "slip Pod/web 1 warn jsn Unknown UnknownProfile",
                "bank Gateway/edge 1 enforce json Inert GatewayClassNotIstio",
                "idle Pod/web 1 - - NotAsked NotRequested",
                "bank Deployment/api 2 enforce json Logged Conforms",
                "idle Pod/early 1 - json Logged Conforms",
            ],
            audited.Rows);
        Assert.Contains("Missing, NoProfileLabel (1)\n  Pod bank/old-0 carries no access-log profile. Add the labels ", audited.Output, StringComparison.Ordinal);
        Assert.EndsWith("8 workloads in 4 namespaces: 1 Missing, 1 Conflicting, 1 Unknown, 1 Inert, 1 NotAsked, 3 Logged. 37% logged.\n", audited.Output, StringComparison.Ordinal);
        Assert.Equal((0, "1 Pod has ended and is left out.\n"), (audited.ExitCode, audited.Error));
    }

    [Fact]
    public async Task By_namespace_it_says_how_much_is_logged() => Assert.Equal(
        [
            "bank 4 2 1 1 0 0 50% enforce=json",
            "blog 1 0 1 0 0 0 0% audit=text",
            "slip 1 0 1 0 0 0 0% warn=jsn",
            "idle 2 1 0 0 1 0 50% -",
        ],
        (await files.AuditAsync("--by", "namespace")).Rows);

    [Fact]
    public async Task By_verdict_it_says_which_reasons_there_are() => Assert.Equal(
        [
            "Missing NoProfileLabel 1 1 Pod bank/old-0",
            "Conflicting OtherProfile 1 1 Pod blog/web",
            "Unknown UnknownProfile 1 1 Pod slip/web",
            "Inert GatewayClassNotIstio 1 1 Gateway bank/edge",
            "NotAsked NotRequested 1 1 Pod idle/web",
            "Logged Conforms 3 2 Pod bank/api-5f7-a",
        ],
        (await files.AuditAsync("--by", "verdict")).Rows);

    [Fact]
    public async Task JSON_lists_every_workload_by_its_own_name()
    {
        var audited = await files.AuditAsync("-o", "json");

        Assert.Equal(
            ["Gateway edge", "Pod api-5f7-a", "Pod api-5f7-b", "Pod old-0", "Pod web", "Pod early", "Pod web", "Pod web"],
            audited.Json.Select(row => $"{row!["kind"]} {row["name"]}"));
        var (blog, idle) = (audited.Json[4]!, audited.Json[6]!);
        Assert.Equal("Conflicting", (string?)blog["verdict"]);
        Assert.Equal(("audit", "text"), ((string?)blog["mode"], (string?)blog["profile"]));
        var other = Assert.Single(blog["others"]!.AsArray())!;
        Assert.Equal(("inject", "json", "Logged"), ((string?)other["mode"], (string?)other["profile"], (string?)other["verdict"]));
        Assert.Equal(("NotAsked", "NotRequested"), ((string?)idle["verdict"], (string?)idle["reason"]));
        Assert.Null(idle["mode"]);
        Assert.Null(idle["profile"]);
        Assert.Equal("gateway.networking.k8s.io/v1beta1", (string?)audited.Json[0]!["apiVersion"]);
        Assert.Equal(("cluster/cluster.yaml", 33), ((string?)audited.Json[0]!["source"], (int)audited.Json[0]!["line"]!));
    }

    [Fact]
    public async Task An_array_is_printed_where_there_is_nothing()
    {
        Assert.Equal("[]\n", (await files.AuditAsync("-n", "nowhere", "-o", "json")).Output);
        Assert.Equal("[]\n", (await files.AuditAsync("-n", "nowhere", "-o", "yaml")).Output);
        Assert.Equal("There is no namespace nowhere.\n", (await files.AuditAsync("-n", "nowhere", "-o", "yaml")).Error.Split('\n', 2)[1]);
    }

    [Theory]
    [InlineData("Missing", 1)]
    [InlineData("missing", 1)]
    [InlineData("Dangling", 0)]
    public async Task The_exit_code_is_1_with_a_verdict_that_fails(string verdict, int exitCode) =>
        Assert.Equal(exitCode, (await files.AuditAsync("--fail-on", verdict)).ExitCode);

    [Fact]
    public async Task What_is_not_listed_does_not_fail() =>
        Assert.Equal(0, (await files.AuditAsync("--fail-on", "Missing", "-n", "idle")).ExitCode);

    [Fact]
    public async Task Only_the_verdicts_and_namespaces_asked_for_are_listed() => Assert.Equal(
        ["bank Pod/old-0 1 enforce json Missing NoProfileLabel", "idle Pod/web 1 - - NotAsked NotRequested"],
        (await files.AuditAsync("--verdict", "Missing", "NotAsked", "-n", "bank", "idle")).Rows);

    [Fact]
    public async Task A_verdict_that_does_not_exist_is_wrong_usage()
    {
        var audited = await files.AuditAsync("--fail-on", "Bad");

        Assert.Equal(2, audited.ExitCode);
        Assert.Contains("--fail-on: there is no verdict Bad. Verdicts: Dangling, Missing, ", audited.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_configuration_s_defaults_and_exemptions_count()
    {
        var configuration = files.Write("config.yaml", "defaults: {audit: json}\nexemptions: {namespaces: [bank]}\n");

        Assert.Equal(
            ["idle Pod/web 1 audit json Missing NoProfileLabel", "bank Deployment/api 2 enforce json Exempt ExemptNamespace"],
            (await files.AuditAsync("--config", configuration)).Rows.Where(row => row.Contains("idle Pod/web", StringComparison.Ordinal) || row.Contains("bank Deployment", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task The_output_goes_to_a_file_whole_or_not_at_all()
    {
        var written = await files.AuditAsync("-o", "csv", "--output-file", files["out.csv"]);
        Assert.Equal((0, ""), (written.ExitCode, written.Output));
        Assert.StartsWith("namespace,kind,name,", await File.ReadAllTextAsync(files["out.csv"]), StringComparison.Ordinal);

        var failed = await files.AuditAsync("-o", "csv", "--output-file", files["nowhere/out.csv"]);
        Assert.Equal(2, failed.ExitCode);
        Assert.StartsWith("The output cannot be written: ", failed.Error.Split('\n')[1], StringComparison.Ordinal);
        Assert.Equal(["cluster", "out.csv"], Directory.GetFileSystemEntries(files.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_directory_with_an_error_is_not_audited()
    {
        var audited = await files.AuditTextAsync($"{AuditedFiles.Cluster}---\n{{apiVersion: v1, kind: Pod, metadata: {{namespace: bank, name: old-0}}}}\n");

        Assert.Equal((2, ""), (audited.ExitCode, audited.Output));
        Assert.Equal("cluster/cluster.yaml:35:1: Pod bank/old-0 is at cluster/cluster.yaml:27, too: remove one of them.\n", audited.Error);
    }

    [Fact]
    public async Task A_Pod_that_cannot_be_read_is_unknown_and_hides_no_other()
    {
        var audited = await files.AuditTextAsync(
            "{apiVersion: v1, kind: Pod, metadata: {name: odd}, spec: {hostNetwork: 7}}\n---\n{apiVersion: v1, kind: Pod, metadata: {name: web}}\n", "-o", "json");

        Assert.Equal(["Unknown Unreadable", "NotAsked NotRequested"], audited.Json.Select(row => $"{row!["verdict"]} {row["reason"]}"));
        Assert.Contains("spec.hostNetwork", (string)audited.Json[0]!["message"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_only_makes_Pods_is_said_to_be_left_out()
    {
        var audited = await files.AuditTextAsync("{apiVersion: apps/v1, kind: Deployment, metadata: {name: api}, spec: {template: {}}}\n");

        Assert.StartsWith("1 object makes Pods of which there are none here", audited.Error, StringComparison.Ordinal);
        Assert.StartsWith("No workload: ", audited.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_verdict_has_a_place_in_the_order_and_a_meaning()
    {
        Assert.Equal(Enum.GetNames<Verdict>().Length + 2, AuditVerdict.All.Length);
        Assert.Equal(AuditVerdict.All, AuditVerdict.All.Order());
        Assert.Equal("Logged", AuditVerdict.All[^1].Name);
        Assert.All(AuditVerdict.All, verdict => Assert.True(verdict.Meaning != AuditVerdict.Unknown.Meaning || verdict == AuditVerdict.Unknown));
        Assert.All(Enum.GetValues<Verdict>(), verdict => Assert.Equal(verdict.ToString(), AuditVerdict.Of(verdict).Name));
    }

    [Fact]
    public async Task A_live_cluster_s_Pods_are_read_whole_and_in_pages()
    {
        await using var server = await FakeApiServer.StartAsync();
        var (namespaces, pods) = (server.Collection("api/v1/namespaces"), server.Collection("api/v1/pods"));
        var configurations = server.Collection("api/v1/namespaces/istio-system/configmaps");

        var auditing = files.RunAsync("--kubeconfig", Kubeconfig(server.Address), "-o", "json");
        await (await namespaces.NextAsync()).ListAsync("10", """{"metadata":{"name":"shop","labels":{"istio-injection":"enabled","accesslog.mesh/audit":"json"}}}""");
        await (await configurations.NextAsync()).ListAsync("10", """{"metadata":{"namespace":"istio-system","name":"istio"},"data":{"mesh":""}}""");
        var request = await pods.NextAsync();
        Assert.DoesNotContain("PartialObjectMetadata", request.Accept, StringComparison.Ordinal);
        await request.ListAsync(
            "10",
            """{"metadata":{"namespace":"shop","name":"host","uid":"1"},"spec":{"hostNetwork":true,"containers":[]}}""",
            """{"metadata":{"namespace":"shop","name":"late","uid":"2","labels":{"accesslog.mesh/profile":"json"}},"spec":{"containers":[{"name":"app"}]}}""",
            """{"metadata":{"namespace":"shop","name":"gone","uid":"3"},"spec":{},"status":{"phase":"Failed"}}""");
        var audited = await auditing.WaitAsync(TestTime.Patience, TestContext.Current.CancellationToken);

        Assert.Equal("1 Pod has ended and is left out.\n", audited.Error);
        Assert.Equal(["host Inert HostNetwork", "late Dangling ReferenceNotRendered"], audited.Json.Select(row => $"{row!["name"]} {row["verdict"]} {row["reason"]}"));
        Assert.Null(audited.Json[0]!["source"]);
    }

    [Fact]
    public async Task A_live_cluster_that_refuses_is_an_error()
    {
        await using var server = await FakeApiServer.StartAsync();
        var pods = server.Collection("api/v1/pods");

        var auditing = files.RunAsync("--kubeconfig", Kubeconfig(server.Address));
        for (var failures = 0; failures < 3; failures++)
        {
            await (await pods.NextAsync()).RefuseAsync(403, "pods is forbidden");
        }

        var audited = await auditing.WaitAsync(TestTime.Patience, TestContext.Current.CancellationToken);
        Assert.Equal((2, ""), (audited.ExitCode, audited.Output));
        Assert.Contains("pods cannot be read", audited.Error, StringComparison.Ordinal);
    }

    public void Dispose() => files.Dispose();

    private string Kubeconfig(Uri address) => files.Write("kubeconfig", Kubeconfigs.For(address));
}
