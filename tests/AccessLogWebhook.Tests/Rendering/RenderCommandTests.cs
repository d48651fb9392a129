using System.CommandLine;
using System.Text;
using System.Text.Json.Nodes;
using AccessLogWebhook.Cli;
using AccessLogWebhook.Manifests;
using AccessLogWebhook.Tests.Support;

namespace AccessLogWebhook.Tests.Rendering;

/// <summary><c>accesslog render</c>, as the program runs it. What a profile renders to is in the golden files.</summary>
public sealed class RenderCommandTests : IDisposable
{
    private const string Warning =
        "its member path: %REQ(X-ENVOY-ORIGINAL-PATH?:PATH)% logs the query string, which often holds personal data and tokens: write %REQ_WITHOUT_QUERY(X-ENVOY-ORIGINAL-PATH?:PATH)%.\n";

    private readonly TemporaryDirectory directory = new();

    [Fact]
    public async Task A_built_in_profile_needs_neither_files_nor_a_cluster()
    {
        var rendered = await RenderAsync("json", "--cluster", Cluster());

        Assert.Equal(RenderingCase.Yaml(Policy.Rendering.ProfileRenderer.Render(new("json"))).Split("---\n")[0], rendered.Output);
        Assert.Equal($"profile json: warning: spec.format.json.preset: {Warning}", rendered.Error);
        Assert.Equal(ExitCodes.Fine, rendered.ExitCode);
    }

    [Fact]
    public async Task Each_named_profile_is_rendered_once_in_the_order_of_naming()
    {
        var rendered = await RenderAsync("quiet", "errors", "quiet", "-f", Profiles());

        Assert.Equal(["accesslog-quiet", "accesslog-errors"], rendered.Documents.Select(document => document["metadata"]!["name"]!.GetValue<string>()[..^11]));
        Assert.Equal("", rendered.Error);
    }

    [Fact]
    public async Task All_are_those_of_the_files_and_the_built_in_ones()
    {
        var rendered = await RenderAsync("--all", "-f", Profiles());

        Assert.Equal(["errors", "json", "json-errors", "quiet", "text"], rendered.Documents.Select(document => document["metadata"]!["labels"]!["accesslog.mesh/profile"]!.GetValue<string>()));
        Assert.Equal(ExitCodes.Fine, rendered.ExitCode);
    }

