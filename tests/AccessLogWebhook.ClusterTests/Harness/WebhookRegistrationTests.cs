using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AccessLogWebhook.ClusterTests.Support;

namespace AccessLogWebhook.ClusterTests.Harness;

/// <summary>What the API server makes of a webhook's answers, shown by one that answers as told.</summary>
public sealed class WebhookRegistrationTests(ControlPlaneFixture fixture) : ClusterTest(fixture)
{
    private const string Pod = """
        apiVersion: v1
        kind: Pod
        metadata: {name: app}
        spec: {containers: [{name: app, image: app}]}
        """;

    private const string MirrorPod = """
        apiVersion: v1
        kind: Pod
        metadata:
          name: mirror-node-1
          annotations: {kubernetes.io/config.mirror: 8f2c, kubernetes.io/config.source: file}
          ownerReferences: [{apiVersion: v1, kind: Node, name: node-1, uid: 1c2b, controller: true}]
        spec: {nodeName: node-1, containers: [{name: app, image: app}]}
        """;

    private const string IstioGateway = """
        kind: Gateway
        metadata: {name: edge}
        spec:
          selector: {istio: ingressgateway}
          servers: [{hosts: ["*"], port: {number: 80, name: http, protocol: HTTP}}]
        """;

    private const string KubernetesGateway = """
        kind: Gateway
        metadata: {name: edge}
        spec:
          gatewayClassName: istio
          listeners: [{name: http, port: 80, protocol: HTTP}]
        """;

    [Fact]
    public async Task A_patch_is_stored_and_the_object_is_judged_with_it()
    {
        await using var webhook = await StubWebhook.StartAsync((path, _) => path == "/mutate" ? Labelling() : Admitting());
        await using var registration = await WebhookRegistration.CreateAsync(Plane, webhook.Endpoint);
        var space = await registration.CreateNamespaceAsync();

        (await Admin.PostAsync(ApiPaths.Pods(space), Pod)).Successful();

        Assert.Equal("json", (await Admin.GetAsync(ApiPaths.Pods(space, "app"))).Labels["accesslog.mesh/profile"]);
        var judged = webhook.Requests.Last(request => request.Path == "/validate").Request;
        Assert.Equal("json", (string?)judged["object"]!["metadata"]!["labels"]!["accesslog.mesh/profile"]);
    }

    [Fact]
    public async Task A_refusal_and_its_warnings_reach_the_user()
    {
        await using var webhook = await StubWebhook.StartAsync((path, request) =>
            path == "/mutate" || (string?)request["kind"]!["kind"] == "Namespace" ? Admitting() : new JsonObject
            {
                ["allowed"] = false,
                // Without the reason, kubectl says no more than "Error from server".
                ["status"] = new JsonObject { ["code"] = 403, ["reason"] = "Forbidden", ["message"] = "no profile" },
                ["warnings"] = new JsonArray("first, with a comma", "second \"quoted\" – and a dash"),
            });
        await using var registration = await WebhookRegistration.CreateAsync(Plane, webhook.Endpoint);
        var space = await registration.CreateNamespaceAsync();

        var refused = await Admin.PostAsync(ApiPaths.Pods(space), Pod);
        var applied = await Plane.KubectlAsync(["apply", "-n", space, "-f", "-"], Pod);

        Assert.Equal(HttpStatusCode.Forbidden, refused.Status);
        Assert.Equal("admission webhook \"enforce.accesslog.mesh\" denied the request: no profile", refused.Message);
        Assert.Equal(["first, with a comma", "second \"quoted\" – and a dash"], refused.Warnings);
        Assert.Equal(1, applied.ExitCode);
        Assert.Equal(
            """
            Warning: first, with a comma
            Warning: second "quoted" – and a dash
            Error from server (Forbidden): error when creating "STDIN": admission webhook "enforce.accesslog.mesh" denied the request: no profile

            """,
            applied.Error);
    }

