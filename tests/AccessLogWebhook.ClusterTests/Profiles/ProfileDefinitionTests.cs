using System.Text.Json.Nodes;
using AccessLogWebhook.ClusterTests.Support;

namespace AccessLogWebhook.ClusterTests.Profiles;

/// <summary>The custom resource definition itself, as a real API server takes it.</summary>
public sealed class ProfileDefinitionTests(ControlPlaneFixture fixture) : ClusterTest(fixture)
{
    private const string Name = "accesslogprofiles.accesslog.mesh";

    [Fact]
    public async Task The_definition_is_established_and_its_schema_structural()
    {
        var definition = (await Admin.GetAsync($"{ApiPaths.CustomResourceDefinitions}/{Name}")).Successful();

        var conditions = definition["status"]!["conditions"]!.AsArray()
            .ToDictionary(condition => (string)condition!["type"]!, condition => (string)condition!["status"]!);
        Assert.Equal("True", conditions["NamesAccepted"]);
        Assert.Equal("True", conditions["Established"]);
        Assert.DoesNotContain("NonStructuralSchema", conditions.Keys);
    }

    [Fact]
    public async Task The_definition_is_accepted_without_a_warning()
    {
        var manifest = await File.ReadAllTextAsync(
            Path.Combine(AppContext.BaseDirectory, "Chart", "crds", "accesslogprofiles.yaml"), TestContext.Current.CancellationToken);

        var response = await Admin.PatchAsync(
            $"{ApiPaths.CustomResourceDefinitions}/{Name}?fieldManager=test&force=true", manifest, dryRun: true, "application/apply-patch+yaml");

        response.Successful();
        Assert.Empty(response.Warnings);
    }

    [Fact]
    public async Task Every_field_is_described()
    {
        var definition = (await Admin.GetAsync($"{ApiPaths.CustomResourceDefinitions}/{Name}")).Successful();
        var schema = definition["spec"]!["versions"]![0]!["schema"]!["openAPIV3Schema"]!.AsObject();

        Assert.Empty(Undescribed("", schema).Except([".metadata"]));
    }

    [Fact]
    public async Task Kubectl_shows_backend_revision_and_counts()
    {
        var name = ControlPlane.UniqueName("columns");
        (await Admin.PostAsync(ApiPaths.Profiles(), ProfileManifest.With(name, "{selectable: true}"))).Successful();
        (await Admin.PatchAsync(
            ApiPaths.Profiles(name) + "/status",
            """{"status": {"revision": "8f2c1a", "workloads": {"logged": 12, "missing": 3}}}""")).Successful();

        var narrow = (await Plane.KubectlAsync(["get", "alp", name])).Successful().Split('\n');
        var wide = (await Plane.KubectlAsync(["get", "alp", name, "-o", "wide"])).Successful().Split('\n');

        Assert.Equal(["NAME", "BACKEND", "REVISION", "LOGGED", "MISSING", "AGE"], Words(narrow[0]));
        Assert.Equal([name, "EnvoyFilter", "8f2c1a", "12", "3"], Words(narrow[1])[..5]);
        Assert.Equal(["NAME", "BACKEND", "REVISION", "LOGGED", "MISSING", "SELECTABLE", "AGE"], Words(wide[0]));
        Assert.Equal([name, "EnvoyFilter", "8f2c1a", "12", "3", "true"], Words(wide[1])[..6]);
    }

    [Fact]
    public async Task Kubectl_lists_profiles_by_the_category()
    {
        var name = ControlPlane.UniqueName("category");
        (await Admin.PostAsync(ApiPaths.Profiles(), ProfileManifest.With(name, "{}"))).Successful();

        // The API server tells of a new kind's category a little later than it serves the kind.
        var listed = await Eventually.ValueAsync("kubectl knows the category", async () =>
            await Plane.KubectlAsync(["get", "accesslog", "-o", "name"]) is { ExitCode: 0 } answer ? answer.Output : null);

        Assert.Contains($"accesslogprofile.accesslog.mesh/{name}", listed.Split('\n'));
    }

    [Fact]
    public async Task The_status_is_written_by_its_own_path_only()
    {
        var name = ControlPlane.UniqueName("status");
        var manifest = ProfileManifest.With(name, "{}") + "\nstatus: {revision: forged}";

        var created = (await Admin.PostAsync(ApiPaths.Profiles(), manifest)).Successful();

        Assert.Null(created["status"]);
    }

    [Theory]
    [InlineData("json")]
    [InlineData("json-errors")]
    [InlineData("text")]
    public async Task A_profile_of_the_chart_is_accepted_as_it_stands(string name)
    {
        var manifest = await File.ReadAllTextAsync(
            Path.Combine(AppContext.BaseDirectory, "Chart", "profiles", $"{name}.yaml"), TestContext.Current.CancellationToken);

        var response = await Admin.PostAsync(ApiPaths.Profiles(), manifest, dryRun: true);

        Assert.Equal(name, (string?)response.Successful()["metadata"]!["name"]);
        Assert.Empty(response.Warnings);
    }

    private static IEnumerable<string> Undescribed(string path, JsonObject schema)
    {
        if (schema["description"] is null)
        {
            yield return path;
        }

        var children = (schema["properties"]?.AsObject() ?? []).Select(property => ($"{path}.{property.Key}", property.Value!))
            .Concat(schema["items"] is { } items ? [($"{path}[]", items)] : [])
            .Concat(schema["additionalProperties"] is JsonObject values ? [($"{path}{{}}", values)] : []);
        foreach (var fault in children.SelectMany(child => Undescribed(child.Item1, child.Item2.AsObject())))
        {
            yield return fault;
        }
    }

    private static string[] Words(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
