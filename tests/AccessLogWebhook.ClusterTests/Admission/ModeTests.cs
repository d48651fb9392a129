using System.Net;
using System.Text.Json.Nodes;
using AccessLogWebhook.Auditing;
using AccessLogWebhook.ClusterTests.Support;

namespace AccessLogWebhook.ClusterTests.Admission;

/// <summary>What a namespace's labels do to what is created in it, as the API server stores and answers it.</summary>
public sealed class ModeTests(ControlPlaneFixture fixture, ServedWebhook webhook) : ClusterTest(fixture), IClassFixture<ServedWebhook>
{
    // What makes an EnvoyFilter one that logs.
    private const string AccessLogPatch =
        """
        {"applyTo":"NETWORK_FILTER","match":{"listener":{"filterChain":{"filter":{"name":"envoy.filters.network.http_connection_manager"}}}},"patch":{"operation":"MERGE","value":{"typed_config":{
        "@type":"type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager","access_log":[{"name":"envoy.access_loggers.file","typed_config":{
        "@type":"type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog","path":"/dev/stdout"}}]}}}}
        """;

    private const string Pod = """
        {"apiVersion":"v1","kind":"Pod","metadata":{"generateName":"api-","labels":{"app":"api"}},
         "spec":{"containers":[{"name":"api","image":"api:1","resources":{"requests":{"cpu":"1500m","memory":"1Gi"}}}]}}
        """;

    private const string IstioGateway = """
        {"apiVersion":"networking.istio.io/v1","kind":"Gateway","metadata":{"name":"public"},
         "spec":{"selector":{"istio":"ingressgateway"},"servers":[{"hosts":["*"],"port":{"number":80,"name":"http","protocol":"HTTP"}}]}}
        """;

    private const string KubernetesGateway = """
        {"apiVersion":"gateway.networking.k8s.io/v1","kind":"Gateway","metadata":{"name":"public"},
         "spec":{"gatewayClassName":"istio","listeners":[{"name":"http","port":80,"protocol":"HTTP"}]}}
        """;

    private const string KubernetesGatewayWithInfrastructure = """
        {"apiVersion":"gateway.networking.k8s.io/v1","kind":"Gateway","metadata":{"name":"public"},
         "spec":{"gatewayClassName":"istio","infrastructure":{"labels":{"team":"web"}},"listeners":[{"name":"http","port":80,"protocol":"HTTP"}]}}
        """;

    private static readonly string Remedy =
        $"Add the labels accesslog.mesh/profile=json, accesslog.mesh/revision={ServedWebhook.JsonRevision} to the Pod template.";

    [Fact]
    public async Task Inject_stores_the_label_and_the_annotation_beside_what_was_there()
    {
        var space = await NamespaceAsync("inject");

        var created = await Admin.PostAsync(ApiPaths.Pods(space), Pod);
        var stored = await Admin.GetAsync(ApiPaths.Pods(space, Name(created)));

        Assert.Equal(
            [KeyValuePair.Create("accesslog.mesh/profile", "json"), KeyValuePair.Create("accesslog.mesh/revision", ServedWebhook.JsonRevision), KeyValuePair.Create("app", "api")],
            stored.Labels);
        Assert.Equal([KeyValuePair.Create("accesslog.mesh/envoyfilter", ServedWebhook.JsonReference)], stored.Annotations);
        Assert.Equal("1500m", (string?)stored.Json["spec"]!["containers"]![0]!["resources"]!["requests"]!["cpu"]);
        Assert.Empty(created.Warnings);
        Assert.Equal(
            ("Logged", "json", "Injected"),
            await AuditAsync(created, "inject.accesslog.mesh"));
    }

