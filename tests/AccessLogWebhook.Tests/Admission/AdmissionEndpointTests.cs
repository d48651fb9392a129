using System.Collections.Immutable;
using AccessLogWebhook.Cluster;
using AccessLogWebhook.Policy.Decisions;
using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Policy.Profiles;
using AccessLogWebhook.Tests.Support;

namespace AccessLogWebhook.Tests.Admission;

/// <summary>What goes over the wire, whole, for sound reviews and for faults of ours.</summary>
public sealed class AdmissionEndpointTests
{
    private const string Uid = "0df28fbd-5f5f-11e8-bc74-36e6bb280816";
    private const string PlainPod = """{"apiVersion":"v1","kind":"Pod","metadata":{"name":"api"},"spec":{"containers":[{"name":"api","image":"api:1"}]}}""";

    private static readonly MeshSnapshot Mesh = MeshSnapshot.Empty with
    {
        Namespaces = MeshSnapshot.Empty.Namespaces
            .Add("shop", new NamespaceFacts("shop", LabelSet.Of(("accesslog.mesh/inject", "json"), ("accesslog.mesh/enforce", "json"), ("istio-injection", "enabled"))))
            .Add("plain", new NamespaceFacts("plain", LabelSet.Empty)),
        Profiles = MeshSnapshot.Empty.Profiles.Add("json", new AccessLogProfile("json") { Revision = "0c4d" }),
        EnvoyFilters = MeshSnapshot.Empty.EnvoyFilters.Add(
            new ObjectKey("istio-system", "accesslog-json-0c4d"),
            new LoggingResource(
                LoggingResourceKind.EnvoyFilter, new ObjectKey("istio-system", "accesslog-json-0c4d"), LabelSet.Empty, ProfileReference.LabelsOf("json", "0c4d"), [])),
    };

    private const string Filter = """
        {"apiVersion":"networking.istio.io/v1alpha3","kind":"EnvoyFilter","metadata":{"name":"accesslog-json-0c4d","labels":{"accesslog.mesh/profile":"json","accesslog.mesh/revision":"0c4d"}},
         "spec":{"workloadSelector":{"labels":{"accesslog.mesh/profile":"json","accesslog.mesh/revision":"0c4d"}},"configPatches":[{
           "applyTo":"NETWORK_FILTER","match":{"context":"SIDECAR_INBOUND","listener":{"filterChain":{"filter":{"name":"envoy.filters.network.http_connection_manager"}}}},
           "patch":{"operation":"MERGE","value":{"typed_config":{"@type":"type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager","access_log":[
             {"name":"envoy.access_loggers.file","typed_config":{"@type":"type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog","path":"/dev/stdout"}}]}}}}]}}
        """;

