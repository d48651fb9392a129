using AccessLogWebhook.Policy.Decisions;
using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Policy.Profiles;
using AccessLogWebhook.Policy.Tests.Support;
using AccessLogWebhook.Policy.Workloads;
using static AccessLogWebhook.Policy.Tests.Support.Objects;

namespace AccessLogWebhook.Policy.Tests.Decisions;

/// <summary>Which workloads have no proxy that could log. Every Pod here carries the profile: a label alone never makes it Logged.</summary>
public sealed class InertRulesTests
{
    private static readonly (string, string)[] Carried = [("accesslog.mesh/profile", "json"), ("accesslog.mesh/revision", Scene.Revision)];
    private static readonly Scene Plain = Scene.Injected with { Labels = LabelSet.Empty };

    [Theory]
    // istio-injection of the namespace, istio.io/rev of the namespace, sidecar.istio.io/inject and istio.io/rev of the Pod
    [InlineData("enabled", null, null, null, ReasonCode.Conforms)]
    [InlineData("enabled", null, "true", null, ReasonCode.Conforms)]
    [InlineData("enabled", null, "false", null, ReasonCode.InjectionOptedOut)]
    [InlineData("enabled", null, "False", null, ReasonCode.Conforms)]
    [InlineData("enabled", "canary", null, null, ReasonCode.Conforms)]
    [InlineData(null, "canary", null, null, ReasonCode.Conforms)]
    [InlineData(null, "canary", "false", null, ReasonCode.InjectionOptedOut)]
    [InlineData(null, null, null, null, ReasonCode.NamespaceNotInjected)]
    [InlineData(null, null, "true", null, ReasonCode.Conforms)]
    [InlineData(null, null, null, "canary", ReasonCode.Conforms)]
    [InlineData(null, null, "false", "canary", ReasonCode.InjectionOptedOut)]
    [InlineData("disabled", null, null, null, ReasonCode.NamespaceInjectionDisabled)]
    [InlineData("disabled", null, "true", null, ReasonCode.NamespaceInjectionDisabled)]
    [InlineData("disabled", "canary", null, "canary", ReasonCode.NamespaceInjectionDisabled)]
    [InlineData("maybe", null, null, null, ReasonCode.NamespaceInjectionDisabled)]
    [InlineData("", null, null, null, ReasonCode.NamespaceInjectionDisabled)]
    public void Istio_injects_where_the_labels_say_so(string? injection, string? revision, string? podInject, string? podRevision, ReasonCode reason)
    {
        var scene = Labelled(Labelled(Plain, "istio-injection", injection), "istio.io/rev", revision);
        (string, string)[] labels = [.. Carried, .. Maybe("sidecar.istio.io/inject", podInject), .. Maybe("istio.io/rev", podRevision)];

        Assert.Equal(reason, scene.Judge(Pod(labels)).Reason);
    }

    [Theory]
    [InlineData(null, "false", ReasonCode.InjectionOptedOut)]
    [InlineData("true", "false", ReasonCode.Conforms)]
    [InlineData("false", "true", ReasonCode.InjectionOptedOut)]
    [InlineData(null, "no", ReasonCode.Conforms)]
    public void The_label_beats_the_annotation_of_injection(string? label, string annotation, ReasonCode reason) => Assert.Equal(
        reason, Scene.Injected.Judge(Pod([.. Carried, .. Maybe("sidecar.istio.io/inject", label)], [("sidecar.istio.io/inject", annotation)])).Reason);

    [Fact]
    public void Where_Istio_injects_by_default_no_label_is_needed() =>
        Assert.Equal(Verdict.Logged, Plain.Set(settings => settings with { EnableNamespacesByDefault = true }).Judge(Pod(Carried)).Verdict);

    [Theory]
    [InlineData("kube-system")]
    [InlineData("kube-public")]
    [InlineData("kube-node-lease")]
    [InlineData("local-path-storage")]
    public void In_system_namespaces_Istio_never_injects(string name) =>
        Assert.Equal(ReasonCode.SystemNamespace, (Scene.Injected with { Name = name }).Judge(Pod(Carried)).Reason);

    [Theory]
    [InlineData("\"hostNetwork\":true", ReasonCode.HostNetwork)]
    [InlineData("\"hostNetwork\":false", ReasonCode.Conforms)]
    public void A_Pod_on_the_hosts_network_gets_no_sidecar(string spec, ReasonCode reason) =>
        Assert.Equal(reason, Scene.Injected.Judge(Pod(Carried, spec: spec)).Reason);