    [Fact]
    public async Task A_directory_may_be_the_cluster_and_a_file_comes_before_it()
    {
        var cluster = Cluster("apiVersion: accesslog.mesh/v1alpha1\nkind: AccessLogProfile\nmetadata: {name: quiet}\nspec: {backend: Telemetry}\n");

        var fromCluster = await RenderAsync("quiet", "--cluster", cluster, "-n", "shop");
        var fromFile = await RenderAsync("quiet", "--cluster", cluster, "-f", Profiles());

        Assert.Equal("Telemetry", Assert.Single(fromCluster.Documents)["kind"]!.GetValue<string>());
        Assert.Equal("EnvoyFilter", Assert.Single(fromFile.Documents)["kind"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_live_cluster_is_asked_for_its_profiles_and_nothing_else()
    {
        await using var server = await FakeApiServer.StartAsync();
        var profiles = server.Collection("apis/accesslog.mesh/v1alpha1/accesslogprofiles");

        var rendering = RenderAsync("quiet", "--kubeconfig", Kubeconfig(server.Address));
        await (await profiles.NextAsync()).ListAsync("10", """{"metadata":{"name":"quiet"},"spec":{"proxies":["gateway"],"format":{"json":{"fields":{"a":"%DURATION%"}}}}}""");
        var rendered = await rendering.WaitAsync(TestTime.Patience, TestContext.Current.CancellationToken);

        Assert.Equal("quiet", Assert.Single(rendered.Documents)["metadata"]!["labels"]!["accesslog.mesh/profile"]!.GetValue<string>());
        Assert.Equal("", rendered.Error);
    }

    [Fact]
    public async Task The_root_namespace_is_given_or_configured()
    {
        var configuration = directory.Write("config.yaml", "mesh: {rootNamespace: mesh-root}\n");

        Assert.Equal(["istio-system"], await NamespacesAsync());
        Assert.Equal(["istio-config"], await NamespacesAsync("--root-namespace", "istio-config"));
        Assert.Equal(["mesh-root"], await NamespacesAsync("--config", configuration));

        async Task<IEnumerable<string>> NamespacesAsync(params string[] arguments) =>
            (await RenderAsync(["quiet", "-f", Profiles(), .. arguments])).Documents.Select(document => document["metadata"]!["namespace"]!.GetValue<string>());
    }

    [Fact]
    public async Task Telemetries_and_waypoints_have_one_resource_each()
    {
        var files = FileOf("t", "{backend: Telemetry, format: {json: {fields: {a: '%DURATION%'}}}}");

        var rendered = await RenderAsync("t", "-f", files, "--namespace", "shop", "bank", "shop", "--waypoint", "shop/way", "bank/way");

        Assert.Equal(["shop", "bank", "shop", "bank"], rendered.Documents.Select(document => document["metadata"]!["namespace"]!.GetValue<string>()));
        Assert.Equal(2, rendered.Documents.Count(document => document["spec"]!["targetRefs"] is not null));
        Assert.Matches("^profile t: its Telemetry logs only where the mesh configuration has the provider accesslog-[0-9a-f]{10}: --mesh-config prints it.\n$", rendered.Error);
    }

    [Fact]
    public async Task What_cannot_be_rendered_without_a_namespace_is_said_and_the_rest_is_rendered()
    {
        const string note = "a Telemetry reaches the Pods of its own namespace only: name each namespace that has such Pods by --namespace.\n";

        var silenced = await RenderAsync("s", "-f", FileOf("s", "{silencedProviders: [envoy], format: {json: {fields: {a: '%DURATION%'}}}}"));
        var telemetry = await RenderAsync("t", "-f", FileOf("t", "{backend: Telemetry, output: {provider: mine}}"));

        Assert.Equal((ExitCodes.Fine, $"profile s: {note}"), (silenced.ExitCode, silenced.Error));
        Assert.Equal("EnvoyFilter", Assert.Single(silenced.Documents)["kind"]!.GetValue<string>());
        Assert.Equal((ExitCodes.Usage, $"profile t: {note}", ""), (telemetry.ExitCode, telemetry.Error, telemetry.Output));
    }

    [Fact]
    public async Task A_profile_for_waypoints_needs_one_and_another_has_nothing_for_it()
    {
        var waypoints = FileOf("w", "{proxies: [waypoint], format: {json: {fields: {a: '%DURATION%'}}}}");

        var without = await RenderAsync("w", "-f", waypoints);
        var other = await RenderAsync("quiet", "-f", Profiles(), "--waypoint", "shop/way");

        Assert.Equal((ExitCodes.Usage, "profile w: it logs on waypoints only: name each by --waypoint NAMESPACE/NAME.\n", ""), (without.ExitCode, without.Error, without.Output));
        Assert.Single((await RenderAsync("w", "-f", waypoints, "--waypoint", "shop/way")).Documents);
        Assert.Equal("profile quiet: it does not log on waypoints, so nothing is rendered for them.\n", other.Error);
        Assert.Single(other.Documents);
    }

    [Fact]
    public async Task The_mesh_configuration_has_each_provider_once()
    {
        var files = directory.Write(
            "providers.yaml",
            """
            {apiVersion: accesslog.mesh/v1alpha1, kind: AccessLogProfile, metadata: {name: a}, spec: {backend: Telemetry, format: {text: {line: "%DURATION%"}}}}
            ---
            {apiVersion: accesslog.mesh/v1alpha1, kind: AccessLogProfile, metadata: {name: b}, spec: {backend: Telemetry, format: {text: {line: "%DURATION%"}}, filter: {minStatus: 400}}}
            """);

        var rendered = await RenderAsync("a", "b", "-f", files, "--mesh-config");
        var json = await RenderAsync("a", "b", "-f", files, "--mesh-config", "-o", "json");
        var none = await RenderAsync("quiet", "-f", Profiles(), "--mesh-config");

        Assert.Matches("^extensionProviders:\n- name: accesslog-[0-9a-f]{10}\n  envoyFileAccessLog:\n    path: /dev/stdout\n    logFormat:\n      text: \"%DURATION%\"\n$", rendered.Output);
        Assert.Single(JsonNode.Parse(json.Output)!["extensionProviders"]!.AsArray());
        Assert.Equal(new Rendered(ExitCodes.Fine, "extensionProviders: []\n", "No profile here needs anything of the mesh configuration.\n"), none);
    }

    [Fact]
    public async Task JSON_is_one_list()
    {
        var rendered = await RenderAsync("quiet", "errors", "-f", Profiles(), "-o", "json");

        var list = JsonNode.Parse(rendered.Output)!;
        Assert.Equal(("v1", "List", 2), (list["apiVersion"]!.GetValue<string>(), list["kind"]!.GetValue<string>(), list["items"]!.AsArray().Count));
    }

    [Fact]
    public async Task A_reference_of_the_teams_own_renders_nothing_and_says_so() => Assert.Equal(
        new Rendered(ExitCodes.Fine, "", "r.yaml:1: profile r: names the EnvoyFilter istio-system/mine and renders nothing.\n"),
        await RenderAsync("r", "-f", FileOf("r", "{envoyFilterRef: {namespace: istio-system, name: mine}}")));

    [Fact]
    public async Task An_unknown_profile_is_an_error_with_what_there_is()
    {
        Assert.Equal(
            new Rendered(ExitCodes.Usage, "", "There is no profile quie: did you mean quiet?\nThere is no profile zzzzzz: there are errors, json, json-errors, quiet, text.\n"),
            await RenderAsync("quie", "zzzzzz", "-f", Profiles()));
    }

    [Fact]
    public async Task Every_error_of_every_profile_is_said_with_its_place_and_nothing_is_printed()
    {
        var files = directory.Write(
            "bad.yaml",
            """
            {apiVersion: accesslog.mesh/v1alpha1, kind: AccessLogProfile, metadata: {name: a}, spec: {proxies: [ztunnel], filter: {minStatus: 1}}}
            ---
            {apiVersion: accesslog.mesh/v1alpha1, kind: AccessLogProfile, metadata: {name: b}, spec: {output: {}}}
            """);

        Assert.Equal(
            new Rendered(
                ExitCodes.Finding,
                "",
                """
                bad.yaml:1: profile a: spec.proxies[0]: must be sidecarInbound, sidecarOutbound, gateway or waypoint.
                bad.yaml:1: profile a: spec.filter.minStatus: must be a whole number from 100 to 599.
                bad.yaml:3: profile b: spec.output: exactly one of path, openTelemetry, grpc and provider must be set.

                """),
            await RenderAsync("--all", "-f", files));
    }

    [Theory]
    [InlineData("Name the profiles to render, or give --all.")]
    [InlineData("Name the profiles to render, or give --all.", "json", "--all")]
    [InlineData("Give --config or --root-namespace, not both: the configuration has the root namespace.", "json", "--config", "a", "--root-namespace", "b")]
    [InlineData("A is no namespace's name: at most 63 lower-case letters, digits or '-', beginning and ending with a letter or digit.", "json", "--namespace", "A")]
    [InlineData("A is no namespace's name: at most 63 lower-case letters, digits or '-', beginning and ending with a letter or digit.", "json", "--root-namespace", "A")]
    [InlineData("way is no waypoint: write NAMESPACE/NAME.", "json", "--waypoint", "way")]
    [InlineData("a/b/c is no waypoint: write NAMESPACE/NAME.", "json", "--waypoint", "a/b/c")]
    public async Task Wrong_usage_says_what_to_write(string message, params string[] arguments)
    {
        var rendered = await RenderAsync(arguments);

        Assert.StartsWith($"{message}\n", rendered.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Usage, rendered.ExitCode);
    }

    [Fact]
    public async Task What_cannot_be_read_is_an_error_with_its_place()
    {
        var broken = directory.Write("broken.yaml", "a: [\n");
        var twice = directory.Write("twice.yaml", "{apiVersion: accesslog.mesh/v1alpha1, kind: AccessLogProfile, metadata: {name: quiet}, spec: {}}");

        var unreadable = await RenderAsync("json", "-f", broken);
        var doubled = await RenderAsync("quiet", "-f", Profiles(), twice);

        Assert.StartsWith("broken.yaml:", unreadable.Error, StringComparison.Ordinal);
        Assert.Contains("AccessLogProfile quiet is at", doubled.Error, StringComparison.Ordinal);
        Assert.Equal((ExitCodes.Usage, ExitCodes.Usage), (unreadable.ExitCode, doubled.ExitCode));
    }

    public void Dispose() => directory.Dispose();

    /// <summary>Two profiles without a warning, with something else between them.</summary>
    private string Profiles() => directory.Write(
        "profiles.yaml",
        """
        {apiVersion: accesslog.mesh/v1alpha1, kind: AccessLogProfile, metadata: {name: quiet}, spec: {proxies: [gateway], format: {json: {fields: {a: "%DURATION%"}}}}}
        ---
        {apiVersion: v1, kind: Namespace, metadata: {name: shop}}
        ---
        {apiVersion: accesslog.mesh/v1alpha1, kind: AccessLogProfile, metadata: {name: errors}, spec: {filter: {minStatus: 400}, format: {json: {fields: {a: "%DURATION%"}}}}}
        """);

    private string FileOf(string name, string spec) =>
        directory.Write($"{name}.yaml", $"{{apiVersion: accesslog.mesh/v1alpha1, kind: AccessLogProfile, metadata: {{name: {name}}}, spec: {spec}}}\n");

    private string Cluster(string manifests = "{apiVersion: v1, kind: Namespace, metadata: {name: shop}}\n")
    {
        directory.Write("cluster/cluster.yaml", manifests);
        return directory["cluster"];
    }

    private string Kubeconfig(Uri address) => directory.Write("kubeconfig", Kubeconfigs.For(address));

    private async Task<Rendered> RenderAsync(params string[] arguments)
    {
        using StringWriter output = new(), error = new();
        var parsed = new RootCommand { RenderCommand.Create() }.Parse(["render", .. arguments]);
        var exitCode = await parsed.InvokeAsync(new InvocationConfiguration { Output = output, Error = error });
        return new Rendered(
            parsed.Errors.Count > 0 ? ExitCodes.Usage : exitCode,
            output.ToString(),
            error.ToString().Replace($"{directory.Path}{Path.DirectorySeparatorChar}", "", StringComparison.Ordinal));
    }

    private sealed record Rendered(int ExitCode, string Output, string Error)
    {
        public IEnumerable<JsonNode> Documents => ManifestReader.Read("output", Encoding.UTF8.GetBytes(Output)).Manifests
            .Select(manifest => JsonNode.Parse(manifest.Json.Span)!);
    }
}
