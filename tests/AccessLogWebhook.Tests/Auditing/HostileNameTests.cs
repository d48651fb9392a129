using System.Text.Json.Nodes;
using System.Xml.Linq;
using AccessLogWebhook.Manifests;

namespace AccessLogWebhook.Tests.Auditing;

/// <summary>Names and labels are others' text, and a directory of manifests holds anything. Whatever form it goes out in, nobody obeys it.</summary>
public sealed class HostileNameTests : IDisposable
{
    private const string Name = "=cmd|'/C calc'!A0</script><script>alert(1)</script><img src=x onerror=alert(2)>|`x`|@all\\n::error::x\\e[2J\\u009b31m\\u202e\\ufffe\\0";

    private static readonly string Cluster =
        """
        {apiVersion: v1, kind: Namespace, metadata: {name: "NAME", labels: {istio-injection: enabled, accesslog.mesh/enforce: json}}}
        ---
        {apiVersion: v1, kind: Pod, metadata: {namespace: "NAME", name: "NAME", labels: {accesslog.mesh/profile: "NAME"}, ownerReferences: [{apiVersion: v1, kind: "NAME", name: "NAME"}]}}

        """.Replace("NAME", Name, StringComparison.Ordinal);

    private readonly AuditedFiles files = new();

    [Theory]
    [InlineData("table")]
    [InlineData("json")]
    [InlineData("yaml")]
    [InlineData("csv")]
    [InlineData("sarif")]
    [InlineData("junit")]
    [InlineData("markdown")]
    [InlineData("html")]
    [InlineData("policyreport")]
    public async Task Control_characters_never_come_through(string format)
    {
        var audited = await files.AuditTextAsync(Cluster, "-o", format, "--fail-on", "Conflicting");

        Assert.Equal(1, audited.ExitCode);
        var text = audited.Output.Replace("\r\n", "\n", StringComparison.Ordinal);
        Assert.DoesNotContain(text, character => character != '\n' && (char.IsControl(character) || character is '\u202e' or '\ufffe'));
        Assert.DoesNotContain("\n::error::x", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("table")]
    [InlineData("markdown")]
    [InlineData("html")]
    public async Task So_it_is_with_what_namespaces_and_verdicts_are_grouped_by(string format)
    {
        foreach (var by in new[] { "namespace", "verdict" })
        {
            var audited = await files.AuditTextAsync(Cluster, "-o", format, "--by", by);
            Assert.DoesNotContain(audited.Output, character => character != '\n' && (char.IsControl(character) || character is '\u202e'));
        }
    }

    [Fact]
    public async Task JSON_and_YAML_have_the_name_itself()
    {
        var json = (await files.AuditTextAsync(Cluster, "-o", "json")).Json[0]!;
        var name = (string)json["name"]!;
        Assert.StartsWith("=cmd|'/C calc'!A0</script>", name, StringComparison.Ordinal);
        Assert.EndsWith("\u202e\ufffe\0", name, StringComparison.Ordinal);
        Assert.Equal("Conflicting", (string?)json["verdict"]);

        var yaml = (await files.AuditTextAsync(Cluster, "-o", "policyreport")).Output;
        var report = Assert.Single(ManifestReader.Read("report", System.Text.Encoding.UTF8.GetBytes(yaml)).Manifests);
        Assert.Equal(name, (string)JsonNode.Parse(report.Json.Span)!["results"]![0]!["resources"]![0]!["name"]!);
    }

    [Fact]
    public async Task A_table_calculator_finds_no_formula()
    {
        var audited = await files.AuditTextAsync(Cluster, "-o", "csv");

        var line = audited.Output.Split("\r\n")[1];
        Assert.StartsWith("\"'=cmd|'/C calc'!A0</script>", line, StringComparison.Ordinal);
        Assert.Equal(3, audited.Output.Split("\r\n").Length);
    }

    [Fact]
    public async Task A_browser_finds_no_element()
    {
        var page = (await files.AuditTextAsync(Cluster, "-o", "html")).Output;

        Assert.DoesNotContain("<img", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<script>alert", page, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(2, page.Split("<script").Length - 1);
        Assert.Equal(2, page.Split("</script>").Length - 1);
        Assert.DoesNotContain("http:", page, StringComparison.Ordinal);
        Assert.DoesNotContain("https:", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Markdown_has_it_as_code_and_no_cell_more()
    {
        var markdown = (await files.AuditTextAsync(Cluster, "-o", "markdown")).Output;

        var row = markdown.Split('\n').Single(line => line.Contains("Conflicting", StringComparison.Ordinal) && line.Contains("enforce", StringComparison.Ordinal));
        Assert.Equal(8, row.Split('|').Length - row.Split("\\|").Length);
        Assert.StartsWith("| ``=cmd\\|", row, StringComparison.Ordinal);
    }

    [Fact]
    public async Task XML_is_sound()
    {
        var audited = await files.AuditTextAsync(Cluster, "-o", "junit", "--fail-on", "Conflicting");

        var suites = XDocument.Parse(audited.Output).Root!;
        Assert.Equal(("testsuites", "1", "1"), (suites.Name.LocalName, (string?)suites.Attribute("tests"), (string?)suites.Attribute("failures")));
        Assert.StartsWith("=cmd|", (string?)suites.Element("testsuite")!.Attribute("name"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task SARIF_is_sound()
    {
        var run = JsonNode.Parse((await files.AuditTextAsync(Cluster, "-o", "sarif")).Output)!["runs"]![0]!;

        var result = Assert.Single(run["results"]!.AsArray())!;
        Assert.Equal(("accesslog/Conflicting", "error"), ((string?)result["ruleId"], (string?)result["level"]));
        Assert.Equal((string?)result["ruleId"], (string?)run["tool"]!["driver"]!["rules"]![(int)result["ruleIndex"]!]!["id"]);
    }

    [Fact]
    public async Task SARIF_has_no_link_that_a_name_makes()
    {
        var audited = await files.AuditTextAsync(
            """
            {apiVersion: v1, kind: Namespace, metadata: {name: shop, labels: {istio-injection: enabled, accesslog.mesh/enforce: json}}}
            ---
            {apiVersion: v1, kind: Pod, metadata: {namespace: shop, name: '[sign in](https://evil.example)\[x](1)'}}

            """,
            "-o",
            "sarif");

        var message = (string)Assert.Single(JsonNode.Parse(audited.Output)!["runs"]![0]!["results"]!.AsArray())!["message"]!["text"]!;
        Assert.Contains("\\[sign in\\](https://evil.example)\\\\\\[x\\](1)", message, StringComparison.Ordinal);
    }

    public void Dispose() => files.Dispose();
}
