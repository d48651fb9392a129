using System.Net;
using System.Text.Json.Nodes;
using AccessLogWebhook.ClusterTests.Support;

namespace AccessLogWebhook.ClusterTests.Bypass;

/// <summary>The ways around enforce that SECURITY.md calls closed, each tried by somebody who has every right on Pods and Gateways.</summary>
public sealed class WaysAroundTests(InstalledPlane plane) : IClassFixture<InstalledPlane>
{
    private const string Unlabelled = """{"metadata":{"labels":{"accesslog.mesh/profile":null,"accesslog.mesh/revision":null}}}""";
    private const string Profile = "accesslog.mesh/profile";

    private ApiClient Admin => plane.Admin;

    [Theory]
    [InlineData("", "")]
    [InlineData(",\"name\":\"bare\"", "")]
    [InlineData(",\"labels\":{\"accesslog.mesh/profile\":\"none\"}", "")]
    [InlineData(",\"ownerReferences\":[{\"apiVersion\":\"apps/v1\",\"kind\":\"ReplicaSet\",\"name\":\"api\",\"uid\":\"1\",\"controller\":true}]", "")]
    [InlineData(",\"ownerReferences\":[{\"apiVersion\":\"batch/v1\",\"kind\":\"Job\",\"name\":\"api\",\"uid\":\"1\",\"controller\":true}]", "")]
    [InlineData(",\"ownerReferences\":[{\"apiVersion\":\"v1\",\"kind\":\"Node\",\"name\":\"n\",\"uid\":\"1\",\"controller\":true}]", "")]
    [InlineData(",\"annotations\":{\"accesslog.mesh/exempt\":\"we are in a hurry\"}", "")]
    [InlineData(",\"annotations\":{\"sidecar.istio.io/status\":\"{}\"}", "")]
    [InlineData(",\"deletionTimestamp\":\"2026-01-01T00:00:00Z\"", "")]
    [InlineData(",\"labels\":{\"sidecar.istio.io/inject\":\"true\"},\"annotations\":{\"sidecar.istio.io/inject\":\"false\"}", "")]
    [InlineData(",\"annotations\":{\"sidecar.istio.io/inject\":\"no\"}", "")]
    [InlineData("", ",\"nodeName\":\"node-1\"")]
    [InlineData("", ",\"priorityClassName\":\"system-node-critical\"")]
    public async Task No_Pod_comes_in_without_the_profile(string metadata, string spec)
    {
        var space = await plane.EnforcingOnlyAsync();

        var refused = await Admin.PostAsync(ApiPaths.Pods(space), InstalledPlane.Pod(metadata, spec));

        Assert.Equal(HttpStatusCode.Forbidden, refused.Status);
        Assert.Contains("enforce.accesslog.mesh", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(",\"labels\":{\"sidecar.istio.io/inject\":\"false\"}", "")]
    [InlineData(",\"annotations\":{\"sidecar.istio.io/inject\":\"false\"}", "")]
    [InlineData("", ",\"hostNetwork\":true")]
    public async Task Without_a_proxy_it_is_refused_where_the_profile_demands_one(string metadata, string spec)
    {
        var (strict, lenient) = (await plane.EnforcingAsync("strict"), await plane.EnforcingAsync());

        var refused = await Admin.PostAsync(ApiPaths.Pods(strict), InstalledPlane.Pod(metadata, spec));
        var admitted = await Admin.PostAsync(ApiPaths.Pods(lenient), InstalledPlane.Pod(metadata, spec));

        Assert.Equal(HttpStatusCode.Forbidden, refused.Status);
        Assert.True(admitted.IsSuccess, admitted.Body);
    }

    [Theory]
    [InlineData("", "application/merge-patch+json", Unlabelled)]
    [InlineData("", "application/strategic-merge-patch+json", Unlabelled)]
    [InlineData("", "application/json-patch+json", """[{"op":"remove","path":"/metadata/labels"}]""")]
    [InlineData("", "application/json-patch+json", """[{"op":"replace","path":"/metadata/labels/accesslog.mesh~1profile","value":"other"}]""")]
    [InlineData("", "application/merge-patch+json", """{"metadata":{"labels":{"accesslog.mesh/revision":"dead"}}}""")]
    [InlineData("", "application/merge-patch+json", """{"metadata":{"labels":{"accesslog.mesh/profile":null},"annotations":{"accesslog.mesh/exempt":"please"}}}""")]
    [InlineData("", "application/merge-patch+json", """{"metadata":{"labels":{"accesslog.mesh/profile":null,"sidecar.istio.io/inject":"false"}}}""")]
    [InlineData("/status", "application/merge-patch+json", Unlabelled)]
    [InlineData("/status", "application/strategic-merge-patch+json", """{"metadata":{"labels":{"accesslog.mesh/profile":null}},"status":{"phase":"Running"}}""")]
    [InlineData("/status", "application/json-patch+json", """[{"op":"remove","path":"/metadata/labels"}]""")]
    public async Task What_is_on_a_Pod_stays_on_it(string subresource, string contentType, string patch)
    {
        var pod = await plane.LoggedPodAsync(await plane.EnforcingAsync());

        var refused = await Admin.PatchAsync(pod + subresource, patch, contentType: contentType);

        Assert.Equal(HttpStatusCode.Forbidden, refused.Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await Admin.PatchAsync(pod + subresource, patch, contentType: contentType, dryRun: true)).Status);
        Assert.NotNull((await plane.ObjectAsync(pod))["metadata"]!["labels"]![Profile]);
    }

