using System.Text.Json.Nodes;
using System.Xml.Linq;
using AccessLogWebhook.Linting;
using AccessLogWebhook.Policy.Linting;

namespace AccessLogWebhook.Tests.Linting;

/// <summary>What is printed, whole.</summary>
public sealed class LintOutputTests : IDisposable
{
    private readonly LintedFiles files = new();

    [Fact]
    public async Task The_table_has_the_findings_of_each_object_with_their_places()
    {
        var linted = await files.LintTextAsync("table", $"{LintedFiles.Faulty}---\n{LintedFiles.Telemetry}");

        Assert.Equal(
            """
            EnvoyFilter shop/accesslog  given.yaml:1
              warning  AL041  given.yaml:5:22  spec.workloadSelector.labels
                              The selector has no labels, and so selects all of namespace shop.
                              Give it labels, or remove it if all of namespace shop is meant.
              error    AL025  given.yaml:18:13  spec.configPatches[0].patch.value.typed_config.access_log[0].filter
                              The filter has no specifier, and Envoy rejects the listener.
                              Remove it to log everything, or give it one: status_code_filter, response_flag_filter, ….

            Telemetry shop/accesslog  given.yaml:23
              note     AL056  given.yaml:28:5  spec.accessLogging[0]
                              Without providers it is for meshConfig.defaultProviders.accessLogging; where the mesh has none, the entry does nothing.
                              Name the provider: providers: [{name: envoy}].

            2 linted: 1 error, 1 warning, 1 note.

            """,
            linted.Output);
        Assert.Equal(("", 1), (linted.Error, linted.ExitCode));
    }

    [Fact]
    public async Task JSON_has_an_element_for_each_finding()
    {
        var linted = await files.LintTextAsync("json", LintedFiles.Telemetry);

        Assert.Equal(
            """
            [
              {
                "id": "AL056",
                "rule": "without-provider",
                "severity": "note",
                "kind": "Telemetry",
                "namespace": "shop",
                "name": "accesslog",
                "file": "given.yaml",
                "line": 6,
                "column": 5,
                "path": "spec.accessLogging[0]",
                "message": "Without providers it is for meshConfig.defaultProviders.accessLogging; where the mesh has none, the entry does nothing.",
                "fix": "Name the provider: providers: [{name: envoy}]."
              }
            ]

            """,
            linted.Output);
        Assert.Equal(("", 0), (linted.Error, linted.ExitCode));
    }

    [Fact]
    public async Task Workflow_commands_escape_what_would_end_them()
    {
        var text = LintedFiles.Telemetry.Replace("name: accesslog", "name: \"100%\"", StringComparison.Ordinal);
        var linted = await files.RunAsync("-f", files.Write("a,b:c%d.yaml", text), "-o", "github");

        Assert.Equal(
            "::notice file=a%2Cb%3Ac%25d.yaml,line=6,col=5,title=AL056 without-provider::Telemetry shop/100%25: spec.accessLogging[0]: "
            + "Without providers it is for meshConfig.defaultProviders.accessLogging; where the mesh has none, the entry does nothing."
            + "%0AName the provider: providers: [{name: envoy}].\n",
            linted.Output.Replace(files.Path.Replace(":", "%3A", StringComparison.Ordinal) + "/", "", StringComparison.Ordinal));
    }

    [Fact]
    public async Task JUnit_has_a_case_for_each_finding_and_a_failure_for_those_that_count()
    {
        var linted = await files.LintTextAsync("junit", LintedFiles.Faulty.Replace("name: accesslog,", "name: \"a<b&\\\"c\\x01\",", StringComparison.Ordinal) + "---\n" + LintedFiles.Telemetry, "--fail-on", "error");

        var suites = XDocument.Parse(linted.Output).Root!;
        Assert.Equal(("testsuites", "3", "1", "0"), (suites.Name.LocalName, (string?)suites.Attribute("tests"), (string?)suites.Attribute("failures"), (string?)suites.Attribute("errors")));
        Assert.Equal(["EnvoyFilter shop/a<b&\"c\uFFFD", "Telemetry shop/accesslog"], suites.Elements("testsuite").Select(suite => (string)suite.Attribute("name")!));
        var failure = Assert.Single(suites.Descendants("failure"));
        Assert.Equal("error", (string?)failure.Attribute("type"));
        Assert.Equal("The filter has no specifier, and Envoy rejects the listener.", (string?)failure.Attribute("message"));
        Assert.StartsWith("given.yaml:18:13: spec.configPatches[0].patch.value.typed_config.access_log[0].filter: ", failure.Value, StringComparison.Ordinal);
        Assert.Equal("AL025 empty-filter spec.configPatches[0].patch.value.typed_config.access_log[0].filter", (string?)failure.Parent!.Attribute("name"));
        Assert.Equal(2, suites.Descendants("system-out").Count());
    }

