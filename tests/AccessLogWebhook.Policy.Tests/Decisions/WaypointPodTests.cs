using AccessLogWebhook.Policy.Decisions;
using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Policy.Profiles;
using AccessLogWebhook.Policy.Tests.Logging;
using AccessLogWebhook.Policy.Tests.Support;
using AccessLogWebhook.Policy.Workloads;
using static AccessLogWebhook.Policy.Tests.Support.Objects;

namespace AccessLogWebhook.Policy.Tests.Decisions;

/// <summary>Pods whose traffic a waypoint logs, and the waypoint's own: labels on them would reach nothing, so they get none.</summary>
public sealed class WaypointPodTests
{
    private static readonly LoggingResource ToWaypoint = Scene.Filter("shop/to-wp", null, Scene.ToGateway("wp")) with { Labels = LabelSet.Of(("accesslog.mesh/profile", "json")) };

    private static readonly Scene Ambient = (Scene.Injected with { Labels = LabelSet.Empty })
        .Labelled("istio.io/dataplane-mode", "ambient")
        .Labelled("istio.io/use-waypoint", "wp")
        .WithPod("shop/wp-1", ("gateway.networking.k8s.io/gateway-name", "wp"))
        .Asking(Mode.Inject);

    [Fact]
    public void A_Pod_that_a_logged_waypoint_serves_is_logged_as_it_is()
    {
        var decision = Assert.IsType<Decision.Admit>(Ambient.With(ToWaypoint).Mutate(Pod()));

        Assert.Equal((ReasonCode.WaypointReached, Verdict.Logged), (decision.Reason, decision.Verdict));
        Assert.Equal("Pod shop/api is logged at waypoint shop/wp by shop/to-wp.", decision.Message);
        Assert.Empty(decision.Warnings);
    }

    [Fact]
    public void A_Pod_that_a_waypoint_without_targetRefs_serves_is_left_with_a_warning() => Assert.Equal(
        [
            "Pod shop/api cannot be logged: no reference of profile json targets waypoint shop/wp.",
            "Annotate Gateway shop/wp with accesslog.mesh/envoyfilter: shop/accesslog-json-1f3a-wp.",
        ],
        Assert.IsType<Decision.Admit>(Ambient.Mutate(Pod())).Warnings);

    [Fact]
    public void Where_the_profile_does_not_log_on_waypoints_a_reference_has_to_target_it() => Assert.Equal(
        "Add waypoint to spec.proxies of profile json.",
        Assert.IsType<Decision.Admit>(Ambient.NotOnWaypoints().Mutate(Pod())).Warnings[1]);

    [Fact]
    public void A_waypoint_that_keeps_an_older_revision_logs_by_that()
    {
        var older = Scene.Filter("shop/accesslog-json-0b5e-wp", null, Scene.ToGateway("wp")) with { Labels = ProfileReference.LabelsOf("json", "0b5e") };

        var judgement = Ambient.With(older).Judge(Pod());

        Assert.Equal((Verdict.Outdated, false), (judgement.Verdict, judgement.RefusedByEnforce));
        Assert.Equal(
            "is logged at waypoint shop/wp by shop/accesslog-json-0b5e-wp, an older revision of profile json. "
            + "Set annotation accesslog.mesh/envoyfilter of Gateway shop/wp to shop/accesslog-json-1f3a-wp, which drains the waypoint.",
            judgement.Explanation);
    }

    [Theory]
    [InlineData("gateway.istio.io/managed", "istio.io-mesh-controller")]
    [InlineData("gateway.istio.io/managed", "istio.io-eastwest-controller")]
    [InlineData("gateway.networking.k8s.io/gateway-class-name", "istio-waypoint")]
    public void The_waypoints_own_Pod_is_left_as_it_is(string key, string value)
    {
        var pod = PodWithProxy([("gateway.networking.k8s.io/gateway-name", "wp"), (key, value)]);

        Assert.Equal(ReasonCode.WaypointReached, Assert.IsType<Decision.Admit>(Ambient.With(ToWaypoint).Mutate(pod)).Reason);
        Assert.Equal(ReasonCode.WaypointWithoutTargetRefs, Assert.IsType<Decision.Admit>(Ambient.Mutate(pod)).Reason);
    }