    [Fact]
    public async Task A_long_warning_is_cut_only_where_all_of_them_are_too_long()
    {
        await using var webhook = await StubWebhook.StartAsync((path, request) =>
        {
            var answer = Admitting();
            if (path == "/validate" && (string?)request["kind"]!["kind"] == "Pod")
            {
                answer["warnings"] = (string?)request["name"] == "app"
                    ? new JsonArray(new string('a', 300))
                    : new JsonArray([.. Enumerable.Range(0, 30).Select(index => (JsonNode)(index + new string('a', 300)))]);
            }

            return answer;
        });
        await using var registration = await WebhookRegistration.CreateAsync(Plane, webhook.Endpoint);
        var space = await registration.CreateNamespaceAsync();

        var one = await Admin.PostAsync(ApiPaths.Pods(space), Pod);
        var many = await Admin.PostAsync(ApiPaths.Pods(space), Pod.Replace("{name: app}", "{name: other}", StringComparison.Ordinal));

        Assert.Equal([300], one.Warnings.Select(warning => warning.Length));
        // 4096 characters in all: the other 14 are lost.
        Assert.Equal(Enumerable.Repeat(256, 16), many.Warnings.Select(warning => warning.Length));
    }

    [Fact]
    public async Task Audit_annotations_are_in_the_audit_log_under_the_webhooks_name()
    {
        await using var webhook = await StubWebhook.StartAsync((_, _) => new JsonObject
        {
            ["allowed"] = true,
            ["auditAnnotations"] = new JsonObject { ["verdict"] = "Missing" },
        });
        await using var registration = await WebhookRegistration.CreateAsync(Plane, webhook.Endpoint);
        var space = await registration.CreateNamespaceAsync();

        var @event = await Plane.AuditEventAsync(await Admin.PostAsync(ApiPaths.Pods(space), Pod));

        Assert.Equal("Missing", (string?)@event["annotations"]!["inject.accesslog.mesh/verdict"]);
        Assert.Equal("Missing", (string?)@event["annotations"]!["enforce.accesslog.mesh/verdict"]);
    }

    [Fact]
    public async Task Every_kind_is_sent_to_the_paths_that_are_for_it()
    {
        await using var webhook = await StubWebhook.StartAsync((_, _) => Admitting());
        await using var registration = await WebhookRegistration.CreateAsync(Plane, webhook.Endpoint);
        var space = await registration.CreateNamespaceAsync();

        (await Admin.PostAsync(ApiPaths.Pods(space), Pod, dryRun: true)).Successful();
        foreach (var version in (string[])["v1", "v1beta1", "v1alpha3"])
        {
            (await Admin.PostAsync(ApiPaths.IstioGateways(space, version: version), $"apiVersion: networking.istio.io/{version}\n{IstioGateway}", dryRun: true))
                .Successful();
        }

        foreach (var version in (string[])["v1", "v1beta1"])
        {
            (await Admin.PostAsync(
                ApiPaths.KubernetesGateways(space, version: version), $"apiVersion: gateway.networking.k8s.io/{version}\n{KubernetesGateway}", dryRun: true))
                .Successful();
        }

        (await Admin.PatchAsync(ApiPaths.Namespaces(space), """{"metadata": {"labels": {"a": "b"}}}""", dryRun: true)).Successful();

        string[] workloads =
        [
            "CREATE v1 Pod",
            "CREATE networking.istio.io/v1 Gateway",
            "CREATE networking.istio.io/v1beta1 Gateway",
            "CREATE networking.istio.io/v1alpha3 Gateway",
            "CREATE gateway.networking.k8s.io/v1 Gateway",
            "CREATE gateway.networking.k8s.io/v1beta1 Gateway",
        ];
        Assert.Equal(workloads, Summaries(webhook, "/mutate", space));
        Assert.Equal(["CREATE v1 Namespace", .. workloads, "UPDATE v1 Namespace"], Summaries(webhook, "/validate", space));
        Assert.All(webhook.Requests.Skip(1), request => Assert.True((bool)request.Request["dryRun"]!));
    }

