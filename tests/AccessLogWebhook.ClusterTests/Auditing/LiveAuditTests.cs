using System.CommandLine;
using System.Net;
using System.Text.Json.Nodes;
using AccessLogWebhook.Cli;
using AccessLogWebhook.ClusterTests.Support;

namespace AccessLogWebhook.ClusterTests.Auditing;

/// <summary>An audit of a real API server, and its reports in one.</summary>
public sealed class LiveAuditTests(ControlPlaneFixture fixture) : ClusterTest(fixture)
{
    [Fact]
    public async Task Pods_are_judged_by_what_the_API_server_has_of_them()
    {
        var space = await AuditedNamespaceAsync();

        var audited = await RunAsync("-n", space, "-o", "json");

        Assert.Equal(0, audited.ExitCode);
        Assert.Equal(
            "The mesh's own access logging (meshConfig) is not known, and counts neither for nor against: there is no ConfigMap istio or istio-REVISION in namespace istio-system. "
            + "Is mesh.rootNamespace of --config another one?\n",
            audited.Error);
        Assert.Equal(
            ["Gateway public Missing NoReferenceAnnotation", "Pod host Inert HostNetwork", "Pod late Dangling RevisionNotFound", "Pod plain Missing NoProfileLabel"],
            JsonNode.Parse(audited.Output)!.AsArray().Select(row => $"{row!["kind"]} {row["name"]} {row["verdict"]} {row["reason"]}"));
    }

    [Fact]
    public async Task The_reports_are_what_the_definition_of_reports_takes()
    {
        Assert.SkipUnless(
            (await Admin.GetAsync("/apis/wgpolicyk8s.io/v1alpha2/policyreports?limit=1")).Status == HttpStatusCode.OK,
            "No PolicyReports: set ACCESSLOG_CRDS to a directory with their definition.");
        var space = await AuditedNamespaceAsync();

        var audited = await RunAsync("-n", space, "-o", "policyreport");
        (await Plane.KubectlAsync(["apply", "--server-side", "--validate=strict", "-f", "-"], audited.Output)).Successful();

        var stored = (await Admin.GetAsync($"/apis/wgpolicyk8s.io/v1alpha2/namespaces/{space}/policyreports/accesslog")).Successful();
        Assert.Equal("""{"error":0,"fail":3,"pass":0,"skip":0,"warn":1}""", stored["summary"]!.ToJsonString());
        Assert.Equal(["late", "plain", "public", "host"], stored["results"]!.AsArray().Select(result => (string?)result!["resources"]![0]!["name"]).OrderBy(name => name == "host").ThenBy(name => name, StringComparer.Ordinal));
    }

    private async Task<string> AuditedNamespaceAsync()
    {
        var space = await Plane.CreateNamespaceAsync([KeyValuePair.Create("istio-injection", "enabled"), KeyValuePair.Create("accesslog.mesh/audit", "json")]);
        foreach (var (name, labels, spec) in new[]
                 {
                     ("plain", "{}", ""), ("late", """{"accesslog.mesh/profile":"json","accesslog.mesh/revision":"0000000000"}""", ""), ("host", "{}", "\"hostNetwork\":true,"),
                 })
        {
            (await Admin.PostAsync(
                ApiPaths.Pods(space),
                "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"" + name + "\",\"labels\":" + labels + "},\"spec\":{" + spec + "\"containers\":[{\"name\":\"app\",\"image\":\"app:1\"}]}}")).Successful();
        }

        (await Admin.PostAsync(
            ApiPaths.IstioGateways(space),
            """{"apiVersion":"networking.istio.io/v1","kind":"Gateway","metadata":{"name":"public"},"spec":{"selector":{"istio":"nobody"},"servers":[{"hosts":["*"],"port":{"number":80,"name":"http","protocol":"HTTP"}}]}}""")).Successful();
        return space;
    }

    private async Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] arguments)
    {
        using StringWriter output = new(), error = new();
        var exitCode = await new RootCommand { AuditCommand.Create() }.Parse(["audit", "--kubeconfig", Plane.AdminKubeconfig, .. arguments])
            .InvokeAsync(new InvocationConfiguration { Output = output, Error = error });
        return (exitCode, output.ToString(), error.ToString());
    }
}
