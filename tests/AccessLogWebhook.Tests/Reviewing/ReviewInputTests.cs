using AccessLogWebhook.Reviewing;

namespace AccessLogWebhook.Tests.Reviewing;

public sealed class ReviewInputTests : IDisposable
{
    private readonly ReviewedFiles files = new();

    [Fact]
    public async Task Files_and_directories_are_read_in_the_order_given()
    {
        files.Write("dir/b.yml", Pod("b"));
        files.Write("dir/sub/a.json", """{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"}}""");
        files.Write("dir/ignored.txt", "no manifest");

        var reviewed = await files.ReviewAsync("json", "-f", files.Write("z.yaml", Pod("z")), files["dir"], "-f", files.Write("c.yaml", Pod("c")));

        Assert.Equal(["z", "b", "a", "c"], reviewed.Json.Select(element => (string?)element!["name"]));
        Assert.Equal(["z.yaml", "dir/b.yml", "dir/sub/a.json", "c.yaml"], reviewed.Json.Select(element => (string?)element!["source"]));
    }

    [Fact]
    public async Task The_standard_input_is_read_once()
    {
        var reviewed = await ReviewedFiles.ReviewInputAsync(ReviewFormat.Table, Pod("web"));
        Assert.Equal(["default Pod web - - - admitted NotRequested"], reviewed.Rows);

        Assert.Equal(
            new(2, "", "<stdin>: can be read only once: give -f - once.\n"),
            await ReviewedFiles.ReviewInputAsync(ReviewFormat.Table, Pod("web"), "-", "-"));
    }

    [Fact]
    public async Task All_that_cannot_be_read_is_said_and_nothing_printed()
    {
        var config = files.Write("config.yaml", "defaults: {inject: [json]}");
        var broken = files.Write("broken.yaml", "apiVersion: v1\nkind: [");
        var nameless = files.Write("nameless.yaml", "metadata: {}");
        Directory.CreateDirectory(files["empty"]);

        var reviewed = await files.RunAsync(
            "--cluster", files["missing"], "--config", config, "-f", broken, nameless, files["empty"], files["nowhere.yaml"], files.Write("good.yaml", Pod("web")));

        Assert.Equal("", reviewed.Output);
        Assert.Equal(2, reviewed.ExitCode);
        Assert.Equal(
            ["config.yaml", "missing", "broken.yaml", "nameless.yaml", "nameless.yaml", "empty", "nowhere.yaml"],
            reviewed.Error.TrimEnd().Split('\n').Select(line => line[..line.IndexOf(':', StringComparison.Ordinal)]));
        Assert.Contains("nameless.yaml:1:1: kind is missing", reviewed.Error, StringComparison.Ordinal);
        Assert.EndsWith("empty: holds no *.yaml, *.yml or *.json file.\nnowhere.yaml: does not exist.\n", reviewed.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_without_a_manifest_are_an_error() =>
        Assert.Equal(new(2, "", "given.yaml: holds no manifest.\n"), await files.ReviewTextAsync("yaml", "# nothing\n---\n"));

    [Theory]
    [InlineData("--cluster", "DIR", "--kubeconfig", "FILE")]
    [InlineData("-o", "xml")]
    [InlineData("--no-such-option")]
    public async Task Wrong_usage_is_said(params string[] arguments)
    {
        var reviewed = await files.RunAsync(["-f", "-", .. arguments]);

        Assert.Equal(2, reviewed.ExitCode);
        Assert.NotEqual("", reviewed.Error);
    }

    [Fact]
    public async Task Something_to_review_must_be_given() => Assert.Equal(2, (await files.RunAsync("-o", "json")).ExitCode);

    [Fact]
    public async Task A_kubeconfig_that_cannot_be_used_is_an_error_not_no_cluster()
    {
        var reviewed = await files.RunAsync("-f", files.Write("given.yaml", Pod("web")), "--kubeconfig", files["nowhere"]);

        Assert.Equal(2, reviewed.ExitCode);
        Assert.StartsWith("nowhere: The kubeconfig nowhere cannot be used: ", reviewed.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Objects_without_a_namespace_are_in_the_one_given() =>
        Assert.Equal(
            ["bank Pod web enforce json Missing refused NoProfileLabel", "shop Pod api inject json Logged changed Injected"],
            (await files.ReviewTextAsync("table", $"{Pod("web")}\n---\n{{apiVersion: v1, kind: Pod, metadata: {{namespace: shop, name: api}}}}", "-n", "bank")).Rows);

    [Fact]
    public async Task The_manifests_given_are_put_over_the_cluster() =>
        Assert.Equal(
            [
                "- Namespace shop - - - admitted NamespaceLabelsValid",
                "- Namespace new - - - admitted NamespaceLabelsValid",
                "shop Pod web - - - admitted NotRequested",
                "new Pod web inject team Logged changed Injected",
            ],
            (await files.ReviewTextAsync(
                "table",
                $$$$"""
                {apiVersion: v1, kind: Namespace, metadata: {name: shop, labels: {istio-injection: enabled}}}
                ---
                {apiVersion: v1, kind: Namespace, metadata: {name: new, labels: {istio-injection: enabled, accesslog.mesh/inject: team}}}
                ---
                {apiVersion: accesslog.mesh/v1alpha1, kind: AccessLogProfile, metadata: {name: team}, spec: {envoyFilterRef: {namespace: istio-system, name: team}}}
                ---
                {apiVersion: networking.istio.io/v1alpha3, kind: EnvoyFilter, metadata: {name: team}, spec: {workloadSelector: {labels: {team: a}}, {{{{ReviewedFiles.Logging}}}}}}
                ---
                {apiVersion: v1, kind: Pod, metadata: {namespace: shop, name: web}}
                ---
                {apiVersion: v1, kind: Pod, metadata: {namespace: new, name: web}}
                """,
                "-n",
                "istio-system")).Rows);

    [Fact]
    public async Task The_configuration_file_and_the_user_count()
    {
        var config = files.Write("config.yaml", "apiVersion: accesslog.mesh/v1alpha1\nkind: AccessLogConfiguration\nexemptions: {usernames: [admin]}\ndefaults: {enforce: json}\n");

        Assert.Equal(
            ["default Pod web enforce json Missing refused NoProfileLabel"], (await files.ReviewTextAsync("table", Pod("web"), "--config", config)).Rows);
        Assert.Equal(
            ["default Pod web enforce json Exempt admitted ExemptUser"],
            (await files.ReviewTextAsync("table", Pod("web"), "--config", config, "--username", "admin")).Rows);
    }

    public void Dispose() => files.Dispose();

    private static string Pod(string name) => $"{{apiVersion: v1, kind: Pod, metadata: {{name: {name}}}}}";
}
