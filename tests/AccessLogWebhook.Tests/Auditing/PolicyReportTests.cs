using System.Text.Json.Nodes;
using AccessLogWebhook.Auditing;
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
        var rows = Enumerable.Range(0, 1_200).Select(number => new AuditRow
        {
            ApiVersion = "v1",
            Kind = "Pod",
            Namespace = "shop",
            Name = $"p{number}",
            Owner = new WorkloadOwner("v1", "Pod", $"p{number}"),
            Verdict = AuditVerdict.Of(number == 1_199 ? Verdict.Dangling : Verdict.Logged),
            Reason = nameof(ReasonCode.Conforms),
            Problem = new string('x', 10_000),
        });

        var reports = PolicyReports.Of(rows).ToList();

        Assert.Equal([("accesslog", 500), ("accesslog-2", 500), ("accesslog-3", 200)], reports.Select(report => (report.Name, report.Results.Length)));
        Assert.Equal("p1199", reports[0].Results[0].Owner.Name);
        Assert.All(reports, report => Assert.InRange(report.Results.Sum(result => result.Message.Length), 0, 600_000));
    }

    public void Dispose() => files.Dispose();
}
