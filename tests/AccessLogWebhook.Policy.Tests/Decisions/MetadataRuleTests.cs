using AccessLogWebhook.Policy.Decisions;
using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Policy.Tests.Support;

namespace AccessLogWebhook.Policy.Tests.Decisions;

public sealed class MetadataRuleTests
{
    private static readonly LabelSet Json = LabelSet.Of(("accesslog.mesh/profile", "json"), ("accesslog.mesh/revision", Scene.Revision));
    private static readonly Scene Enforcing = Scene.Injected.Asking(Mode.Enforce);
    private static readonly Scene Ambient = (Scene.Injected with { Labels = LabelSet.Of(("istio.io/dataplane-mode", "ambient"), ("istio.io/use-waypoint", "wp")) })
        .Asking(Mode.Enforce)
        .WithPod("shop/wp-1", ("gateway.networking.k8s.io/gateway-name", "wp"))
        .With(Scene.Filter("shop/to-wp", null, Scene.ToGateway("wp")) with { Labels = LabelSet.Of(("accesslog.mesh/profile", "json")) });

    [Fact]
    public void A_Pod_with_the_mark_of_the_injector_is_judged_as_if_it_were_known_whole()
    {
        Assert.Equal(Verdict.Logged, Find(Enforcing, Pod(Json, ("sidecar.istio.io/status", ""))).Judgement!.Verdict);
        Assert.Equal(Verdict.Missing, Find(Enforcing, Pod(LabelSet.Empty, ("sidecar.istio.io/status", ""))).Judgement!.Verdict);
    }

    [Fact]
    public void Without_the_mark_nothing_is_said_of_a_Pod_that_may_use_the_network_of_its_host()
    {
        foreach (var labels in (LabelSet[])[Json, LabelSet.Empty])
        {
            var finding = Find(Enforcing, Pod(labels));

            Assert.Null(finding.Judgement);
            Assert.Equal(ReasonCode.MetadataOnly, finding.Unusable!.Reason);
            Assert.Contains("host's network", finding.Unusable.Problem, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void What_the_metadata_decide_is_decided()
    {
        Assert.Equal(ReasonCode.InjectionOptedOut, Find(Enforcing, Pod(LabelSet.Of(("sidecar.istio.io/inject", "false")))).Judgement!.Reason);
        Assert.Equal(ReasonCode.MirrorPod, Find(Enforcing, Pod(Json, ("kubernetes.io/config.mirror", "x"))).Judgement!.Reason);
        Assert.Equal(ReasonCode.ExemptNamespace, Find(Enforcing.Excusing(@namespace: "shop"), Pod(LabelSet.Empty)).Judgement!.Reason);
    }

    [Fact]
    public void In_ambient_mode_the_mark_of_the_node_agent_counts()
    {
        Assert.Equal(ReasonCode.WaypointReached, Find(Ambient, Pod(LabelSet.Empty, ("ambient.istio.io/redirection", "enabled"))).Judgement!.Reason);
        Assert.Equal(ReasonCode.MetadataOnly, Find(Ambient, Pod(LabelSet.Empty)).Unusable!.Reason);
    }

    [Fact]
    public void Whom_a_runtime_class_may_excuse_is_not_accused()
    {
        var scene = Enforcing.Excusing(runtimeClass: "gvisor");

        Assert.Contains("runtime class", Find(scene, Pod(LabelSet.Empty, ("sidecar.istio.io/status", ""))).Unusable!.Problem, StringComparison.Ordinal);
        Assert.Equal(Verdict.Logged, Find(scene, Pod(Json, ("sidecar.istio.io/status", ""))).Judgement!.Verdict);
    }

    private static AuditFinding Find(Scene scene, PodFacts pod) =>
        Assert.Single(AuditPolicy.Of(pod.ToWorkload(new ObjectKey("shop", "api"), scene.Mesh), scene.Context, isCreated: true));

    private static PodFacts Pod(LabelSet labels, params ReadOnlySpan<(string, string)> annotations) => new(labels, LabelSet.Of(annotations));
}