    [Fact]
    public async Task A_changed_pod_is_sent_and_its_status_is_not()
    {
        await using var webhook = await StubWebhook.StartAsync((_, _) => Admitting());
        await using var registration = await WebhookRegistration.CreateAsync(Plane, webhook.Endpoint);
        var space = await registration.CreateNamespaceAsync();
        (await Admin.PostAsync(ApiPaths.Pods(space), Pod)).Successful();

        (await Admin.PatchAsync(ApiPaths.Pods(space, "app") + "/status", """{"status": {"phase": "Running"}}""")).Successful();
        (await Admin.PatchAsync(ApiPaths.Pods(space, "app"), """{"metadata": {"labels": {"a": "b"}}}""")).Successful();

        Assert.Equal(["CREATE v1 Pod", "UPDATE v1 Pod"], Summaries(webhook, "/mutate", space));
    }

    [Fact]
    public async Task A_mirror_pod_is_sent_as_any_other()
    {
        await using var webhook = await StubWebhook.StartAsync((path, _) => path == "/mutate" ? Labelling() : Admitting());
        await using var registration = await WebhookRegistration.CreateAsync(Plane, webhook.Endpoint);
        var space = await registration.CreateNamespaceAsync();

        var created = await Admin.PostAsync(ApiPaths.Pods(space), MirrorPod);

        Assert.Equal("json", created.Labels["accesslog.mesh/profile"]);
    }

    [Fact]
    public async Task The_namespace_kube_system_is_left_alone()
    {
        await using var webhook = await StubWebhook.StartAsync((_, _) => Admitting());
        await using var registration = await WebhookRegistration.CreateAsync(Plane, webhook.Endpoint);
        var labels = JsonSerializer.Serialize(new { metadata = new { labels = registration.NamespaceLabels() } });

        (await Admin.PatchAsync(ApiPaths.Namespaces("kube-system"), labels)).Successful();
        (await Admin.PostAsync(ApiPaths.Pods("kube-system"), Pod, dryRun: true)).Successful();

        Assert.Empty(webhook.Requests);
    }

    [Fact]
    public async Task Where_nobody_answers_inject_lets_pass_and_enforce_refuses()
    {
        WebhookEndpoint gone;
        await using (var webhook = await StubWebhook.StartAsync((_, _) => Admitting()))
        {
            gone = webhook.Endpoint;
        }

        await using var open = await WebhookRegistration.CreateAsync(Plane, gone, new() { EnforceFailurePolicy = "Ignore" });
        await using var closed = await WebhookRegistration.CreateAsync(Plane, gone);

        var admitted = await Admin.PostAsync(ApiPaths.Pods(await open.CreateNamespaceAsync()), Pod);
        var refused = await Admin.PostAsync(ApiPaths.Pods(await closed.CreateNamespaceAsync()), Pod);

        Assert.Equal(HttpStatusCode.Created, admitted.Status);
        Assert.Equal(HttpStatusCode.InternalServerError, refused.Status);
        Assert.StartsWith("Internal error occurred: failed calling webhook \"enforce.accesslog.mesh\": ", refused.Message, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Summaries(StubWebhook webhook, string path, string space) => webhook.Requests
        .Where(request => request.Path == path && ((string?)request.Request["namespace"] == space || (string?)request.Request["name"] == space))
        .Select(request =>
        {
            var kind = request.Request["kind"]!;
            var group = (string?)kind["group"] is { Length: > 0 } named ? $"{named}/" : "";
            return $"{request.Request["operation"]} {group}{kind["version"]} {kind["kind"]}";
        });

    private static JsonObject Admitting() => new() { ["allowed"] = true };

    private static JsonObject Labelling() => new()
    {
        ["allowed"] = true,
        ["patchType"] = "JSONPatch",
        ["patch"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(
            """[{"op": "add", "path": "/metadata/labels", "value": {"accesslog.mesh/profile": "json"}}]""")),
    };
}
