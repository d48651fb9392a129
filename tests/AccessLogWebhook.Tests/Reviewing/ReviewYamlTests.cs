using System.Text;
using System.Text.Json.Nodes;
using AccessLogWebhook.Manifests;
using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Policy.Patching;

namespace AccessLogWebhook.Tests.Reviewing;

/// <summary>What comes out as YAML is what went in, but for the change.</summary>
public sealed class ReviewYamlTests : IDisposable
{
    private readonly ReviewedFiles files = new();

    [Fact]
    public async Task Lists_are_lists_again_and_each_stays_by_itself()
    {
        const string Text =
            """
            apiVersion: v1
            kind: PodList
            items:
            - metadata:
                namespace: bank
                name: one
            - metadata:
                namespace: bank
                name: two
            ---
            apiVersion: v1
            kind: List
            items:
            - apiVersion: v1
              kind: Service
              metadata:
                name: three
            ---
            apiVersion: v1
            kind: Service
            metadata:
              name: four

            """;

        var reviewed = await files.ReviewTextAsync("yaml", Text);

        // Items of a typed list leave out what the list says; spelled out, they are the same.
        Assert.Equal(Text.Replace("- metadata:", "- apiVersion: v1\n  kind: Pod\n  metadata:", StringComparison.Ordinal), reviewed.Output);
        Assert.Equal(1, reviewed.ExitCode);
    }

    [Fact]
    public async Task An_item_of_a_list_is_changed_in_its_place()
    {
        var reviewed = await files.ReviewTextAsync(
            "yaml",
            """
            apiVersion: v1
            kind: List
            items:
            - {apiVersion: v1, kind: Service, metadata: {name: api}}
            - {apiVersion: v1, kind: Pod, metadata: {namespace: shop, name: web}}
            """);

        Assert.Equal(
            """
            apiVersion: v1
            kind: List
            items:
            - apiVersion: v1
              kind: Service
              metadata:
                name: api
            - apiVersion: v1
              kind: Pod
              metadata:
                namespace: shop
                name: web
                labels:
                  accesslog.mesh/profile: json
                  accesslog.mesh/revision: 0c4d
                annotations:
                  accesslog.mesh/envoyfilter: istio-system/accesslog-json-0c4d

            """,
            reviewed.Output);
        Assert.Equal(0, reviewed.ExitCode);
    }

    [Fact]
    public async Task Values_are_never_lost()
    {
        var digits = new string('3', 100);
        var given =
            $$$"""
            {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"namespace":"shop","name":"api","labels":{"on":"yes","n":"1.0","empty":""}},
             "unknown":{"~/":[1.0,1e3,-0,{{{digits}}},1.5E-300,true,null,{},[],"1","null","# no comment"," - ","a: b","\u0007\u2028é😀"]},
             "spec":{"replicas":1.0,"template":{"metadata":{"labels":{"app":"api"}},"spec":{"containers":[{"args":["multi\nline\n","\ttab"],"resources":{"limits":{"cpu":0.50} } }] } } } }
            """;
        var original = Assert.Single(ManifestReader.Read("given", Encoding.UTF8.GetBytes(given)).Manifests);

        var reviewed = await files.ReviewTextAsync("yaml", given);

        var expected = JsonPatchApplier.Apply(original.Json,
        [
            JsonPatchOperation.Add("/spec/template/metadata/labels/accesslog.mesh~1profile", "json"),
            JsonPatchOperation.Add("/spec/template/metadata/labels/accesslog.mesh~1revision", "0c4d"),
            JsonPatchOperation.Add("/spec/template/metadata/annotations", LabelSet.Of(("accesslog.mesh/envoyfilter", "istio-system/accesslog-json-0c4d"))),
        ]);
        var actual = Assert.Single(ManifestReader.Read("output", Encoding.UTF8.GetBytes(reviewed.Output)).Manifests);
        Assert.Equal(Encoding.UTF8.GetString(expected.Span), Encoding.UTF8.GetString(actual.Json.Span));
    }

    [Fact]
    public async Task What_was_changed_is_fine_when_it_is_reviewed_again()
    {
        var once = await files.ReviewTextAsync(
            "yaml",
            """
            {apiVersion: apps/v1, kind: Deployment, metadata: {namespace: shop, name: api}, spec: {template: {metadata: {labels: {app: api}}}}}
            ---
            {apiVersion: batch/v1, kind: CronJob, metadata: {namespace: shop, name: tick}, spec: {jobTemplate: {spec: {template: {}}}}}
            ---
            {apiVersion: gateway.networking.k8s.io/v1, kind: Gateway, metadata: {namespace: shop, name: north}, spec: {gatewayClassName: istio, infrastructure: {labels: {a: b}}}}
            """);
        var twice = await files.ReviewTextAsync("yaml", once.Output);

        Assert.Equal(once, twice);
        Assert.All(
            (await files.ReviewTextAsync("json", once.Output)).Json, element => Assert.Equal("Conforms", (string?)element!["reason"]));
    }

    [Fact]
    public async Task The_patch_of_the_JSON_output_makes_the_YAML_output()
    {
        const string Given = "{apiVersion: batch/v1, kind: CronJob, metadata: {namespace: shop, name: tick}, spec: {jobTemplate: {spec: {template: {metadata: {annotations: null}}}}}}";
        var original = ManifestReader.Read("given", Encoding.UTF8.GetBytes(Given)).Manifests.Single();
        var patch = (await files.ReviewTextAsync("json", Given)).Json.Single()!["patch"]!;
        var document = System.Text.Json.JsonSerializer.Deserialize<Microsoft.AspNetCore.JsonPatch.SystemTextJson.JsonPatchDocument<JsonObject>>(patch)!;
        var expected = JsonNode.Parse(original.Json.Span)!.AsObject();
        document.ApplyTo(expected);

        var actual = ManifestReader.Read("output", Encoding.UTF8.GetBytes((await files.ReviewTextAsync("yaml", Given)).Output)).Manifests.Single();
        Assert.True(JsonNode.DeepEquals(expected, JsonNode.Parse(actual.Json.Span)));
    }

    public void Dispose() => files.Dispose();
}
