using System.Net;
using AccessLogWebhook.ClusterTests.Support;

namespace AccessLogWebhook.ClusterTests.Admission;

/// <summary>Profiles, EnvoyFilters and Telemetries under review by the API server, with Istio's definitions where they are given.</summary>
public sealed class DefinitionTests(ControlPlaneFixture fixture, ServedWebhook webhook) : ClusterTest(fixture), IClassFixture<ServedWebhook>
{
    private const string HttpPatch = """
        {"applyTo":"NETWORK_FILTER","match":{"context":"SIDECAR_INBOUND","listener":{"filterChain":{"filter":{"name":"envoy.filters.network.http_connection_manager"}}}},
         "patch":{"operation":"MERGE","value":{"typed_config":{"@type":"type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
         "access_log":[{"name":"envoy.access_loggers.file","typed_config":{"@type":"type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog",
         "path":"/dev/stdout","log_format":{"json_format":{"code":"FORMAT"}}}}]}}}}
        """;

    [Fact]
    public async Task A_profile_with_a_bad_format_is_refused_with_the_field_and_what_was_meant()
    {
        var refused = await CreateProfileAsync("""{"format":{"json":{"fields":{"code":"%RESPONS_CODE%"}}}}""");

        Assert.Equal(HttpStatusCode.Forbidden, refused.Status);
        Assert.Contains("spec.format.json.fields.code", refused.Message, StringComparison.Ordinal);
        Assert.Contains("did you mean RESPONSE_CODE?", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sound_profile_is_stored_with_a_warning_of_the_secret_that_it_logs()
    {
        var stored = await CreateProfileAsync("""{"format":{"json":{"fields":{"who":"%REQ(AUTHORIZATION)%"}}}}""");

        stored.Successful();
        Assert.Contains(stored.Warnings, warning => warning.Contains("AUTHORIZATION", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_EnvoyFilter_that_a_proxy_would_reject_is_refused_and_one_that_it_takes_is_not()
    {
        var space = await (await webhook.StartedAsync(Plane)).CreateNamespaceAsync();

        var refused = await Admin.PostAsync(ApiPaths.EnvoyFilters(space), Filter("bad", "%NO_SUCH%"));
        var stored = await Admin.PostAsync(ApiPaths.EnvoyFilters(space), Filter("good", "%RESPONSE_CODE%"));

        Assert.Equal(HttpStatusCode.Forbidden, refused.Status);
        Assert.Contains("AL035 spec.configPatches[0].patch.value.typed_config.access_log[0].typed_config.log_format.json_format.code", refused.Message, StringComparison.Ordinal);
        stored.Successful();
    }

    [Fact]
    public async Task Others_EnvoyFilters_pass_without_a_word()
    {
        var space = await (await webhook.StartedAsync(Plane)).CreateNamespaceAsync();

        var stored = await Admin.PostAsync(
            ApiPaths.EnvoyFilters(space),
            """
            {"apiVersion":"networking.istio.io/v1alpha3","kind":"EnvoyFilter","metadata":{"name":"lua"},"spec":{"configPatches":[
             {"applyTo":"CLUSTER","match":{"context":"SIDECAR_OUTBOUND"},"patch":{"operation":"MERGE","value":{"connect_timeout":"1s"}}}]}}
            """);

        stored.Successful();
        Assert.Empty(stored.Warnings);
    }

    [Fact]
    public async Task A_Telemetry_that_does_nothing_is_stored_with_a_warning()
    {
        var space = await (await webhook.StartedAsync(Plane)).CreateNamespaceAsync();

        var stored = await Admin.PostAsync(
            $"/apis/telemetry.istio.io/v1/namespaces/{space}/telemetries",
            """{"apiVersion":"telemetry.istio.io/v1","kind":"Telemetry","metadata":{"name":"off"},"spec":{"accessLogging":[{"disabled":true}]}}""");

        stored.Successful();
        Assert.Contains(stored.Warnings, warning => warning.Contains("AL055", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_reference_in_use_is_kept_until_its_last_Pod_is_gone_or_somebody_says_so()
    {
        var registration = await webhook.StartedAsync(Plane);
        var space = await registration.CreateNamespaceAsync(("istio-injection", "enabled"));
        var name = $"own-{Guid.NewGuid():N}"[..12];
        (await Admin.PostAsync(ApiPaths.EnvoyFilters(space), Filter(name, "%RESPONSE_CODE%"))).Successful();
        (await CreateProfileAsync($$"""{"envoyFilterRef":{"namespace":"{{space}}","name":"{{name}}"} }""", name)).Successful();
        (await Admin.PostAsync(
            ApiPaths.Pods(space),
            $$$"""{"apiVersion":"v1","kind":"Pod","metadata":{"name":"api","labels":{"app":"api","accesslog.mesh/profile":"{{{name}}}"} },"spec":{"containers":[{"name":"api","image":"api:1"}]}}""")).Successful();

        var refused = await Eventually.ValueAsync("the webhook knows the Pod and the profile", async () =>
            await Admin.DeleteAsync($"{ApiPaths.EnvoyFilters(space, name)}?dryRun=All") is { IsSuccess: false } answer ? answer : null);
        var narrowed = await Admin.PatchAsync(ApiPaths.EnvoyFilters(space, name), """{"spec":{"workloadSelector":{"labels":{"app":"web"}}}}""");

        Assert.Contains($"1 workload logged by it would not be any more: Pod {space}/api.", refused.Message, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Forbidden, narrowed.Status);
        (await Admin.PatchAsync(ApiPaths.EnvoyFilters(space, name), """{"metadata":{"annotations":{"accesslog.mesh/allow-breaking":"true"}}}""")).Successful();
        (await Admin.DeleteAsync(ApiPaths.EnvoyFilters(space, name))).Successful();
    }

    private async Task<ApiResponse> CreateProfileAsync(string spec, string? name = null)
    {
        var registration = await webhook.StartedAsync(Plane);
        var labels = string.Join(',', registration.NamespaceLabels().Select(label => $"\"{label.Key}\":\"{label.Value}\""));
        return await Admin.PostAsync(
            ApiPaths.Profiles(),
            $$$"""{"apiVersion":"accesslog.mesh/v1alpha1","kind":"AccessLogProfile","metadata":{"name":"{{{name ?? $"p-{Guid.NewGuid():N}"[..12]}}}","labels":{ {{{labels}}} } },"spec":{{{spec}}} }""");
    }

    private static string Filter(string name, string format) =>
        $$$"""
        {"apiVersion":"networking.istio.io/v1alpha3","kind":"EnvoyFilter","metadata":{"name":"{{{name}}}"},
         "spec":{"workloadSelector":{"labels":{"app":"api"}},"configPatches":[ {{{HttpPatch.Replace("FORMAT", format, StringComparison.Ordinal)}}} ]}}
        """;
}
