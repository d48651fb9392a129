using AccessLogWebhook.Cli;
using AccessLogWebhook.Linting;
using AccessLogWebhook.Reviewing;

namespace AccessLogWebhook.Tests.Linting;

/// <summary>What is linted, beside what, and the exit code.</summary>
public sealed class LintInputTests : IDisposable
{
    private const string Silent = "apiVersion: v1\nkind: Service\nmetadata: {name: api}\n";

    private readonly LintedFiles files = new();

    [Theory]
    [InlineData("error", 1)]
    [InlineData("warning", 1)]
    [InlineData("note", 1)]
    public async Task An_error_fails_at_every_threshold(string failOn, int exitCode) =>
        Assert.Equal(exitCode, (await files.LintTextAsync("json", LintedFiles.Faulty, "--fail-on", failOn)).ExitCode);

    [Theory]
    [InlineData("error", 0)]
    [InlineData("warning", 0)]
    [InlineData("note", 1)]
    public async Task A_note_fails_only_where_notes_are_to(string failOn, int exitCode) =>
        Assert.Equal(exitCode, (await files.LintTextAsync("json", LintedFiles.Telemetry, "--fail-on", failOn)).ExitCode);

    [Fact]
    public async Task Nothing_to_lint_is_fine() =>
        Assert.Equal(new(0, "Nothing to lint: no EnvoyFilter or Telemetry that has to do with access logs.\n", ""), await files.LintTextAsync("table", Silent));

    [Fact]
    public async Task A_finding_stands_where_its_field_does_in_a_list_as_well()
    {
        var linted = await files.LintTextAsync(
            "json",
            """
            apiVersion: v1
            kind: List
            items:
            - {apiVersion: v1, kind: Service, metadata: {name: api}}
            - apiVersion: telemetry.istio.io/v1
              kind: Telemetry
              metadata: {name: accesslog}
              spec:
                accessLogging:
                - match: {mode: SERVER}
                  disabled: true
            """);

        Assert.Equal(("AL055", 11, 7), ((string)linted.Json[0]!["id"]!, (int)linted.Json[0]!["line"]!, (int)linted.Json[0]!["column"]!));
        Assert.Equal("default", (string?)linted.Json[0]!["namespace"]);
    }

    [Fact]
    public async Task Files_are_linted_beside_the_cluster_of_a_directory_and_take_its_objects_place()
    {
        files.Write("cluster/mesh.yaml", LintedFiles.Telemetry.Replace("namespace: shop", "namespace: istio-system", StringComparison.Ordinal).Replace("filter: {expression: \"response.code >= 400\"}", "providers: [{name: envoy}]", StringComparison.Ordinal));
        files.Write("cluster/old.yaml", LintedFiles.Faulty);
        var sound = LintedFiles.Faulty.Replace("            filter: {}\n", "", StringComparison.Ordinal).Replace("  workloadSelector: {labels: {}}\n", "", StringComparison.Ordinal);

        Assert.Equal("", (await files.LintTextAsync("json", sound)).Ids);
        Assert.Equal("AL052", (await files.LintTextAsync("json", sound, "--cluster", files["cluster"])).Ids);
    }

    [Fact]
    public async Task Without_files_the_whole_directory_is_linted()
    {
        files.Write("cluster/a.yaml", LintedFiles.Faulty);
        files.Write("cluster/b/c.yaml", LintedFiles.Telemetry);

        var linted = await files.RunAsync("--cluster", files["cluster"], "-o", "json");

        Assert.Equal("AL041 AL025 AL056", linted.Ids);
        Assert.Equal(["cluster/a.yaml", "cluster/b/c.yaml"], linted.Json.Select(finding => (string)finding!["file"]!).Distinct());
    }

    [Fact]
    public async Task The_root_namespace_and_the_namespace_of_objects_without_one_are_given()
    {
        var selected = LintedFiles.Telemetry.Replace("spec:", "spec:\n  selector: {matchLabels: {app: api}}", StringComparison.Ordinal).Replace(", namespace: shop", "", StringComparison.Ordinal);

        Assert.Equal("AL059 AL056", (await files.LintTextAsync("json", selected, "-n", "mesh", "--root-namespace", "mesh")).Ids);
        Assert.Equal("AL056", (await files.LintTextAsync("json", selected, "-n", "mesh")).Ids);
    }

    [Fact]
    public async Task What_cannot_be_read_is_said_with_its_place_and_nothing_is_linted()
    {
        var linted = await files.LintTextAsync("json", $"{LintedFiles.Faulty}---\nkind: Telemetry\n");

        Assert.Equal((2, ""), (linted.ExitCode, linted.Output));
        Assert.StartsWith("given.yaml:23:1: ", linted.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-f", "absent.yaml")]
    [InlineData("--cluster", "absent")]
    [InlineData("-f", "x", "-o", "yaml")]
    [InlineData("-f", "x", "--fail-on", "never")]
    [InlineData("--cluster", "x", "--kubeconfig", "y")]
    public async Task Wrong_usage_has_an_exit_code_of_its_own(params string[] arguments) =>
        Assert.Equal(2, (await files.RunAsync(arguments)).ExitCode);

    [Fact]
    public async Task Two_objects_of_one_name_in_a_directory_are_no_cluster()
    {
        files.Write("cluster/a.yaml", LintedFiles.Telemetry);
        files.Write("cluster/b.yaml", LintedFiles.Telemetry);

        Assert.Equal(
            "cluster/b.yaml:1:1: Telemetry shop/accesslog is at cluster/a.yaml:1, too: remove one of them.\n",
            (await files.RunAsync("--cluster", files["cluster"])).Error.Replace(files.Path + "/", "", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Where_no_cluster_can_be_found_and_no_file_is_given_that_is_said()
    {
        using StringWriter output = new(), error = new();
        var run = new LintRun(
            output, TerminalOutput.ConsoleOn(output), error, () => Stream.Null, (_, _, _) => Task.FromResult(ReviewedCluster.OfFilesAlone));

        Assert.Equal(2, await run.RunAsync(new LintRequest(), TestContext.Current.CancellationToken));
        Assert.Equal(
            "lint: No cluster is configured: no kubeconfig was found, and this is not a Pod with a service account. "
            + "Give files with -f, a directory with --cluster, or a kubeconfig with --kubeconfig.\n",
            error.ToString());
    }

    public void Dispose() => files.Dispose();
}