    [Theory]
    [InlineData("gateway.istio.io/managed", "istio.io-agentgateway-waypoint-controller")]
    [InlineData("gateway.networking.k8s.io/gateway-class-name", "istio-agentgateway-waypoint")]
    [InlineData("gateway.networking.k8s.io/gateway-class-name", "kgateway")]
    public void A_waypoint_that_is_not_Istios_Envoy_logs_nothing(string key, string value)
    {
        var scene = Ambient.With(ToWaypoint).WithPod("shop/wp-1", ("gateway.networking.k8s.io/gateway-name", "wp"), (key, value));

        Assert.Equal((ReasonCode.GatewayClassNotEnvoy, Verdict.Inert), scene.Mutate(Pod()) is var decision ? (decision.Reason, decision.Verdict) : default);
    }

    [Fact]
    public void A_waypoint_is_found_by_the_Pods_of_the_moment()
    {
        var scene = Ambient.With(ToWaypoint);
        var another = (scene with { Mesh = scene.Mesh with { Pods = scene.Mesh.Pods.Clear() } }).WithPod("shop/wp-2", ("gateway.networking.k8s.io/gateway-name", "wp"));
        // The name of a Pod that was the waypoint's.
        var renamed = (another with { Mesh = another.Mesh with { Pods = another.Mesh.Pods.Clear() } }).WithPod("shop/wp-2", ("app", "x"));

        Assert.Equal(ReasonCode.WaypointReached, scene.Mutate(Pod()).Reason);
        Assert.Equal(ReasonCode.WaypointReached, another.Mutate(Pod()).Reason);
        Assert.Equal(ReasonCode.AmbientWithoutWaypoint, renamed.Mutate(Pod()).Reason);
        Assert.Equal(ReasonCode.WaypointReached, scene.Mutate(Pod()).Reason);
    }

    [Fact]
    public void A_reference_to_all_waypoints_reaches_this_one() => Assert.Equal(
        ReasonCode.WaypointReached,
        Ambient.With(Scene.Filter("istio-system/all", null, new TargetReference("gateway.networking.k8s.io", "GatewayClass", "", "istio-waypoint")) with { Labels = LabelSet.Of(("accesslog.mesh/profile", "json")) }).Mutate(Pod()).Reason);

    [Fact]
    public void What_was_rendered_for_a_profile_that_now_names_an_EnvoyFilter_logs_it_still()
    {
        var older = Scene.Filter("shop/accesslog-json-0b5e-wp", null, Scene.ToGateway("wp")) with { Labels = ProfileReference.LabelsOf("json", "0b5e") };
        var scene = Ambient.With(older).With(new AccessLogProfile("json") { EnvoyFilterRef = new("istio-system", "theirs") }).With(Scene.Filter("istio-system/theirs", null));
        var gateway = KubernetesGateway(annotations: [("accesslog.mesh/envoyfilter", "shop/accesslog-json-0b5e-wp")], @class: "istio-waypoint", metadata: "\"name\":\"wp\"");

        Assert.Equal(Verdict.Outdated, scene.Judge(Pod()).Verdict);
        Assert.Equal(Verdict.Outdated, scene.Judge(gateway, kind: WorkloadKind.KubernetesGateway).Verdict);
        Assert.Equal(Verdict.Outdated, scene.With(Scene.Filter("istio-system/theirs", null, Scene.ToGateway("wp"))).Judge(gateway, kind: WorkloadKind.KubernetesGateway).Verdict);
    }

    [Fact]
    public void A_waypoint_of_another_namespace_is_found_there()
    {
        var scene = Ambient.Labelled("istio.io/use-waypoint-namespace", "infra").With(ToWaypoint with { Key = new("infra", "to-wp") });

        Assert.Equal(ReasonCode.AmbientWithoutWaypoint, scene.Mutate(Pod()).Reason);
        Assert.Equal(ReasonCode.WaypointReached, scene.WithPod("infra/wp-1", ("gateway.networking.k8s.io/gateway-name", "wp")).Mutate(Pod()).Reason);
    }

