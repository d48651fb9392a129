using System.Text.Json.Nodes;
using AccessLogWebhook.Auditing;
using AccessLogWebhook.Cluster;
using AccessLogWebhook.Manifests;
using AccessLogWebhook.Policy.Decisions;
using AccessLogWebhook.Policy.Workloads;

namespace AccessLogWebhook.Tests.Auditing;

public sealed class PolicyReportTests : IDisposable
{
    private readonly AuditedFiles files = new();

    [Fact]
    public async Task There_is_a_report_for_each_namespace_with_a_result_for_each_owner()
    {
        var yaml = (await files.AuditAsync("-o", "policyreport")).Output;

        var reports = ManifestReader.Read("reports", System.Text.Encoding.UTF8.GetBytes(yaml)).Manifests;
        Assert.Equal(["bank", "blog", "idle", "slip"], reports.Select(report => report.Namespace));
        Assert.All(reports, report => Assert.Equal(("wgpolicyk8s.io/v1alpha2", "PolicyReport", "accesslog"), (report.ApiVersion, report.Kind, report.Name)));
        var bank = JsonNode.Parse(reports[0].Json.Span)!;
        Assert.Equal("""{"pass":1,"fail":1,"warn":1,"error":0,"skip":0}""", bank["summary"]!.ToJsonString());
        Assert.Equal(
            ["Pod/old-0 fail medium NoProfileLabel 1", "Gateway/edge warn low GatewayClassNotIstio 1", "Deployment/api pass  Conforms 2"],
            bank["results"]!.AsArray().Select(result =>
                $"{result!["resources"]![0]!["kind"]}/{result["resources"]![0]!["name"]} {result["result"]} {result["severity"]} {result["rule"]} {result["properties"]!["workloads"]}"));
        Assert.Equal("none", (string?)JsonNode.Parse(reports[2].Json.Span)!["results"]!.AsArray().Single(result => (string?)result!["rule"] == "NotRequested")!["policy"]);
    }

    [Fact]
    public void A_namespace_that_is_too_large_for_an_object_has_several_the_worst_in_the_first()
    {
        var reports = ReportsOf(1_200, "is so.");

        Assert.Equal([("accesslog", 500), ("accesslog-2", 500), ("accesslog-3", 200)], reports.Select(report => (report.Name, report.Results.Length)));
        Assert.Equal("p1199", reports[0].Results[0].Owner.Name);
    }

    [Theory]
    [InlineData('x')]
    [InlineData('\u754C')]
    public void Long_messages_make_more_of_them_so_that_none_is_larger_than_half_a_megabyte(char letter)
    {
        var reports = ReportsOf(1_200, new string(letter, 10_000));

        Assert.Equal(1_200, reports.Sum(report => report.Results.Length));
        Assert.All(reports, report => Assert.InRange(ObjectJson.Of(json => report.Write(json, ReportKind.OpenReport)).Length, 1, 501_000));
    }

    private static List<NamespaceReport> ReportsOf(int workloads, string problem) => [.. PolicyReports.Of(Enumerable.Range(0, workloads).Select(number => new AuditRow
    {
        ApiVersion = "v1",
        Kind = "Pod",
        Namespace = "shop",
        Name = $"p{number}",
        Owner = new WorkloadOwner("v1", "Pod", $"p{number}"),
        Verdict = AuditVerdict.Of(number == workloads - 1 ? Verdict.Dangling : Verdict.Logged),
        Reason = nameof(ReasonCode.Conforms),
        Problem = problem,
    }))];

    public void Dispose() => files.Dispose();
}
