using AccessLogWebhook.Policy.Decisions;
using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Policy.Patching;
using AccessLogWebhook.Policy.Profiles;
using AccessLogWebhook.Policy.Tests.Support;
using AccessLogWebhook.Policy.Workloads;
using static AccessLogWebhook.Policy.Tests.Support.Objects;

namespace AccessLogWebhook.Policy.Tests.Decisions;

/// <summary>Gateways of networking.istio.io: they carry the reference's annotation, and the verdict is about the Pods that their selector picks.</summary>
public sealed class IstioGatewayTests
{
    private const string Current = $"istio-system/accesslog-json-{Scene.Revision}";
    private const string Older = $"istio-system/accesslog-json-{Scene.OlderRevision}";
    private static readonly (string, string)[] Carried = [("accesslog.mesh/profile", "json"), ("accesslog.mesh/revision", Scene.Revision)];
    private static readonly (string, string)[] CarriedOlder = [("accesslog.mesh/profile", "json"), ("accesslog.mesh/revision", Scene.OlderRevision)];
    private static readonly Scene Both = Scene.Injected.Asking(Mode.Inject).Asking(Mode.Enforce);
    private static readonly Scene Served = Both
        .WithPod("infra/ingress-1", [("istio", "ingress"), .. Carried])
        .WithPod("infra/other-1", ("istio", "other"));

    [Fact]
    public void It_gets_the_annotation_alone()
    {
        var decision = Assert.IsType<Decision.Mutate>(Served.Mutate(IstioGateway(), WorkloadKind.IstioGateway));

        Assert.Equal([JsonPatchOperation.Add("/metadata/annotations", LabelSet.Of(("accesslog.mesh/envoyfilter", Current)))], decision.Patch);
        Assert.Equal((ReasonCode.Injected, Verdict.Logged), (decision.Reason, decision.Verdict));
        Assert.Equal("Gateway shop/web is logged by profile json on all 1 Pods that serve it.", decision.Message);
    }

    [Fact]
    public void Without_the_annotation_it_is_refused() => Assert.Equal(
        "Gateway shop/web names no access-log reference. It is refused because namespace shop is labelled accesslog.mesh/enforce=json. "
        + $"Add the annotation accesslog.mesh/envoyfilter: {Current}.",
        Assert.IsType<Decision.Deny>(Served.Validate(IstioGateway(), WorkloadKind.IstioGateway)).Message);

    [Fact]
    public void With_it_and_Pods_that_are_selected_in_whatever_namespace_it_is_logged() =>
        Assert.Equal((Verdict.Logged, ReasonCode.Conforms), Judged(Served));

    [Fact]
    public void Pods_that_the_reference_does_not_select_make_it_dangling_but_not_refused()
    {
        var scene = Served.WithPod("infra/ingress-2", ("istio", "ingress")).WithPod("edge/ingress-3", ("istio", "ingress"));

        Assert.Equal((Verdict.Dangling, ReasonCode.GatewayPodsNotSelected), Judged(scene));
        Assert.Equal(
            [
                $"Gateway shop/web is served by 2 of 3 Pods that EnvoyFilter {Current} does not select, edge/ingress-3 first.",
                "Restart them in a namespace labelled accesslog.mesh/inject=json.",
            ],
            Assert.IsType<Decision.Admit>(scene.Validate(Annotated(Current), WorkloadKind.IstioGateway)).Warnings);
    }

    [Theory]
    [InlineData("1", ReasonCode.GatewayPodsNotSelected)]
    [InlineData("2", ReasonCode.GatewayWithoutPods)]
    public void A_selector_picks_by_all_of_its_labels(string last, ReasonCode reason)
    {
        var scene = Served.WithPod("infra/many", ("a", "1"), ("b", "1"), ("c", "1"), ("d", "1"), ("e", "1"), ("f", "1")).WithPod("infra/few", ("a", "1"), ("f", "2"));
        var gateway = IstioGateway([("accesslog.mesh/envoyfilter", Current)], spec: $$$"""  "selector":{"a":"1","b":"1","c":"1","d":"1","e":"1","f":"{{{last}}}"}""");

        Assert.Equal(reason, scene.Validate(gateway, WorkloadKind.IstioGateway).Reason);
    }

    [Fact]
    public void A_generated_gateways_Pod_is_reached_as_one()
    {
        var scene = Both.WithPod("shop/edge-1", ("istio", "ingress"), ("gateway.networking.k8s.io/gateway-name", "edge"), ("gateway.istio.io/managed", "istio.io-mesh-controller"), ("accesslog.mesh/profile", "json"), ("accesslog.mesh/revision", Scene.Revision));

        // A waypoint's Pod: no selector reaches it, though it carries the labels.
        Assert.Equal(ReasonCode.GatewayPodsNotSelected, Judged(scene).Reason);
    }

