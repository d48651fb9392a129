using AccessLogWebhook.Policy.Decisions;
using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Policy.Tests.Support;
using AccessLogWebhook.Policy.Workloads;

namespace AccessLogWebhook.Policy.Tests.Decisions;

public sealed class AuditPolicyTests
{
    private static readonly LabelSet Json = LabelSet.Of(("accesslog.mesh/profile", "json"), ("accesslog.mesh/revision", Scene.Revision));

    [Fact]
    public void The_mode_that_decides_is_that_of_validate_and_inject_comes_last()
    {
        var scene = Scene.Injected.Asking(Mode.Inject).Asking(Mode.Warn).Asking(Mode.Audit).Asking(Mode.Enforce);

        var finding = Assert.Single(AuditPolicy.Of(Pod(Json), scene.Context, isCreated: false));

        Assert.Equal([Mode.Enforce, Mode.Audit, Mode.Warn, Mode.Inject], finding.Modes);
        Assert.Equal((Verdict.Logged, "json"), (finding.Judgement!.Verdict, finding.Profile));
    }

    [Fact]
    public void Each_profile_that_is_asked_for_has_a_finding()
    {
        var scene = Scene.Injected.Asking(Mode.Inject).Asking(Mode.Audit, "text");

        var findings = AuditPolicy.Of(Pod(Json), scene.Context, isCreated: false);

        Assert.Equal(["text", "json"], findings.Select(finding => finding.Profile));
        Assert.Equal([Verdict.Conflicting, Verdict.Logged], findings.Select(finding => finding.Judgement!.Verdict));
        Assert.Equal([[Mode.Audit], [Mode.Inject]], findings.Select(finding => finding.Modes.ToArray()));
    }

    [Fact]
    public void Where_nothing_is_asked_a_workload_is_judged_by_what_it_carries()
    {
        var finding = Assert.Single(AuditPolicy.Of(Pod(Json), Scene.Injected.Context, isCreated: false));

        Assert.Empty(finding.Modes);
        Assert.Equal((Verdict.Logged, "json"), (finding.Judgement!.Verdict, finding.Profile));
        Assert.Empty(AuditPolicy.Of(Pod(LabelSet.Empty), Scene.Injected.Context, isCreated: false));
    }

    [Fact]
    public void A_profile_that_does_not_exist_is_said_to_be_unusable_whoever_names_it()
    {
        var asked = Assert.Single(AuditPolicy.Of(Pod(Json), Scene.Injected.Asking(Mode.Inject, "gone").Context, isCreated: false));
        Assert.Null(asked.Judgement);
        Assert.Equal(ReasonCode.UnknownProfile, asked.Unusable!.Reason);
        Assert.Contains("accesslog.mesh/inject=gone", asked.Unusable.Problem, StringComparison.Ordinal);

        var carried = Assert.Single(AuditPolicy.Of(Pod(LabelSet.Of(("accesslog.mesh/profile", "gone"))), Scene.Injected.Context, isCreated: false));
        Assert.Null(carried.Judgement);
        Assert.Contains("accesslog.mesh/profile=gone", carried.Unusable!.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void What_has_been_admitted_without_a_sidecar_is_inert_whatever_it_carries()
    {
        var scene = Scene.Injected.Asking(Mode.Enforce);

        var running = Assert.Single(AuditPolicy.Of(Pod(Json), scene.Context, isCreated: true)).Judgement!;
        Assert.Equal((Verdict.Inert, ReasonCode.ProxyAbsent, false), (running.Verdict, running.Reason, running.RefusedByEnforce));
        Assert.Equal("Restart it.", running.Remedy);

        Assert.Equal(Verdict.Logged, Assert.Single(AuditPolicy.Of(Pod(Json, hasProxy: true), scene.Context, isCreated: true)).Judgement!.Verdict);
        Assert.Equal(Verdict.Logged, Assert.Single(AuditPolicy.Of(Pod(Json), scene.Context, isCreated: false)).Judgement!.Verdict);
        Assert.Equal(Verdict.Missing, Assert.Single(AuditPolicy.Of(Pod(LabelSet.Empty), scene.Context, isCreated: true)).Judgement!.Verdict);
    }

    [Fact]
    public void A_Pod_in_ambient_mode_needs_no_sidecar()
    {
        var scene = (Scene.Injected with { Labels = LabelSet.Of(("istio.io/dataplane-mode", "ambient"), ("istio.io/use-waypoint", "wp")) })
            .Asking(Mode.Enforce)
            .WithPod("shop/wp-1", ("gateway.networking.k8s.io/gateway-name", "wp"))
            .With(Scene.Filter("shop/to-wp", null, Scene.ToGateway("wp")) with { Labels = LabelSet.Of(("accesslog.mesh/profile", "json")) });

        Assert.Equal(ReasonCode.WaypointReached, Assert.Single(AuditPolicy.Of(Pod(LabelSet.Empty), scene.Context, isCreated: true)).Judgement!.Reason);
    }

    [Fact]
    public void The_exemptions_of_the_configuration_count()
    {
        var scene = Scene.Injected.Asking(Mode.Inject).Excusing(@namespace: "shop", user: "");

        Assert.Equal(ReasonCode.ExemptNamespace, Assert.Single(AuditPolicy.Of(Pod(LabelSet.Empty), scene.Context, isCreated: true)).Judgement!.Reason);
    }

    private static PodWorkload Pod(LabelSet labels, bool hasProxy = false) =>
        new(new ObjectMetadata { IsPresent = true, Name = "api", Namespace = "shop", Labels = labels }, HostNetwork: false, RuntimeClass: "", hasProxy);
}