    [Fact]
    public async Task An_object_without_findings_passes_as_a_case()
    {
        var linted = await files.LintTextAsync("junit", LintedFiles.Telemetry.Replace("filter:", "providers: [{name: envoy}]\n    filter:", StringComparison.Ordinal));

        var test = Assert.Single(XDocument.Parse(linted.Output).Descendants("testcase"));
        Assert.Equal("no findings", (string?)test.Attribute("name"));
        Assert.Empty(test.Elements());
    }

    [Fact]
    public async Task SARIF_has_all_rules_and_a_result_for_each_finding()
    {
        var linted = await files.LintTextAsync("sarif", LintedFiles.Faulty);

        var log = JsonNode.Parse(linted.Output)!;
        Assert.Equal("2.1.0", (string?)log["version"]);
        var run = Assert.Single(log["runs"]!.AsArray())!;
        var rules = run["tool"]!["driver"]!["rules"]!.AsArray();
        Assert.Equal(LintRules.All.Select(rule => rule.Id), rules.Select(rule => (string)rule!["id"]!));
        Assert.All(rules, rule => Assert.NotEmpty((string)rule!["help"]!["text"]!));
        var result = run["results"]!.AsArray().Single(result => (string?)result!["ruleId"] == "AL025")!;
        Assert.Equal("AL025", (string?)rules[(int)result["ruleIndex"]!]!["id"]);
        Assert.Equal("error", (string?)result["level"]);
        Assert.Equal("The filter has no specifier, and Envoy rejects the listener. Remove it to log everything, or give it one: status_code_filter, response_flag_filter, ….", (string?)result["message"]!["text"]);
        var location = Assert.Single(result["locations"]!.AsArray())!;
        Assert.Equal("file://given.yaml", (string?)location["physicalLocation"]!["artifactLocation"]!["uri"]);
        Assert.Equal((18, 13), ((int)location["physicalLocation"]!["region"]!["startLine"]!, (int)location["physicalLocation"]!["region"]!["startColumn"]!));
        Assert.Equal("EnvoyFilter shop/accesslog spec.configPatches[0].patch.value.typed_config.access_log[0].filter", (string?)location["logicalLocations"]![0]!["fullyQualifiedName"]);
    }

    [Fact]
    public async Task A_relative_path_stays_relative_and_is_escaped_in_SARIF()
    {
        var relative = Path.GetRelativePath(Environment.CurrentDirectory, files.Write("a b/ü.yaml", LintedFiles.Telemetry));

        var linted = await files.RunAsync("-f", relative, "-o", "sarif");

        var uri = (string)JsonNode.Parse(linted.Output)!["runs"]![0]!["results"]![0]!["locations"]![0]!["physicalLocation"]!["artifactLocation"]!["uri"]!;
        Assert.EndsWith("a%20b/%C3%BC.yaml", uri, StringComparison.Ordinal);
        Assert.True(Uri.TryCreate(uri, UriKind.Relative, out _));
        Assert.False(uri.StartsWith('/'));
    }

    [Fact]
    public async Task The_standard_input_has_lines_but_is_no_file()
    {
        Assert.Contains("<stdin>:6:5  spec.accessLogging[0]", (await LintedFiles.LintInputAsync(LintFormat.Table, LintedFiles.Telemetry)).Output, StringComparison.Ordinal);
        Assert.DoesNotContain("file=", (await LintedFiles.LintInputAsync(LintFormat.Github, LintedFiles.Telemetry)).Output, StringComparison.Ordinal);
        Assert.Null(JsonNode.Parse((await LintedFiles.LintInputAsync(LintFormat.Sarif, LintedFiles.Telemetry)).Output)!["runs"]![0]!["results"]![0]!["locations"]![0]!["physicalLocation"]);
    }

    [Theory]
    [InlineData("table")]
    [InlineData("json")]
    [InlineData("sarif")]
    [InlineData("junit")]
    [InlineData("github")]
    public async Task Control_characters_never_reach_a_terminal(string format)
    {
        const string evil = "\\e[2Jb\\u009b31m\\u202ec\\n::error::x";
        var linted = await files.LintTextAsync(
            format,
            LintedFiles.Faulty.Replace("name: accesslog,", $"name: \"{evil}\",", StringComparison.Ordinal)
                .Replace("labels: {}", $"labels: {{\"{evil}*\": \"{evil}*\"}}", StringComparison.Ordinal)
                .Replace("path: /dev", $"\"{evil}\": 1\n              path: /dev", StringComparison.Ordinal));

        Assert.DoesNotContain(linted.Output, character => character != '\n' && (char.IsControl(character) || character == '\u202e'));
        Assert.DoesNotContain("\n::error::x", linted.Output, StringComparison.Ordinal);
        Assert.Equal(1, linted.ExitCode);
    }

    public void Dispose() => files.Dispose();
}