    [Fact]
    public async Task Enforce_refuses_with_the_label_that_asked_and_the_change_that_fixes()
    {
        var space = await NamespaceAsync("enforce");

        var refused = await Admin.PostAsync(ApiPaths.Pods(space), Pod);
        var kubectl = await Plane.KubectlAsync(["create", "-n", space, "-f", "-"], Pod);

        var message = $"Pod {space}/api- carries no access-log profile. It is refused because namespace {space} is labelled accesslog.mesh/enforce=json. {Remedy}";
        Assert.Equal(HttpStatusCode.Forbidden, refused.Status);
        Assert.Equal($"admission webhook \"enforce.accesslog.mesh\" denied the request: {message}", refused.Message?.Replace(GeneratedSuffix(refused.Message), "api-", StringComparison.Ordinal));
        Assert.Equal(1, kubectl.ExitCode);
        Assert.Contains("Error from server (Forbidden)", kubectl.Error, StringComparison.Ordinal);
        Assert.Contains(Remedy, kubectl.Error, StringComparison.Ordinal);
        Assert.Equal(("Missing", "json", "NoProfileLabel"), await AuditAsync(refused, "enforce.accesslog.mesh"));
    }

    [Fact]
    public async Task The_summary_of_the_audit_log_says_who_was_changed_and_refused()
    {
        var (injecting, enforcing) = (await NamespaceAsync("inject"), await NamespaceAsync("enforce"));
        foreach (var space in new[] { injecting, enforcing })
        {
            await Plane.AuditEventAsync(await Admin.PostAsync(ApiPaths.Pods(space), Pod));
        }

        using var log = Plane.OpenAuditLog();
        var groups = LogSummary.Read(log, _ => { }).Groups();

        Assert.Equal(
            [$"changed {injecting} admin inject json Injected 1", $"refused {enforcing} admin enforce json NoProfileLabel 1"],
            groups.Where(group => group.Example.Namespace == injecting || group.Example.Namespace == enforcing)
                .Select(group => $"{group.Example.Outcome} {group.Example.Namespace} {group.Example.User} {group.Example.Mode} {group.Example.Profile} {group.Example.Reason} {group.Count}")
                .Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Inject_with_enforce_admits_what_inject_made()
    {
        var space = await NamespaceAsync("inject", "enforce");

        var created = await Admin.PostAsync(ApiPaths.Pods(space), Pod);

        Assert.Equal("json", created.Labels["accesslog.mesh/profile"]);
        Assert.Equal(("Logged", "json", "Conforms"), await AuditAsync(created, "enforce.accesslog.mesh"));
    }

    [Fact]
    public async Task Warn_admits_with_a_warning_that_kubectl_shows()
    {
        var space = await NamespaceAsync("warn");

        var kubectl = await Plane.KubectlAsync(["create", "-n", space, "-f", "-"], Pod);

        Assert.Equal(0, kubectl.ExitCode);
        Assert.Contains("carries no access-log profile.", kubectl.Error, StringComparison.Ordinal);
        Assert.Contains($"Warning: {Remedy}", kubectl.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Audit_admits_in_silence_and_records()
    {
        var space = await NamespaceAsync("audit");

        var created = await Admin.PostAsync(ApiPaths.Pods(space), Pod);

        Assert.Empty(created.Warnings);
        Assert.Empty(created.Annotations);
        Assert.Equal(("Missing", "json", "NoProfileLabel"), await AuditAsync(created, "enforce.accesslog.mesh"));
    }

    [Fact]
    public async Task A_namespace_without_labels_notices_nothing()
    {
        var space = await NamespaceAsync();

        var created = await Admin.PostAsync(ApiPaths.Pods(space), Pod);

        Assert.Empty(created.Warnings);
        Assert.Empty(created.Annotations);
        Assert.Equal(["app"], created.Labels.Keys);
    }

    [Fact]
    public async Task A_dry_run_is_answered_as_the_real_thing_and_stores_nothing()
    {
        var space = await NamespaceAsync("inject", "enforce");

        var created = await Admin.PostAsync(ApiPaths.Pods(space), Pod, dryRun: true);

        Assert.Equal("json", created.Labels["accesslog.mesh/profile"]);
        Assert.Empty((await Admin.GetAsync(ApiPaths.Pods(space))).Successful()["items"]!.AsArray());
    }

    [Theory]
    [InlineData("v1")]
    [InlineData("v1beta1")]
    [InlineData("v1alpha3")]
    public async Task An_Istio_Gateway_of_every_version_is_annotated(string version)
    {
        var space = await NamespaceAsync("inject", "enforce");

        (await Admin.PostAsync(ApiPaths.IstioGateways(space, version: version), IstioGateway.Replace("istio.io/v1", $"istio.io/{version}", StringComparison.Ordinal))).Successful();

        var stored = await Admin.GetAsync(ApiPaths.IstioGateways(space, "public"));
        Assert.Equal(ServedWebhook.JsonReference, stored.Annotations["accesslog.mesh/envoyfilter"]);
        Assert.Empty(stored.Labels);
    }

    [Fact]
    public async Task An_Istio_Gateway_without_a_reference_is_refused_under_enforce()
    {
        var space = await NamespaceAsync("enforce");

        var refused = await Admin.PostAsync(ApiPaths.IstioGateways(space), IstioGateway);

        Assert.Equal(
            $"admission webhook \"enforce.accesslog.mesh\" denied the request: Gateway {space}/public names no access-log reference. It is refused because namespace {space} is labelled accesslog.mesh/enforce=json. Add the annotation accesslog.mesh/envoyfilter: {ServedWebhook.JsonReference}.",
            refused.Message);
    }

    [Theory]
    [InlineData("v1")]
    [InlineData("v1beta1")]
    public async Task A_Gateway_API_gateway_is_labelled_where_its_Pods_get_it_from(string version)
    {
        var space = await NamespaceAsync("inject", "enforce");

        (await Admin.PostAsync(ApiPaths.KubernetesGateways(space, version: version), KubernetesGateway.Replace("k8s.io/v1", $"k8s.io/{version}", StringComparison.Ordinal))).Successful();
        var plain = await Admin.GetAsync(ApiPaths.KubernetesGateways(space, "public"));
        (await Admin.DeleteAsync(ApiPaths.KubernetesGateways(space, "public"))).Successful();
        (await Admin.PostAsync(ApiPaths.KubernetesGateways(space, version: version), KubernetesGatewayWithInfrastructure.Replace("k8s.io/v1", $"k8s.io/{version}", StringComparison.Ordinal))).Successful();
        var infrastructure = await Admin.GetAsync(ApiPaths.KubernetesGateways(space, "public"));

        Assert.Equal("json", plain.Labels["accesslog.mesh/profile"]);
        Assert.False(plain.Json["spec"]!.AsObject().ContainsKey("infrastructure"));
        Assert.Empty(infrastructure.Labels);
        Assert.Equal("json", (string?)infrastructure.Json["spec"]!["infrastructure"]!["labels"]!["accesslog.mesh/profile"]);
        Assert.Equal("web", (string?)infrastructure.Json["spec"]!["infrastructure"]!["labels"]!["team"]);
    }

    [Fact]
    public async Task An_update_changes_nothing_and_may_not_take_the_profile_away()
    {
        var space = await NamespaceAsync("inject", "enforce");
        var name = Name(await Admin.PostAsync(ApiPaths.Pods(space), Pod));

        var labelled = await Admin.PatchAsync(ApiPaths.Pods(space, name), """{"metadata":{"labels":{"more":"x"}}}""");
        var stripped = await Admin.PatchAsync(ApiPaths.Pods(space, name), """{"metadata":{"labels":{"accesslog.mesh/profile":null}}}""");
        var deleted = await Admin.DeleteAsync(ApiPaths.Pods(space, name));

        Assert.Equal("x", labelled.Labels["more"]);
        Assert.Equal(HttpStatusCode.Forbidden, stripped.Status);
        Assert.Contains("carries no access-log profile", stripped.Message, StringComparison.Ordinal);
        Assert.True(deleted.IsSuccess, deleted.Body);
    }

    [Fact]
    public async Task A_Pod_older_than_the_label_can_still_be_changed_and_deleted()
    {
        var space = await NamespaceAsync();
        var name = Name(await Admin.PostAsync(ApiPaths.Pods(space), Pod));
        (await Admin.PatchAsync(ApiPaths.Namespaces(space), """{"metadata":{"labels":{"accesslog.mesh/enforce":"json"}}}""")).Successful();
        await Eventually.HoldsAsync("the webhook knows the label", async () => !(await Admin.PostAsync(ApiPaths.Pods(space), Pod, dryRun: true)).IsSuccess);

        (await Admin.PatchAsync(ApiPaths.Pods(space, name), """{"metadata":{"finalizers":["example.com/hold"]}}""")).Successful();
        (await Admin.PatchAsync(ApiPaths.Pods(space, name), """{"metadata":{"finalizers":[]}}""")).Successful();
        (await Admin.DeleteAsync(ApiPaths.Pods(space, name))).Successful();
    }

    [Fact]
    public async Task A_mirror_Pod_is_stored_as_the_kubelet_sent_it()
    {
        var space = await NamespaceAsync("inject", "enforce");

        var created = await Admin.PostAsync(
            ApiPaths.Pods(space),
            """
            {"apiVersion":"v1","kind":"Pod","metadata":{"name":"static-node-1","annotations":{"kubernetes.io/config.mirror":"8f2c"},
             "ownerReferences":[{"apiVersion":"v1","kind":"Node","name":"node-1","uid":"1c2b","controller":true}]},
             "spec":{"nodeName":"node-1","containers":[{"name":"app","image":"app:1"}]}}
            """);

        Assert.Empty(created.Labels);
        Assert.Equal(["kubernetes.io/config.mirror"], created.Annotations.Keys);
    }

    [Fact]
    public async Task A_Namespace_labelled_with_what_does_not_exist_is_refused_with_what_does()
    {
        var space = await NamespaceAsync("enforce");

        var relabelled = await Admin.PatchAsync(ApiPaths.Namespaces(space), """{"metadata":{"labels":{"accesslog.mesh/enforce":"jsno"}}}""");
        var mistyped = await Admin.PatchAsync(ApiPaths.Namespaces(space), """{"metadata":{"labels":{"accesslog.mesh/enforced":"json"}}}""");
        var off = await Admin.PatchAsync(ApiPaths.Namespaces(space), """{"metadata":{"labels":{"accesslog.mesh/enforce":"off"}}}""");

        Assert.Contains($"Namespace {space} is labelled accesslog.mesh/enforce=jsno. There is no profile \"jsno\". Profiles: ", relabelled.Message, StringComparison.Ordinal);
        Assert.Contains("json, json-errors, ", relabelled.Message, StringComparison.Ordinal);
        Assert.Contains("There is no such mode: use accesslog.mesh/inject, accesslog.mesh/enforce, accesslog.mesh/warn, accesslog.mesh/audit.", mistyped.Message, StringComparison.Ordinal);
        Assert.True(off.IsSuccess, off.Body);
    }

    [Fact]
    public async Task A_profile_of_the_cluster_is_known_as_soon_as_it_is_created_and_names_its_filter()
    {
        var name = $"team-{Guid.NewGuid():N}"[..16];
        (await Admin.PostAsync(
            ApiPaths.EnvoyFilters("istio-system"),
            $$$"""{"apiVersion":"networking.istio.io/v1alpha3","kind":"EnvoyFilter","metadata":{"name":"{{{name}}}"},"spec":{"workloadSelector":{"labels":{"logging":"{{{name}}}"}},"configPatches":[{{{AccessLogPatch}}}]} }""")).Successful();
        (await Admin.PostAsync(
            ApiPaths.Profiles(),
            $$$"""{"apiVersion":"accesslog.mesh/v1alpha1","kind":"AccessLogProfile","metadata":{"name":"{{{name}}}"},"spec":{"envoyFilterRef":{"namespace":"istio-system","name":"{{{name}}}"},"annotations":{"fluentbit.io/parser":"json"} } }""")).Successful();
        var registration = await webhook.StartedAsync(Plane);
        await Eventually.HoldsAsync("a namespace may name the profile", async () =>
            (await Admin.PostAsync(ApiPaths.Namespaces(), NamespaceManifest(registration, $"probe-{name}", name), dryRun: true)).IsSuccess);
        var space = await registration.CreateNamespaceAsync(("istio-injection", "enabled"), ("accesslog.mesh/inject", name), ("accesslog.mesh/enforce", name));

        var created = await Admin.PostAsync(ApiPaths.Pods(space), Pod);

        Assert.Equal(name, created.Labels["logging"]);
        Assert.Equal(name, created.Labels["accesslog.mesh/profile"]);
        Assert.Equal("json", created.Annotations["fluentbit.io/parser"]);
        Assert.Equal($"istio-system/{name}", created.Annotations["accesslog.mesh/envoyfilter"]);
    }

    [Fact]
    public async Task A_namespace_is_honoured_from_the_moment_it_exists()
    {
        var registration = await webhook.StartedAsync(Plane);
        for (var round = 0; round < 25; round++)
        {
            var space = await registration.CreateNamespaceAsync(("istio-injection", "enabled"), ("accesslog.mesh/enforce", "json"));

            Assert.Equal(HttpStatusCode.Forbidden, (await Admin.PostAsync(ApiPaths.Pods(space), Pod)).Status);
        }
    }

    [Fact]
    public async Task A_namespace_relabelled_is_honoured_within_seconds()
    {
        var space = await NamespaceAsync();
        (await Admin.PostAsync(ApiPaths.Pods(space), Pod)).Successful();

        (await Admin.PatchAsync(ApiPaths.Namespaces(space), """{"metadata":{"labels":{"accesslog.mesh/inject":"json"}}}""")).Successful();

        await Eventually.HoldsAsync(
            "a Pod is labelled",
            async () => (await Admin.PostAsync(ApiPaths.Pods(space), Pod, dryRun: true)).Labels.ContainsKey("accesslog.mesh/profile"),
            TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task The_Pods_of_a_Deployment_are_labelled()
    {
        var space = await NamespaceAsync("inject", "enforce");
        Plane.StartControllerManager();

        (await Admin.PostAsync(
            ApiPaths.Deployments(space),
            """
            {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"api"},"spec":{"replicas":2,"selector":{"matchLabels":{"app":"api"}},
             "template":{"metadata":{"labels":{"app":"api"}},"spec":{"containers":[{"name":"api","image":"api:1"}]}}}}
            """)).Successful();

        var pods = await Eventually.ValueAsync("the Deployment has its Pods", async () =>
            (await Admin.GetAsync(ApiPaths.Pods(space))).Successful()["items"]!.AsArray() is { Count: 2 } items ? items : null);
        Assert.All(pods, pod => Assert.Equal("json", (string?)pod!["metadata"]!["labels"]!["accesslog.mesh/profile"]));
    }

    private static string Name(ApiResponse created) => (string)created.Successful()["metadata"]!["name"]!;

    // The API server has put the random part behind generateName before it asks a webhook.
    private static string GeneratedSuffix(string message)
    {
        var start = message.IndexOf("/api-", StringComparison.Ordinal) + 1;
        return message[start..message.IndexOf(' ', start)];
    }

    private static string NamespaceManifest(WebhookRegistration registration, string name, string profile) => new JsonObject
    {
        ["apiVersion"] = "v1",
        ["kind"] = "Namespace",
        ["metadata"] = new JsonObject
        {
            ["name"] = name,
            ["labels"] = new JsonObject(registration.NamespaceLabels(("accesslog.mesh/inject", profile)).Select(label => KeyValuePair.Create(label.Key, (JsonNode?)label.Value))),
        },
    }.ToJsonString();

    private async Task<string> NamespaceAsync(params string[] modes) =>
        await (await webhook.StartedAsync(Plane)).CreateNamespaceAsync([("istio-injection", "enabled"), .. modes.Select(mode => ($"accesslog.mesh/{mode}", "json"))]);

    private async Task<(string? Verdict, string? Profile, string? Reason)> AuditAsync(ApiResponse response, string hook)
    {
        var annotations = (await Plane.AuditEventAsync(response))["annotations"]!;
        return ((string?)annotations[$"{hook}/verdict"], (string?)annotations[$"{hook}/profile"], (string?)annotations[$"{hook}/reason"]);
    }
}