    [Fact]
    public void A_proxy_that_is_there_logs_whatever_else_the_Pod_and_its_namespace_say()
    {
        var optedOut = Plain.Labelled("istio-injection", "disabled").Judge(PodWithProxy([.. Carried, ("sidecar.istio.io/inject", "false")], also: ",\"hostNetwork\":true"));
        var claimed = Plain.Judge(Pod(Carried, [("sidecar.istio.io/status", "{}")]));

        Assert.Equal(Verdict.Logged, optedOut.Verdict);
        // An annotation proves nothing: anyone can write it.
        Assert.Equal(Verdict.Inert, claimed.Verdict);
    }

    [Fact]
    public void A_mirror_Pod_is_no_object_that_runs_even_with_a_proxy() =>
        Assert.Equal(ReasonCode.MirrorPod, Scene.Injected.Judge(PodWithProxy(Carried, [("kubernetes.io/config.mirror", "1")])).Reason);

    [Fact]
    public void A_ztunnel_is_no_Envoy()
    {
        Assert.Equal(ReasonCode.Ztunnel, Scene.Injected.Judge(PodWithProxy([.. Carried, ("app", "ztunnel")])).Reason);
        Assert.Equal(ReasonCode.Conforms, Scene.Injected.Judge(Pod([.. Carried, ("app", "ztunnel")])).Reason);
    }

    [Theory]
    [InlineData("ambient", null, ReasonCode.AmbientWithoutWaypoint)]
    [InlineData("ambient", "none", ReasonCode.NamespaceNotInjected)]
    [InlineData(null, "ambient", ReasonCode.AmbientWithoutWaypoint)]
    [InlineData("none", null, ReasonCode.NamespaceNotInjected)]
    public void Ambient_mode_is_the_Pods_own_or_its_namespaces(string? ofNamespace, string? ofPod, ReasonCode reason) => Assert.Equal(
        reason,
        Labelled(Plain, "istio.io/dataplane-mode", ofNamespace).Judge(Pod([.. Carried, .. Maybe("istio.io/dataplane-mode", ofPod)])).Reason);

    [Fact]
    public void Injection_comes_before_ambient_mode() =>
        Assert.Equal(ReasonCode.Conforms, Scene.Injected.Labelled("istio.io/dataplane-mode", "ambient").Judge(Pod(Carried)).Reason);

    [Fact]
    public void In_a_namespace_without_an_injection_label_a_Pod_is_labelled_all_the_same_with_a_warning()
    {
        var decision = Assert.IsType<Decision.Mutate>(Plain.Asking(Mode.Inject).Mutate(Pod()));

        Assert.Equal((ReasonCode.Injected, Verdict.Inert), (decision.Reason, decision.Verdict));
        Assert.Equal(
            [
                "Pod shop/api gets a sidecar only if Istio injects by default: namespace shop has no injection label.",
                "Label the namespace istio-injection=enabled or istio.io/rev=REVISION.",
            ],
            decision.Warnings);
    }

    [Fact]
    public void So_is_one_that_carries_an_older_revision_already()
    {
        var decision = Plain.Asking(Mode.Inject).Mutate(Pod([("accesslog.mesh/profile", "json"), ("accesslog.mesh/revision", Scene.OlderRevision)]));

        Assert.Equal((ReasonCode.RevisionReplaced, Verdict.Inert), (Assert.IsType<Decision.Mutate>(decision).Reason, decision.Verdict));
    }

    [Theory]
    [InlineData("\"hostNetwork\":true", "Pod shop/api uses the host's network, so it gets no sidecar that could log.")]
    [InlineData("\"x\":0", "Pod shop/api opts out of sidecar injection by sidecar.istio.io/inject=false, so nothing can log here.")]
    public void What_is_inert_is_left_as_it_is_with_the_reason_as_a_warning(string spec, string warning)
    {
        var decision = Assert.IsType<Decision.Admit>(Scene.Injected.Asking(Mode.Inject).Mutate(Pod([("sidecar.istio.io/inject", "false")], spec: spec)));

        Assert.Equal(Verdict.Inert, decision.Verdict);
        Assert.Equal([warning], decision.Warnings);
    }

    [Fact]
    public void About_a_mirror_Pod_nobody_is_warned_since_nobody_can_change_it() =>
        Assert.Empty(Scene.Injected.Asking(Mode.Inject).Mutate(Pod(annotations: [("kubernetes.io/config.mirror", "1")])).Warnings);