    [Fact]
    public void A_Telemetry_that_targets_the_waypoint_of_another_namespace_does_not_count_here()
    {
        var telemetry = Scene.Telemetry("infra/to-wp", null, Scene.ToGateway("wp")) with { Labels = ProfileReference.LabelsOf("json", Scene.Revision), Effects = Effects.OfTelemetry("to=Gateway/wp | providers=envoy") };
        var scene = Ambient.Labelled("istio.io/use-waypoint-namespace", "infra").WithPod("infra/wp-1", ("gateway.networking.k8s.io/gateway-name", "wp")).With(telemetry);

        var decision = scene.Mutate(Pod());

        Assert.Equal((ReasonCode.WaypointWithoutTargetRefs, Verdict.Inert), (decision.Reason, decision.Verdict));
        Assert.Equal(
            "Pod shop/api cannot be logged: Telemetry infra/to-wp targets waypoint infra/wp and counts for Services of namespace infra only. "
            + "Use a waypoint in namespace shop, or a profile with the backend EnvoyFilter.",
            decision.Message);
        Assert.Equal(ReasonCode.WaypointReached, (scene with { Name = "infra" }).Mutate(Pod()).Reason);
    }

    [Fact]
    public void A_waypoint_without_its_Gateway_is_none_where_Gateways_are_known()
    {
        var gateway = Scene.Read(WorkloadKind.KubernetesGateway, KubernetesGateway(@class: "istio-waypoint", metadata: "\"name\":\"wp\""));
        var scene = Ambient.With(ToWaypoint);

        Assert.Equal(ReasonCode.AmbientWithoutWaypoint, Knowing("shop/other").Mutate(Pod()).Reason);
        Assert.Equal(ReasonCode.WaypointReached, Knowing("shop/wp").Mutate(Pod()).Reason);

        Scene Knowing(string key) => scene with { Mesh = scene.Mesh with { KubernetesGateways = scene.Mesh.KubernetesGateways.SetItem(Scene.Key(key), (KubernetesGateway)gateway) } };
    }

    [Theory]
    [InlineData("all", true, true)]
    [InlineData("workload", true, true)]
    [InlineData("service", false, true)]
    [InlineData("none", false, false)]
    public void A_waypoint_takes_the_traffic_that_its_Gateway_says(string traffic, bool takesWorkloads, bool takesServices)
    {
        var gateway = Scene.Read(WorkloadKind.KubernetesGateway, KubernetesGateway([("istio.io/waypoint-for", traffic)], @class: "istio-waypoint", metadata: "\"name\":\"wp\""));
        var scene = Ambient.With(ToWaypoint);
        scene = scene with { Mesh = scene.Mesh with { KubernetesGateways = scene.Mesh.KubernetesGateways.SetItem(Scene.Key("shop/wp"), (KubernetesGateway)gateway) } };

        Assert.Equal(takesWorkloads, scene.Mutate(Pod([("istio.io/use-waypoint", "wp")])).Reason == ReasonCode.WaypointReached);
        Assert.Equal(takesServices, scene.Mutate(Pod()).Reason == ReasonCode.WaypointReached);
        Assert.True(takesServices || scene.Mutate(Pod()).Message!.EndsWith("and its waypoint shop/wp is for none traffic only. Label Gateway shop/wp istio.io/waypoint-for=all.", StringComparison.Ordinal));
    }

    [Fact]
    public void A_Pods_own_waypoint_comes_before_the_namespaces()
    {
        var own = Pod([("istio.io/use-waypoint", "mine")]);

        Assert.Equal(
            "Pod shop/api is in ambient mode, and its waypoint shop/mine has no Pod. Create the Gateway shop/mine of class istio-waypoint.",
            Ambient.With(ToWaypoint).Mutate(own).Message);
        Assert.Equal(
            "Pod shop/api is in ambient mode, and its waypoint infra/wp has no Pod. Create the Gateway infra/wp of class istio-waypoint.",
            Ambient.With(ToWaypoint).Mutate(Pod([("istio.io/use-waypoint", "wp"), ("istio.io/use-waypoint-namespace", "infra")])).Message);
        Assert.Equal(
            "Pod shop/api is in ambient mode without a waypoint, so no Envoy handles its traffic. Label namespace shop istio.io/use-waypoint=NAME to have HTTP logged by a waypoint.",
            Ambient.With(ToWaypoint).Mutate(Pod([("istio.io/use-waypoint", "none")])).Message);
    }
}