    [Fact]
    public async Task A_plain_Pod_is_given_its_label_and_annotation()
    {
        await using var webhook = await RunningWebhook.StartAsync(Mesh);

        var answer = await webhook.PostAsync("/mutate?timeout=10s", Reviews.Of(PlainPod));

        const string Patch = """[{"op":"add","path":"/metadata/labels","value":{"accesslog.mesh/profile":"json","accesslog.mesh/revision":"0c4d"}},{"op":"add","path":"/metadata/annotations","value":{"accesslog.mesh/envoyfilter":"istio-system/accesslog-json-0c4d"}}]""";
        Assert.Equal(Patch, answer.Patch());
        Assert.Equal(
            new Answer(200, "application/json", Response("\"allowed\":true,\"patchType\":\"JSONPatch\",\"patch\":\"" + Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(Patch)) + "\",\"auditAnnotations\":{\"outcome\":\"changed\",\"mode\":\"inject\",\"verdict\":\"Logged\",\"profile\":\"json\",\"reason\":\"Injected\",\"message\":\"Pod shop/api is logged by profile json.\"}")),
            answer);
    }

    [Theory]
    [InlineData("/validate")]
    [InlineData("/validate/to-go-on-without/label-the-namespace/accesslog.mesh/enforce-off")]
    public async Task A_Pod_without_a_profile_is_refused_under_enforce(string path)
    {
        await using var webhook = await RunningWebhook.StartAsync(Mesh);

        Assert.Equal(
            new Answer(200, "application/json", Response("\"allowed\":false,\"status\":{\"status\":\"Failure\",\"message\":\"Pod shop/api carries no access-log profile. It is refused because namespace shop is labelled accesslog.mesh/enforce=json. Add the labels accesslog.mesh/profile=json, accesslog.mesh/revision=0c4d to the Pod template.\",\"reason\":\"Forbidden\",\"code\":403},\"auditAnnotations\":{\"outcome\":\"refused\",\"mode\":\"enforce\",\"verdict\":\"Missing\",\"profile\":\"json\",\"reason\":\"NoProfileLabel\",\"message\":\"Pod shop/api carries no access-log profile. It is refused because namespace shop is labelled accesslog.mesh/enforce=json. Add the labels accesslog.mesh/profile=json, accesslog.mesh/revision=0c4d to the Pod template.\"}")),
            await webhook.PostAsync(path, Reviews.Of(PlainPod)));
    }

    [Fact]
    public async Task A_profile_with_a_fault_is_refused_with_its_field()
    {
        await using var webhook = await RunningWebhook.StartAsync(Mesh);

        Assert.Equal(
            new Answer(200, "application/json", Response("\"allowed\":false,\"status\":{\"status\":\"Failure\",\"message\":\"AccessLogProfile team is refused. spec.backend: must be EnvoyFilter or Telemetry.\",\"reason\":\"Forbidden\",\"code\":403},\"auditAnnotations\":{\"outcome\":\"refused\",\"profile\":\"team\",\"reason\":\"InvalidProfile\",\"message\":\"AccessLogProfile team is refused. spec.backend: must be EnvoyFilter or Telemetry.\"}")),
            await webhook.PostAsync("/validate", Definition("CREATE", "accesslog.mesh/v1alpha1", "AccessLogProfile", """{"metadata":{"name":"team"},"spec":{"backend":"Lua"}}""", "null")));
    }

    [Fact]
    public async Task A_reference_that_is_deleted_is_judged_by_the_object_that_goes()
    {
        var used = Mesh with { Pods = Mesh.Pods.Add(new ObjectKey("shop", "api"), new PodFacts(ProfileReference.LabelsOf("json", "0c4d"), LabelSet.Empty)) };
        await using var webhook = await RunningWebhook.StartAsync(used);

        var answer = await webhook.PostAsync("/validate", Definition("DELETE", "networking.istio.io/v1alpha3", "EnvoyFilter", "null", Filter));

        Assert.Contains("EnvoyFilter istio-system/accesslog-json-0c4d is refused: 1 workload logged by it would not be any more: Pod shop/api.", answer.Body, StringComparison.Ordinal);
        Assert.Contains("\"reason\":\"ReferenceInUse\"", answer.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("CREATE", Filter, "null", "LintClean")]
    [InlineData("UPDATE", Filter, Filter, "SpecUnchanged")]
    [InlineData("DELETE", "null", Filter, "ClusterNotSynced")]
    public async Task Of_definitions_only_what_may_take_a_reference_away_waits_for_the_caches(string operation, string @object, string old, string reason)
    {
        var source = new FixedSource
        {
            Caches = [new CacheStatus("namespaces", Synced: false, Installed: true, 0, TimeSpan.Zero, null, IsCurrent: false, ImmutableDictionary<string, long>.Empty)],
        };
        await using var webhook = await RunningWebhook.StartAsync(Mesh, source: source);

        var answer = await webhook.PostAsync("/validate", Definition(operation, "networking.istio.io/v1alpha3", "EnvoyFilter", @object, old));

        Assert.Contains($"\"reason\":\"{reason}\"", answer.Body, StringComparison.Ordinal);
        Assert.Contains($"\"allowed\":{(reason == "ClusterNotSynced" ? "false" : "true")}", answer.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("5", "request.object must be the EnvoyFilter, an object.")]
    [InlineData("null", "request.object must be the EnvoyFilter, an object.")]
    public async Task A_definition_that_is_no_object_is_answered_with_its_uid_and_why(string @object, string message)
    {
        await using var webhook = await RunningWebhook.StartAsync(Mesh);

        var answer = await webhook.PostAsync("/validate", Definition("CREATE", "networking.istio.io/v1alpha3", "EnvoyFilter", @object, "null"));

        Assert.Contains($"\"message\":\"{message}\"", answer.Body, StringComparison.Ordinal);
        Assert.Contains($"\"uid\":\"{Uid}\"", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Definitions_are_never_changed()
    {
        await using var webhook = await RunningWebhook.StartAsync(Mesh);

        Assert.Equal(
            new Answer(200, "application/json", Response("\"allowed\":true,\"auditAnnotations\":{\"reason\":\"KindNotMutated\"}")),
            await webhook.PostAsync("/mutate", Definition("CREATE", "telemetry.istio.io/v1", "Telemetry", """{"metadata":{"name":"x"},"spec":{}}""", "null")));
    }

    [Fact]
    public async Task A_namespace_that_asks_for_nothing_notices_nothing()
    {
        await using var webhook = await RunningWebhook.StartAsync(Mesh);
        var expected = new Answer(200, "application/json", Response("\"allowed\":true,\"auditAnnotations\":{\"reason\":\"NotRequested\"}"));

        Assert.Equal(expected, await webhook.PostAsync("/mutate", Reviews.Of(PlainPod, @namespace: "plain")));
        Assert.Equal(expected, await webhook.PostAsync("/validate", Reviews.Of(PlainPod, @namespace: "plain")));
    }

    [Theory]
    [InlineData("""{"group":"","version":"v1","kind":"Binding"}""", "binding", "CREATE", "SubresourceNotJudged")]
    [InlineData(Reviews.Pod, "ephemeralcontainers", "UPDATE", "SubresourceNotJudged")]
    [InlineData(Reviews.Pod, "resize", "UPDATE", "SubresourceNotJudged")]
    [InlineData(Reviews.Pod, "", "DELETE", "OperationNotJudged")]
    [InlineData(Reviews.Pod, "", "CONNECT", "OperationNotJudged")]
    public async Task What_is_not_judged_is_admitted(string kind, string subresource, string operation, string reason)
    {
        await using var webhook = await RunningWebhook.StartAsync(Mesh);
        var expected = new Answer(200, "application/json", Response($"\"allowed\":true,\"auditAnnotations\":{{\"reason\":\"{reason}\"}}"));

        Assert.Equal(expected, await webhook.PostAsync("/mutate", Reviews.Of(operation is "DELETE" or "CONNECT" ? "null" : PlainPod, kind, operation, subresource: subresource)));
        Assert.Equal(expected, await webhook.PostAsync("/validate", Reviews.Of(operation is "DELETE" or "CONNECT" ? "null" : PlainPod, kind, operation, subresource: subresource)));
    }

    [Fact]
    public async Task A_dry_run_is_answered_alike_and_counted_apart()
    {
        await using var webhook = await RunningWebhook.StartAsync(Mesh);

        var real = await webhook.PostAsync("/mutate", Reviews.Of(PlainPod));
        var dry = await webhook.PostAsync("/mutate", Reviews.Of(PlainPod, dryRun: true));

        Assert.Equal(real, dry);
        var metrics = (await webhook.GetAsync("/metrics")).Body;
        Assert.Contains("accesslog_reviews_total{endpoint=\"mutate\",kind=\"Pod\",operation=\"Create\",decision=\"mutate\",reason=\"Injected\",dry_run=\"true\"} 1\n", metrics, StringComparison.Ordinal);
        Assert.Contains("accesslog_reviews_total{endpoint=\"mutate\",kind=\"Pod\",operation=\"Create\",decision=\"mutate\",reason=\"Injected\",dry_run=\"false\"} 1\n", metrics, StringComparison.Ordinal);
        Assert.Single(webhook.Logs.Lines, line => line.StartsWith("Information 1000: mutate", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_namespace_that_the_cache_does_not_know_costs_one_live_look_up()
    {
        var asked = new List<string>();
        var source = new FixedSource
        {
            LookUp = (name, _) =>
            {
                asked.Add(name);
                return Task.FromResult<NamespaceLookup>(new NamespaceLookup.Found(new NamespaceFacts(name, LabelSet.Of(("accesslog.mesh/enforce", "json")))));
            },
        };
        await using var webhook = await RunningWebhook.StartAsync(Mesh, source: source);

        var answer = await webhook.PostAsync("/validate", Reviews.Of(PlainPod, @namespace: "brand-new"));

        Assert.Contains("Pod brand-new/api carries no access-log profile.", answer.Body, StringComparison.Ordinal);
        Assert.Equal(["brand-new"], asked);
        Assert.Contains("accesslog_namespace_lookups_total{result=\"found\"} 1\n", (await webhook.GetAsync("/metrics")).Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/mutate", FailureDirection.Open, FailureDirection.Closed, "\"allowed\":true,\"warnings\":[\"MESSAGE\"],\"auditAnnotations\":{\"outcome\":\"warned\",\"reason\":\"NamespaceUnavailable\",\"message\":\"MESSAGE\"}")]
    [InlineData("/mutate", FailureDirection.Closed, FailureDirection.Open, "\"allowed\":false,\"status\":{\"status\":\"Failure\",\"message\":\"MESSAGE\",\"reason\":\"InternalError\",\"code\":500},\"auditAnnotations\":{\"outcome\":\"refused\",\"reason\":\"NamespaceUnavailable\",\"message\":\"MESSAGE\"}")]
    [InlineData("/validate", FailureDirection.Open, FailureDirection.Closed, "\"allowed\":false,\"status\":{\"status\":\"Failure\",\"message\":\"MESSAGE\",\"reason\":\"InternalError\",\"code\":500},\"auditAnnotations\":{\"outcome\":\"refused\",\"reason\":\"NamespaceUnavailable\",\"message\":\"MESSAGE\"}")]
    [InlineData("/validate", FailureDirection.Closed, FailureDirection.Open, "\"allowed\":true,\"warnings\":[\"MESSAGE\"],\"auditAnnotations\":{\"outcome\":\"warned\",\"reason\":\"NamespaceUnavailable\",\"message\":\"MESSAGE\"}")]
    public async Task A_namespace_that_cannot_be_read_falls_as_its_endpoint_is_set(string path, FailureDirection inject, FailureDirection enforce, string response)
    {
        await using var webhook = await RunningWebhook.StartAsync(Mesh, PolicySettings.Default with { InjectFault = inject, EnforceFault = enforce });

        Assert.Equal(
            new Answer(200, "application/json", Response(response.Replace("MESSAGE", "The labels of namespace gone cannot be read: it does not exist.", StringComparison.Ordinal))),
            await webhook.PostAsync(path, Reviews.Of(PlainPod, @namespace: "gone")));
    }

    [Theory]
    [InlineData("/mutate", "\"allowed\":true,\"warnings\":[\"MESSAGE\"]")]
    [InlineData("/validate", "\"allowed\":false,\"status\":{\"status\":\"Failure\",\"message\":\"MESSAGE\",\"reason\":\"InternalError\",\"code\":500}")]
    public async Task Nothing_is_judged_by_a_cache_that_is_not_filled(string path, string response)
    {
        var source = new FixedSource
        {
            Caches = [new CacheStatus("namespaces", Synced: false, Installed: true, 0, TimeSpan.Zero, "The API server is not reachable.", IsCurrent: false, ImmutableDictionary<string, long>.Empty)],
        };
        await using var webhook = await RunningWebhook.StartAsync(Mesh, source: source);

        Assert.Equal(
            new Answer(200, "application/json", Response(response.Replace("MESSAGE", "The cache of namespaces is not filled yet: The API server is not reachable.", StringComparison.Ordinal) + ",\"auditAnnotations\":{\"outcome\":\"OUTCOME\",\"reason\":\"ClusterNotSynced\",\"message\":\"The cache of namespaces is not filled yet: The API server is not reachable.\"}".Replace("OUTCOME", path == "/mutate" ? "warned" : "refused", StringComparison.Ordinal))),
            await webhook.PostAsync(path, Reviews.Of(PlainPod)));
    }

    [Theory]
    [InlineData("shop", "admin", Reviews.Pod, "CREATE", PlainPod, "null", "Exempt", "ExemptUser")]
    [InlineData("ops", "alice", Reviews.Pod, "CREATE", PlainPod, "null", "Exempt", "ExemptNamespace")]
    [InlineData("kube-system", "alice", Reviews.Pod, "CREATE", PlainPod, "null", "Inert", "SystemNamespace")]
    [InlineData("shop", "alice", Reviews.Pod, "UPDATE", """{"metadata":{"name":"api","deletionTimestamp":"2026-01-01T00:00:00Z"}}""", PlainPod, "", "BeingDeleted")]
    [InlineData("shop", "alice", Reviews.Namespace, "UPDATE", """{"metadata":{"name":"shop","labels":{"a":"b"}}}""", """{"metadata":{"name":"shop"}}""", "", "NamespaceLabelsUnchanged")]
    public async Task A_cluster_that_is_not_known_stops_nothing_that_no_knowledge_would_stop(
        string @namespace, string username, string kind, string operation, string @object, string old, string verdict, string reason)
    {
        var source = new FixedSource
        {
            Caches = [new CacheStatus("namespaces", Synced: false, Installed: true, 0, TimeSpan.Zero, "The API server is not reachable.", IsCurrent: false, ImmutableDictionary<string, long>.Empty)],
        };
        var settings = PolicySettings.Default with { Exemptions = new Exemptions { Namespaces = ["ops"], Usernames = ["admin"] } };
        await using var webhook = await RunningWebhook.StartAsync(Mesh, settings, source);

        var answer = await webhook.PostAsync("/validate", Reviews.Of(@object, kind, operation, @namespace, old, username: username));

        Assert.Contains("\"allowed\":true", answer.Body, StringComparison.Ordinal);
        Assert.Contains($"\"reason\":\"{reason}\"", answer.Body, StringComparison.Ordinal);
        Assert.Contains(verdict, answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_deletion_is_admitted_whatever_its_object_is()
    {
        await using var webhook = await RunningWebhook.StartAsync(Mesh);
        var expected = new Answer(200, "application/json", Response("\"allowed\":true,\"auditAnnotations\":{\"reason\":\"OperationNotJudged\"}"));

        Assert.Equal(expected, await webhook.PostAsync("/validate", Reviews.Of("null", operation: "DELETE", oldObject: """{"metadata":{"labels":{"a":1}}}""")));
        Assert.Equal(expected, await webhook.PostAsync("/validate", Reviews.Of("null", """{"group":"apps","version":"v1","kind":"Deployment"}""", "DELETE")));
    }

    [Fact]
    public async Task An_exemption_leaves_its_reason_in_the_audit_log()
    {
        await using var webhook = await RunningWebhook.StartAsync(Mesh, PolicySettings.Default with { Exemptions = new Exemptions { AllowAnnotation = true } });

        Assert.Equal(
            new Answer(200, "application/json", Response("\"allowed\":true,\"auditAnnotations\":{\"outcome\":\"exempted\",\"mode\":\"enforce\",\"verdict\":\"Exempt\",\"profile\":\"json\",\"reason\":\"ExemptAnnotation\",\"exemption\":\"Pod shop/api is exempt by its own annotation: load test\"}")),
            await webhook.PostAsync("/validate", Reviews.Of("""{"metadata":{"name":"api","annotations":{"accesslog.mesh/exempt":"load test"}}}""")));
    }

    [Fact]
    public async Task A_look_up_that_hangs_is_answered_within_the_timeout_of_the_request()
    {
        var source = new FixedSource
        {
            LookUp = async (_, cancellationToken) =>
            {
                var never = new TaskCompletionSource();
                await using (cancellationToken.Register(never.SetResult))
                {
                    await never.Task;
                }

                return new NamespaceLookup.Unavailable("the API server did not answer in time.");
            },
        };
        await using var webhook = await RunningWebhook.StartAsync(Mesh, source: source);

        // What is asked never ends by itself: that there is an answer is the proof.
        var answer = await webhook.PostAsync("/mutate?timeout=1s", Reviews.Of(PlainPod, @namespace: "slow"));

        Assert.Contains("\"allowed\":true", answer.Body, StringComparison.Ordinal);
        Assert.Contains("the API server did not answer in time.", answer.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/mutate", "\"allowed\":true")]
    [InlineData("/validate", "\"allowed\":false")]
    public async Task A_fault_of_ours_carries_the_uid_and_falls_as_set(string path, string outcome)
    {
        var source = new FixedSource { LookUp = (_, _) => throw new InvalidOperationException("a bug") };
        await using var webhook = await RunningWebhook.StartAsync(Mesh, source: source);

        var answer = await webhook.PostAsync(path, Reviews.Of(PlainPod, @namespace: "buggy"));

        Assert.Equal(200, answer.Status);
        Assert.Contains($"\"uid\":\"{Uid}\",{outcome}", answer.Body, StringComparison.Ordinal);
        Assert.Contains("\"reason\":\"InternalFault\"", answer.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("a bug", answer.Body, StringComparison.Ordinal);
        Assert.Single(webhook.Logs.Lines, line => line.StartsWith("Error 1005:", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Metrics_have_buckets_below_a_millisecond()
    {
        await using var webhook = await RunningWebhook.StartAsync(Mesh);
        await webhook.PostAsync("/validate", Reviews.Of(PlainPod));

        var metrics = (await webhook.GetAsync("/metrics")).Body;

        Assert.Contains("accesslog_review_duration_seconds_bucket{endpoint=\"validate\",le=\"0.00025\"}", metrics, StringComparison.Ordinal);
        Assert.Contains("accesslog_review_duration_seconds_count{endpoint=\"validate\"} 1\n", metrics, StringComparison.Ordinal);
        Assert.Contains("accesslog_reviews_in_flight 0\n", metrics, StringComparison.Ordinal);
        Assert.Contains("accesslog_cache_current{kind=\"namespaces\"} 1\n", metrics, StringComparison.Ordinal);
    }

    private static string Response(string members) =>
        $$$"""{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","response":{"uid":"{{{Uid}}}",{{{members}}} }}""".Replace(" }}", "}}", StringComparison.Ordinal);

    private static byte[] Definition(string operation, string apiVersion, string kind, string @object, string old)
    {
        var (group, version) = (apiVersion.Split('/')[0], apiVersion.Split('/')[1]);
        return System.Text.Encoding.UTF8.GetBytes(
            $$$"""
            {"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":{"uid":"{{{Uid}}}","kind":{"group":"{{{group}}}","version":"{{{version}}}","kind":"{{{kind}}}" },
             "namespace":"istio-system","operation":"{{{operation}}}","object": {{{Full(@object)}}} ,"oldObject": {{{Full(old)}}} } }
            """);

        string Full(string json) => json.StartsWith("{\"metadata\"", StringComparison.Ordinal) ? $"{{\"apiVersion\":\"{apiVersion}\",\"kind\":\"{kind}\",{json[1..]}" : json;
    }
}