    [Fact]
    public void Enforce_admits_what_is_inert_unless_the_profile_requires_a_proxy()
    {
        var scene = Scene.Injected.Asking(Mode.Enforce);
        var strict = scene.With(scene.Mesh.Profiles["json"] with { RequireProxy = true });
        var hostNetwork = Pod(Carried, spec: "\"hostNetwork\":true");

        Assert.Equal(Verdict.Inert, Assert.IsType<Decision.Admit>(scene.Validate(hostNetwork)).Verdict);
        Assert.Equal(
            "Pod shop/api uses the host's network, so it gets no sidecar that could log. It is refused because namespace shop is labelled accesslog.mesh/enforce=json. "
            + "Profile json requires a proxy (requireProxy: true).",
            Assert.IsType<Decision.Deny>(strict.Validate(hostNetwork)).Message);
        Assert.Equal(
            "Pod shop/api gets a sidecar only if Istio injects by default: namespace shop has no injection label. "
            + "It is refused because namespace shop is labelled accesslog.mesh/enforce=json. Label the namespace istio-injection=enabled or istio.io/rev=REVISION.",
            Assert.IsType<Decision.Deny>((strict with { Labels = LabelSet.Empty }).Asking(Mode.Enforce).Validate(Pod(Carried))).Message);
    }

    [Fact]
    public void A_mirror_Pod_is_admitted_even_where_a_proxy_is_required_for_it_runs_all_the_same()
    {
        var strict = Scene.Injected.Asking(Mode.Enforce).With(new AccessLogProfile("json") { RequireProxy = true });

        Assert.IsType<Decision.Admit>(strict.Validate(Pod(annotations: [("kubernetes.io/config.mirror", "1")])));
    }

    [Fact]
    public void Where_a_proxy_is_required_inject_changes_nothing_that_enforce_would_refuse()
    {
        var strict = Plain.Asking(Mode.Inject).With(Plain.Mesh.Profiles["json"] with { RequireProxy = true });

        Assert.IsType<Decision.Admit>(strict.Mutate(Pod()));
    }

    [Fact]
    public void A_missing_profile_is_no_better_for_a_sidecar_that_may_not_come() =>
        Assert.Equal(ReasonCode.NoProfileLabel, Plain.Judge(Pod()).Reason);

    [Theory]
    [InlineData("nginx", "is of class \"nginx\", which is not Istio's.")]
    [InlineData("", "is of class \"\", which is not Istio's.")]
    [InlineData("istio-remote", "is of class istio-remote: its proxies are in another cluster.")]
    [InlineData("istio-agentgateway", "is of class istio-agentgateway, which is not Envoy: no EnvoyFilter or Telemetry reaches it.")]
    public void A_Gateway_of_a_class_without_an_Envoy_here_is_inert(string @class, string problem)
    {
        var json = KubernetesGateway(Carried, @class: @class);

        Assert.Equal((Verdict.Inert, problem, false), About(Scene.Injected.Judge(json, kind: WorkloadKind.KubernetesGateway)));
        Assert.IsType<Decision.Admit>(Scene.Injected.Asking(Mode.Inject).Mutate(json, WorkloadKind.KubernetesGateway));
    }

    [Fact]
    public void A_Gateway_whose_proxies_are_deployed_by_hand_is_inert() => Assert.Equal(
        "Gateway shop/edge has its proxies deployed by hand (spec.addresses), so its labels reach no Pod. Put the profile on the Pods that serve it.",
        Scene.Injected.Asking(Mode.Inject).Mutate(KubernetesGateway(also: ",\"addresses\":[{\"type\":\"Hostname\"}]"), WorkloadKind.KubernetesGateway).Message);

    [Fact]
    public void The_class_object_decides_before_the_name()
    {
        var scene = Scene.Injected.Asking(Mode.Inject).WithClass("istio", "example.org/controller").WithClass("mine", "istio.io/gateway-controller");

        Assert.Equal(ReasonCode.GatewayClassNotIstio, scene.Mutate(KubernetesGateway(), WorkloadKind.KubernetesGateway).Reason);
        Assert.Equal(ReasonCode.Injected, scene.Mutate(KubernetesGateway(@class: "mine"), WorkloadKind.KubernetesGateway).Reason);
    }

    private static (Verdict, string, bool) About(Judgement judgement) => (judgement.Verdict, judgement.Problem, judgement.RefusedByEnforce);

    private static Scene Labelled(Scene scene, string key, string? value) => value is null ? scene : scene.Labelled(key, value);

    private static (string, string)[] Maybe(string key, string? value) => value is null ? [] : [(key, value)];
}