    [Theory]
    [InlineData("\"selector\":{\"istio\":\"none\"}", "Gateway shop/web selects istio=none, which picks no Pod.")]
    [InlineData("\"selector\":{}", "Gateway shop/web has no spec.selector, so which Pods serve it cannot be told.")]
    [InlineData("\"servers\":[]", "Gateway shop/web has no spec.selector, so which Pods serve it cannot be told.")]
    public void Without_Pods_it_is_inert_but_annotated_for_they_may_come_later(string spec, string message)
    {
        var decision = Assert.IsType<Decision.Mutate>(Served.Mutate(IstioGateway(spec: spec), WorkloadKind.IstioGateway));

        Assert.Equal((Verdict.Inert, message), (decision.Verdict, decision.Message));
        Assert.Equal([message], decision.Warnings);
        Assert.IsType<Decision.Admit>(Served.Validate(IstioGateway([("accesslog.mesh/envoyfilter", Current)], spec: spec), WorkloadKind.IstioGateway));
    }

    [Fact]
    public void An_older_reference_that_still_reaches_its_Pods_is_outdated()
    {
        var scene = Both.WithPod("infra/ingress-1", [("istio", "ingress"), .. CarriedOlder]);

        Assert.Equal((Verdict.Outdated, ReasonCode.OlderRevision), Judged(scene, Older));
        Assert.Equal(
            $"Gateway shop/web is logged by {Older}; the current reference of profile json is {Current}. Set annotation accesslog.mesh/envoyfilter to it when its Pods have been restarted.",
            scene.Validate(Annotated(Older), WorkloadKind.IstioGateway).Message);
        Assert.Equal([JsonPatchOperation.Replace("/metadata/annotations/accesslog.mesh~1envoyfilter", Current)], Assert.IsType<Decision.Mutate>(scene.Mutate(Annotated(Older), WorkloadKind.IstioGateway)).Patch);
    }

    [Theory]
    [InlineData("istio-system/accesslog-json-dead", Verdict.Dangling, ReasonCode.ReferenceNotFound)]
    [InlineData("shop/theirs", Verdict.Conflicting, ReasonCode.OtherReference)]
    [InlineData("shop/none", Verdict.Dangling, ReasonCode.ReferenceNotFound)]
    public void Another_reference_is_refused(string named, Verdict verdict, ReasonCode reason)
    {
        var scene = Served.With(Scene.Filter("shop/theirs", null));

        Assert.Equal((verdict, reason), Judged(scene, named));
        Assert.IsType<Decision.Deny>(scene.Validate(Annotated(named), WorkloadKind.IstioGateway));
    }

    [Fact]
    public void What_was_rendered_for_a_profile_that_now_names_a_reference_is_an_older_one_for_as_long_as_it_logs()
    {
        var scene = Served.With(new AccessLogProfile("json") { EnvoyFilterRef = new("istio-system", "theirs") }).With(Scene.Filter("istio-system/theirs", LabelSet.Of(("log", "theirs"))));

        Assert.Equal((Verdict.Outdated, ReasonCode.OlderRevision), Judged(scene, Current));
        Assert.Equal((Verdict.Outdated, ReasonCode.OlderRevision), Judged(scene, "istio-system/theirs"));
        Assert.Equal((Verdict.Dangling, ReasonCode.ReferenceNotFound), Judged(scene, "istio-system/accesslog-json-dead"));
        Assert.Equal((Verdict.Logged, ReasonCode.Conforms), Judged(scene.With(Scene.Filter("istio-system/theirs", LabelSet.Of(("istio", "ingress")))), "istio-system/theirs"));
    }

    [Fact]
    public void Pods_that_were_not_restarted_since_it_was_annotated_are_logged_by_what_they_carry()
    {
        var scene = Served.WithPod("infra/ingress-2", [("istio", "ingress"), .. CarriedOlder]);

        Assert.Equal((Verdict.Outdated, ReasonCode.OlderRevision), Judged(scene));
        Assert.Equal(
            "is served by 1 of 2 Pods that an older revision of profile json logs, infra/ingress-2 first. Restart them to take the current one.",
            scene.Judge(Annotated(Current), kind: WorkloadKind.IstioGateway).Explanation);
    }

    [Fact]
    public void After_an_edit_its_restarted_Pods_are_logged_though_it_names_the_older_reference_still()
    {
        Assert.Equal((Verdict.Outdated, ReasonCode.OlderRevision), Judged(Served, Older));
        Assert.Equal(
            $"names {Older}, but its Pods are logged by the current reference of profile json, {Current}. Set annotation accesslog.mesh/envoyfilter to it.",
            Served.Judge(Annotated(Older), kind: WorkloadKind.IstioGateway).Explanation);
    }

