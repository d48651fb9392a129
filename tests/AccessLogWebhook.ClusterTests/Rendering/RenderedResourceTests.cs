using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using AccessLogWebhook.ClusterTests.Support;
using AccessLogWebhook.Manifests;
using AccessLogWebhook.Policy.Rendering;

namespace AccessLogWebhook.ClusterTests.Rendering;

/// <summary>
/// What profiles render to (<c>tests/Renderings</c>), on a real API server under strict field validation. Under Istio's own definitions
/// ($ACCESSLOG_CRDS) that is their schema and their CEL rules.
/// </summary>
public sealed class RenderedResourceTests(ControlPlaneFixture fixture) : ClusterTest(fixture)
{
    private static readonly string Root = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(ThisFile())!, "../../Renderings"));

    public static IEnumerable<TheoryDataRow<string>> Cases() =>
        Directory.EnumerateDirectories(Root).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal).Select(name => new TheoryDataRow<string>(name));

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task It_is_accepted_without_a_warning_and_kept_as_it_is(string name)
    {
        var resources = Resources(name);
        Assert.NotEmpty(resources);
        foreach (var resource in resources)
        {
            var (path, resourceName) = await CollectionAsync(resource);

            var created = await Admin.PostAsync(path, resource.ToJsonString());

            var kept = created.Successful();
            Assert.Empty(created.Warnings);
            Assert.Equal(SpecFingerprint.Of(resource["spec"]!), SpecFingerprint.Of(kept["spec"]!));
            (await Admin.DeleteAsync($"{path}/{resourceName}")).Successful();
        }
    }

    [Fact]
    public async Task A_profile_of_the_API_server_is_read_back_as_it_was_rendered_from()
    {
        foreach (var name in Cases().Select(row => row.Data))
        {
            var manifest = Read(Path.Combine(Root, name, "profile.yaml"));

            var kept = (await Admin.PostAsync(ApiPaths.Profiles(), JsonSerializer.Serialize(JsonNode.Parse(manifest.Json.Span)), dryRun: true)).Successful();

            Assert.Equal(ProfileRenderer.Render(ProfileOf(manifest.Name, manifest.Json)).Revision, ProfileRenderer.Render(ProfileOf(manifest.Name, JsonSerializer.SerializeToUtf8Bytes(kept))).Revision);
        }
    }

    [Theory]
    [InlineData("applyTo", "\"NETWORK_FILTERS\"")]
    [InlineData("aplyTo", "\"NETWORK_FILTER\"")]
    [InlineData("match", "{\"context\":\"SIDECAR\"}")]
    public async Task A_wrong_one_is_refused_by_the_real_definitions(string field, string value)
    {
        Assert.SkipWhen(TestEnvironment.CrdDirectory is null, "needs Istio's own definitions, in $ACCESSLOG_CRDS");
        var resource = Resources("proxies-gateway").Single();
        resource["spec"]!["configPatches"]![0]![field] = JsonNode.Parse(value);
        var (path, _) = await CollectionAsync(resource);

        var response = await Admin.PostAsync(path, resource.ToJsonString(), dryRun: true);

        Assert.Contains(response.Status, new[] { HttpStatusCode.UnprocessableEntity, HttpStatusCode.BadRequest });
    }

    private async Task<(string Collection, string Name)> CollectionAsync(JsonObject resource)
    {
        var (@namespace, name) = ((string)resource["metadata"]!["namespace"]!, (string)resource["metadata"]!["name"]!);
        var created = await Admin.PostAsync(ApiPaths.Namespaces(), $$$"""{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"{{{@namespace}}}"}}""");
        Assert.True(created.IsSuccess || created.Status == HttpStatusCode.Conflict, created.Message);
        return ((string?)resource["kind"] == "EnvoyFilter" ? ApiPaths.EnvoyFilters(@namespace) : ApiPaths.Telemetries(@namespace), name);
    }

    /// <summary>The documents of the expectation that are objects; the last may be a part of the mesh configuration.</summary>
    private static List<JsonObject> Resources(string name)
    {
        var documents = File.ReadAllText(Path.Combine(Root, name, "expected.yaml")).Split("---\n").Where(document => document.StartsWith("apiVersion:", StringComparison.Ordinal));
        return [.. documents.Select(document => JsonNode.Parse(ManifestReader.Read(name, System.Text.Encoding.UTF8.GetBytes(document)).Manifests.Single().Json.Span)!.AsObject())];
    }

    private static Manifest Read(string path) => Assert.Single(ManifestReader.ReadFile(path).Manifests);

    private static Policy.Profiles.AccessLogProfile ProfileOf(string name, ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json);
        var profile = Policy.Profiles.AccessLogProfileReader.Read(name, document.RootElement);
        Assert.Empty(profile.Errors);
        return profile;
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