    [Fact]
    public async Task A_Pod_is_not_replaced_by_one_without_the_profile()
    {
        var pod = await plane.LoggedPodAsync(await plane.EnforcingAsync());
        var whole = await plane.ObjectAsync(pod);
        whole["metadata"]!["labels"] = new JsonObject();
        whole["metadata"]!.AsObject().Remove("managedFields");

        Assert.Equal(HttpStatusCode.Forbidden, (await Admin.PutAsync(pod, whole.ToJsonString())).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await Admin.PutAsync($"{pod}/status", whole.ToJsonString())).Status);
    }

    [Theory]
    [InlineData("ephemeralcontainers", """{"metadata":{"labels":{"accesslog.mesh/profile":null},"annotations":{"accesslog.mesh/exempt":"x"}},"spec":{"ephemeralContainers":[{"name":"istio-proxy","image":"mine:1","terminationMessagePolicy":"File"}]}}""")]
    [InlineData("resize", """{"metadata":{"labels":{"accesslog.mesh/profile":null},"annotations":{"accesslog.mesh/exempt":"x"}},"spec":{"containers":[{"name":"api","resources":{"requests":{"cpu":"2"}}}]}}""")]
    public async Task Other_subresources_change_nothing_that_is_judged(string subresource, string patch)
    {
        var pod = await plane.LoggedPodAsync(await plane.EnforcingAsync());

        await Admin.PatchAsync($"{pod}/{subresource}", patch, contentType: "application/strategic-merge-patch+json");

        var metadata = (await plane.ObjectAsync(pod))["metadata"]!;
        Assert.NotNull(metadata["labels"]![Profile]);
        Assert.Null(metadata["annotations"]!["accesslog.mesh/exempt"]);
    }

    [Fact]
    public async Task A_status_as_the_kubelet_writes_it_comes_through()
    {
        var pod = await plane.LoggedPodAsync(await plane.EnforcingAsync());

        (await Admin.PatchAsync($"{pod}/status", """{"status":{"phase":"Running","message":"x"}}""", contentType: "application/strategic-merge-patch+json")).Successful();
        (await Admin.PatchAsync($"{pod}/status", """{"metadata":{"labels":{"more":"x"}}}""")).Successful();
    }

    [Fact]
    public async Task A_Pod_is_logged_until_its_grace_period_is_over()
    {
        var pod = await plane.LoggedPodAsync(await plane.EnforcingAsync(), ",\"finalizers\":[\"example.com/held\"]");
        (await Admin.DeleteAsync(pod)).Successful();

        Assert.Equal(HttpStatusCode.Forbidden, (await Admin.PatchAsync(pod, Unlabelled)).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await Admin.PatchAsync($"{pod}/status", Unlabelled)).Status);
        (await Admin.PatchAsync(pod, """{"metadata":{"labels":{"more":"x"},"finalizers":null}}""")).Successful();
    }

    [Fact]
    public async Task A_mirror_Pod_needs_a_node_and_nobody_becomes_one()
    {
        var space = await plane.EnforcingAsync();
        var pod = await plane.LoggedPodAsync(space);

        // On a node, the kubelet runs the file and not the mirror, and removes a mirror of no file.
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await Admin.PostAsync(ApiPaths.Pods(space), InstalledPlane.Pod(",\"annotations\":{\"kubernetes.io/config.mirror\":\"1\"}"))).Status);
        Assert.False((await Admin.PatchAsync(pod, """{"metadata":{"labels":null,"annotations":{"kubernetes.io/config.mirror":"1"}}}""")).IsSuccess);
        Assert.False((await Admin.PatchAsync($"{pod}/status", """{"metadata":{"labels":null,"annotations":{"kubernetes.io/config.mirror":"1"}}}""")).IsSuccess);
        Assert.NotNull((await plane.ObjectAsync(pod))["metadata"]!["labels"]![Profile]);
    }

    [Fact]
    public async Task Gateways_keep_what_they_have_and_cannot_change_without_it()
    {
        const string Manifest = """{"apiVersion":"networking.istio.io/v1","kind":"Gateway","metadata":{"name":"public"},"spec":{"selector":{"istio":"public"},"servers":[{"hosts":["*"],"port":{"name":"http","number":80,"protocol":"HTTP"}}]}}""";
        const string Generated = """{"apiVersion":"gateway.networking.k8s.io/v1","kind":"Gateway","metadata":{"name":"public"},"spec":{"gatewayClassName":"istio","listeners":[{"name":"http","port":80,"protocol":"HTTP"}]}}""";
        var (space, enforcing) = (await plane.EnforcingAsync(), await plane.EnforcingOnlyAsync());

        (await Admin.PostAsync(ApiPaths.IstioGateways(space), Manifest)).Successful();
        (await Admin.PostAsync(ApiPaths.KubernetesGateways(space), Generated)).Successful();
        foreach (var version in (string[])["v1", "v1beta1", "v1alpha3"])
        {
            Assert.Equal(HttpStatusCode.Forbidden, (await Admin.PatchAsync(ApiPaths.IstioGateways(space, "public", version), """{"metadata":{"annotations":null}}""")).Status);
            Assert.Equal(HttpStatusCode.Forbidden, (await Admin.PostAsync(
                ApiPaths.IstioGateways(enforcing, version: version), Manifest.Replace("io/v1", $"io/{version}", StringComparison.Ordinal))).Status);
        }

        foreach (var version in (string[])["v1", "v1beta1"])
        {
            Assert.Equal(HttpStatusCode.Forbidden, (await Admin.PatchAsync(ApiPaths.KubernetesGateways(space, "public", version), Unlabelled)).Status);
            Assert.Equal(HttpStatusCode.Forbidden, (await Admin.PatchAsync(ApiPaths.KubernetesGateways(space, "public", version), """{"spec":{"infrastructure":{"labels":{"team":"x"}}}}""")).Status);
            Assert.Equal(HttpStatusCode.Forbidden, (await Admin.PostAsync(
                ApiPaths.KubernetesGateways(enforcing, version: version), Generated.Replace("io/v1", $"io/{version}", StringComparison.Ordinal))).Status);
        }
    }

    [Fact]
    public async Task The_reference_by_which_a_Pod_is_logged_is_neither_removed_nor_emptied_nor_silenced()
    {
        var space = await plane.EnforcingAsync();
        var pod = await plane.LoggedPodAsync(space);
        var reference = (string)(await plane.ObjectAsync(pod))["metadata"]!["annotations"]!["accesslog.mesh/envoyfilter"]!;
        var path = ApiPaths.EnvoyFilters("istio-system", reference.Split('/')[1]);
        await Eventually.HoldsAsync("the Pod is seen to use it", async () => (await Admin.DeleteAsync($"{path}?dryRun=All")).Status == HttpStatusCode.Forbidden);

        Assert.Equal(HttpStatusCode.Forbidden, (await Admin.DeleteAsync(path)).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await Admin.PatchAsync(path, """{"spec":{"configPatches":[]}}""")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await Admin.PatchAsync(path, """{"spec":{"workloadSelector":{"labels":{"other":"x"}}}}""")).Status);
        var removing = await Admin.PostAsync(
            ApiPaths.EnvoyFilters(space),
            """{"apiVersion":"networking.istio.io/v1alpha3","kind":"EnvoyFilter","metadata":{"name":"quiet"},"spec":{"priority":100,"configPatches":[{"applyTo":"NETWORK_FILTER","match":{"listener":{"filterChain":{"filter":{"name":"envoy.filters.network.http_connection_manager"}}}},"patch":{"operation":"REMOVE"}}]}}""");
        Assert.Equal(HttpStatusCode.Forbidden, removing.Status);
    }

    [Fact]
    public async Task Who_silences_by_an_EnvoyFilter_of_the_own_namespace_gets_no_more_Pods()
    {
        var space = await plane.EnforcingAsync();
        // The access logs of the whole filter replaced: it is no error, and so let in with a warning where no Pod is logged yet.
        var quiet = await Admin.PostAsync(
            ApiPaths.EnvoyFilters(space),
            """
            {"apiVersion":"networking.istio.io/v1alpha3","kind":"EnvoyFilter","metadata":{"name":"double"},"spec":{"configPatches":[
             {"applyTo":"NETWORK_FILTER","match":{"listener":{"filterChain":{"filter":{"name":"envoy.filters.network.http_connection_manager"}}}},
              "patch":{"operation":"MERGE","value":{"typed_config":{"@type":"type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
               "access_log":[{"name":"envoy.access_loggers.file","typed_config":{"@type":"type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog","path":"/dev/stdout"}}]}}}}]}}
            """);
        Assert.True(quiet.IsSuccess, quiet.Body);

        await Eventually.HoldsAsync("Pods are refused", async () => (await Admin.PostAsync(ApiPaths.Pods(space), InstalledPlane.Pod(), dryRun: true)).Status == HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task A_namespace_is_relabelled_by_whoever_may_and_what_runs_stays_logged()
    {
        var space = await plane.EnforcingAsync();
        var pod = await plane.LoggedPodAsync(space);

        // Out of reach: see the policy of the next test.
        (await Admin.PatchAsync(ApiPaths.Namespaces(space), """{"metadata":{"labels":{"accesslog.mesh/enforce":null,"accesslog.mesh/inject":null}}}""")).Successful();

        Assert.NotNull((await plane.ObjectAsync(pod))["metadata"]!["labels"]![Profile]);
        Assert.Empty((await Admin.PostAsync(ApiPaths.Pods(space), InstalledPlane.Pod())).Labels);
    }
}