    [Theory]
    [InlineData("envoyfilter", "telemetry")]
    [InlineData("telemetry", "envoyfilter")]
    public void After_a_change_of_backend_it_is_outdated_and_one_that_is_created_anew_names_the_new_reference_alone(string from, string to)
    {
        const string filter = """{}""", telemetry = """{"backend":"Telemetry"}""";
        var cluster = new PlannedCluster().Namespace("shop").Namespace("infra", ("istio-injection", "enabled"), ("accesslog.mesh/inject", "team"))
            .Profile("team", from == "telemetry" ? telemetry : filter).Settle();
        var old = cluster.References[0].Split(' ')[1];
        cluster.Carrying("infra/ingress-1", "team", ("istio", "ingress")).Profile("team", from == "telemetry" ? filter : telemetry).Settle();
        var gateway = Scene.Read(WorkloadKind.IstioGateway, IstioGateway([($"accesslog.mesh/{from}", old)]));
        var context = new PolicyContext(cluster.Mesh.Namespaces["shop"], cluster.Mesh, cluster.Settings);
        var profile = cluster.Mesh.Profiles["team"];

        var judgement = Policy.Decisions.Judge.Workload(gateway, profile, context);
        Assert.Equal((Verdict.Outdated, ReasonCode.OlderRevision, false), (judgement.Verdict, judgement.Reason, judgement.RefusedByEnforce));

        var plan = InjectionPlan.For(gateway, profile, context);
        Assert.Equal([$"accesslog.mesh/{to}"], plan.After.Annotations.Select(annotation => annotation.Key));
        Assert.Contains(JsonPatchOperation.Remove($"/metadata/annotations/accesslog.mesh~1{from}"), plan.Patch);
    }

    [Fact]
    public void Where_the_profile_does_not_log_on_gateways_nothing_is_asked_or_promised_of_it()
    {
        var scene = Served.LoggingOn(LoggedProxies.SidecarInbound);

        Assert.Equal((ReasonCode.ProxyNotLogged, Verdict.Inert), scene.Mutate(IstioGateway(), WorkloadKind.IstioGateway) is Decision.Admit mutated ? (mutated.Reason, mutated.Verdict) : default);
        Assert.Equal(ReasonCode.ProxyNotLogged, Assert.IsType<Decision.Admit>(scene.Validate(IstioGateway(), WorkloadKind.IstioGateway)).Reason);
        // An older revision was rendered with the proxies of its time.
        Assert.Equal(ReasonCode.OlderRevision, Judged(scene.WithPod("infra/ingress-1", [("istio", "ingress"), .. CarriedOlder]), Older).Reason);
    }

    [Fact]
    public void All_labels_of_its_selector_count()
    {
        const string both = "\"selector\":{\"istio\":\"ingress\",\"tier\":\"a\"}";
        var scene = Served.WithPod("infra/ingress-2", [("istio", "ingress"), ("tier", "a"), .. Carried]).WithPod("infra/ingress-3", ("istio", "ingress"), ("tier", "b"));

        Assert.Equal("is logged by profile json on all 1 Pods that serve it.", scene.Judge(IstioGateway([("accesslog.mesh/envoyfilter", Current)], spec: both), kind: WorkloadKind.IstioGateway).Problem);
    }

    [Fact]
    public void A_selector_is_quoted_no_longer_than_a_line()
    {
        var spec = $"\"selector\":{{\"{new string('x', 5000)}\":\"y\"}}";

        Assert.True(Served.Judge(IstioGateway([("accesslog.mesh/envoyfilter", Current)], spec: spec), kind: WorkloadKind.IstioGateway).Explanation.Length < 200);
    }

    [Fact]
    public void Pods_of_another_implementation_are_not_reached_whatever_they_carry()
    {
        var scene = Both.WithClass("nginx", "nginx.org/x").WithPod("infra/ingress-1", [("istio", "ingress"), ("gateway.networking.k8s.io/gateway-name", "edge"), ("gateway.networking.k8s.io/gateway-class-name", "nginx"), .. Carried]);

        Assert.Equal(ReasonCode.GatewayPodsNotSelected, Judged(scene).Reason);
    }

    [Fact]
    public void A_reference_that_is_not_rendered_yet_is_no_reason_to_refuse()
    {
        var scene = Served.Without(Current);

        Assert.Equal((Verdict.Dangling, ReasonCode.ReferenceNotRendered), Judged(scene));
        Assert.Equal(
            [
                $"Gateway shop/web is not logged yet: EnvoyFilter {Current} of profile json does not exist.",
                "The controllers make it; without them: accesslog render json | kubectl apply -f -.",
            ],
            Assert.IsType<Decision.Admit>(scene.Validate(Annotated(Current), WorkloadKind.IstioGateway)).Warnings);
    }

    private static (Verdict Verdict, ReasonCode Reason) Judged(Scene scene, string named = Current)
    {
        var judgement = scene.Judge(Annotated(named), kind: WorkloadKind.IstioGateway);
        return (judgement.Verdict, judgement.Reason);
    }

    private static string Annotated(string named) => IstioGateway([("accesslog.mesh/envoyfilter", named)]);
}
