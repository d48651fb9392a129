using AccessLogWebhook.Policy.Decisions;
using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Policy.Profiles;
using AccessLogWebhook.Policy.Tests.Support;
using AccessLogWebhook.Policy.Workloads;
using static AccessLogWebhook.Policy.Tests.Support.Objects;

namespace AccessLogWebhook.Policy.Tests.Decisions;

/// <summary>
/// A revision that an object carries of a profile that has none (any more). The label is never taken off, so the reference is that
/// of the revision; what names another would be at odds with the label.
/// </summary>
public sealed class CarriedRevisionTests
{
    private static readonly (string, string)[] Carried = [("accesslog.mesh/profile", "team"), ("accesslog.mesh/revision", "1f3a")];
    private static readonly Scene Injecting = Scene.Injected.Asking(Mode.Inject, "team").Asking(Mode.Enforce, "team").With(new AccessLogProfile("team"));
    private static readonly Scene Rendered = Injecting.With(Scene.Filter("istio-system/accesslog-team-1f3a", LabelSet.Of(Carried)));

    [Theory]
    [InlineData(WorkloadKind.Pod)]
    [InlineData(WorkloadKind.KubernetesGateway)]
    public void Where_its_reference_exists_that_is_the_one(WorkloadKind kind)
    {
        var decision = Assert.IsType<Decision.Mutate>(Rendered.Mutate(kind == WorkloadKind.Pod ? Pod(Carried) : KubernetesGateway(Carried), kind));

        Assert.Equal(LabelSet.Of(("accesslog.mesh/envoyfilter", "istio-system/accesslog-team-1f3a")), decision.Patch.Single().Map);
        Assert.Equal(Verdict.Logged, decision.Verdict);
        Assert.IsType<Decision.Admit>(Rendered.Mutate(Pod(Carried, [("accesslog.mesh/envoyfilter", "istio-system/accesslog-team-1f3a")])));
    }

    [Fact]
    public void Where_it_is_gone_the_label_is_what_is_wrong()
    {
        var decision = Assert.IsType<Decision.Admit>(Injecting.Mutate(Pod(Carried)));

        Assert.Equal(ReasonCode.RevisionNotFound, decision.Reason);
        Assert.Equal("Pod shop/api carries revision 1f3a of profile team, which is gone. Remove the label accesslog.mesh/revision.", decision.Message);
    }

    [Fact]
    public void A_rendered_reference_of_the_profile_itself_is_ours_to_replace_whatever_profile_is_carried()
    {
        var decision = Assert.IsType<Decision.Mutate>(Scene.Injected.Asking(Mode.Inject).Mutate(
            IstioGateway([("accesslog.mesh/envoyfilter", $"istio-system/accesslog-json-{Scene.OlderRevision}")], [("accesslog.mesh/profile", "text")]), WorkloadKind.IstioGateway));

        Assert.Equal($"istio-system/accesslog-json-{Scene.Revision}", decision.Patch.Single().Text);
    }
}
