using AccessLogWebhook.Policy.Decisions;
using AccessLogWebhook.Policy.Tests.Support;
using AccessLogWebhook.Policy.Workloads;
using static AccessLogWebhook.Policy.Tests.Support.Objects;

namespace AccessLogWebhook.Policy.Tests.Decisions;

/// <summary>Under enforce an UPDATE is refused where it makes an object worse, or changes the spec of a Gateway that did not conform before.</summary>
public sealed class UpdateTests
{
    private static readonly (string, string)[] Carried = [("accesslog.mesh/profile", "json"), ("accesslog.mesh/revision", Scene.Revision)];
    private static readonly Scene Enforcing = Scene.Injected.Asking(Mode.Enforce);

    [Fact]
    public void What_was_as_bad_before_is_tolerated_with_a_warning()
    {
        var decision = Assert.IsType<Decision.Admit>(Enforcing.Update(Pod(), Pod([("finalizing", "yes")])));

        Assert.Equal((ReasonCode.UpdateToleratedAsBefore, Verdict.Missing, Mode.Enforce), (decision.Reason, decision.Verdict, decision.Mode));
        Assert.Equal(
            [
                "Pod shop/api carries no access-log profile.",
                "Add the labels accesslog.mesh/profile=json, accesslog.mesh/revision=1f3a to the Pod template.",
            ],
            decision.Warnings);
    }

    [Fact]
    public void What_was_bad_in_another_way_is_tolerated_too() =>
        Assert.Equal(ReasonCode.UpdateToleratedAsBefore, Assert.IsType<Decision.Admit>(Enforcing.Update(Pod(), Pod([("accesslog.mesh/profile", "text")]))).Reason);

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"accesslog.mesh/profile":"text"}""")]
    [InlineData("""{"accesslog.mesh/profile":"json"}""")]
    [InlineData("""{"accesslog.mesh/profile":"json","accesslog.mesh/revision":"dead"}""")]
    public void What_is_made_worse_is_refused(string labels) =>
        Assert.IsType<Decision.Deny>(Enforcing.Update(Pod(Carried), $$$"""{"metadata":{"name":"api","labels":{{{labels}}}}}"""));

    [Theory]
    [InlineData("app", "ztunnel")]
    [InlineData("gateway.networking.k8s.io/gateway-name", "mine")]
    [InlineData("sidecar.istio.io/inject", "false")]
    public void What_is_logged_does_not_excuse_itself_by_a_label(string key, string value)
    {
        var claims = Pod([("gateway.networking.k8s.io/gateway-class-name", "istio-waypoint"), (key, value)]);

        Assert.IsType<Decision.Deny>(Enforcing.Update(Pod(Carried), claims));
        Assert.IsType<Decision.Admit>(Enforcing.Update(claims, claims));
    }

    [Fact]
    public void What_is_being_deleted_keeps_its_labels_and_loses_its_finalizers()
    {
        const string Going = "\"name\":\"api\",\"deletionTimestamp\":\"2026-01-01T00:00:00Z\"";
        const string Labels = "\"labels\":{\"accesslog.mesh/profile\":\"json\",\"accesslog.mesh/revision\":\"1f3a\"}";

        Assert.IsType<Decision.Deny>(Enforcing.Update($$$"""{"metadata":{{{{Going}}},{{{Labels}}}}}""", $$$"""{"metadata":{{{{Going}}}}}"""));
        Assert.Equal(
            ReasonCode.BeingDeleted,
            Assert.IsType<Decision.Admit>(Enforcing.Update($$$"""{"metadata":{{{{Going}}},"finalizers":["a/b"]}}""", $$$"""{"metadata":{{{{Going}}}}}""")).Reason);
    }

    [Fact]
    public void What_conforms_may_change_in_every_way_that_keeps_it_so() =>
        Assert.Equal(ReasonCode.Conforms, Assert.IsType<Decision.Admit>(Enforcing.Update(Pod(), Pod([.. Carried, ("a", "b")]))).Reason);

    [Fact]
    public void Without_the_old_object_nothing_is_known_to_have_been_as_bad() =>
        Assert.IsType<Decision.Deny>(Enforcing.Validate(Pod(), operation: Operation.Update));

    [Theory]
    [InlineData(WorkloadKind.IstioGateway)]
    [InlineData(WorkloadKind.KubernetesGateway)]
    public void A_Gateway_that_did_not_conform_may_change_its_metadata_but_not_its_spec(WorkloadKind kind)
    {
        var before = Gateway(kind, "", "a");

        Assert.Equal(ReasonCode.UpdateToleratedAsBefore, Assert.IsType<Decision.Admit>(Enforcing.Update(before, Gateway(kind, "\"note\":\"x\"", "a"), kind)).Reason);
        Assert.IsType<Decision.Deny>(Enforcing.Update(before, Gateway(kind, "", "b"), kind));
    }

    [Fact]
    public void A_Gateway_that_conforms_may_change_its_spec()
    {
        var before = KubernetesGateway(Carried, also: ",\"x\":1");

        Assert.IsType<Decision.Admit>(Enforcing.Update(before, KubernetesGateway(Carried, also: ",\"x\":2"), WorkloadKind.KubernetesGateway));
        Assert.IsType<Decision.Deny>(Enforcing.Update(before, KubernetesGateway(also: ",\"x\":1"), WorkloadKind.KubernetesGateway));
    }

    [Fact]
    public void Under_a_profile_that_does_not_exist_a_change_of_metadata_comes_through_and_of_a_spec_does_not()
    {
        var scene = Scene.Injected.Asking(Mode.Enforce, "gone");

        var tolerated = Assert.IsType<Decision.Admit>(scene.Update(Pod(), Pod([("a", "b")])));
        Assert.Equal((ReasonCode.UnknownProfile, (Verdict?)null), (tolerated.Reason, tolerated.Verdict));
        Assert.Equal(tolerated.Message, string.Join(' ', tolerated.Warnings));

        Assert.IsType<Decision.Admit>(scene.Update(Gateway(WorkloadKind.IstioGateway, "", "a"), Gateway(WorkloadKind.IstioGateway, "\"n\":\"x\"", "a"), WorkloadKind.IstioGateway));
        Assert.IsType<Decision.Deny>(scene.Update(Gateway(WorkloadKind.IstioGateway, "", "a"), Gateway(WorkloadKind.IstioGateway, "", "b"), WorkloadKind.IstioGateway));
        Assert.IsType<Decision.Deny>(scene.Validate(Pod(), operation: Operation.Update));
    }

    [Fact]
    public void Warn_and_audit_judge_updates_as_they_judge_creation()
    {
        Assert.Equal(2, Scene.Injected.Asking(Mode.Warn).Update(Pod(), Pod([("a", "b")])).Warnings.Length);
        Assert.Equal(ReasonCode.NoProfileLabel, Scene.Injected.Asking(Mode.Audit).Update(Pod(), Pod([("a", "b")])).Reason);
    }

    private static string Gateway(WorkloadKind kind, string annotations, string spec)
    {
        var metadata = $"\"metadata\":{{\"name\":\"web\",\"annotations\":{{{annotations}}}}}";
        return kind == WorkloadKind.IstioGateway
            ? $"{{{metadata},\"spec\":{{\"selector\":{{\"istio\":\"{spec}\"}}}}}}"
            : $"{{{metadata},\"spec\":{{\"gatewayClassName\":\"istio\",\"listeners\":\"{spec}\"}}}}";
    }
}
