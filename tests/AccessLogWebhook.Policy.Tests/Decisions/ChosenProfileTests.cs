using AccessLogWebhook.Policy.Decisions;
using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Policy.Profiles;
using AccessLogWebhook.Policy.Tests.Support;
using AccessLogWebhook.Policy.Workloads;
using static AccessLogWebhook.Policy.Tests.Support.Objects;

namespace AccessLogWebhook.Policy.Tests.Decisions;

/// <summary>A workload may choose a profile by its label where that profile is selectable.</summary>
public sealed class ChosenProfileTests
{
    private static readonly (string, string)[] Chooses = [("accesslog.mesh/profile", "own")];
    private static readonly AccessLogProfile Own = new("own") { Selectable = true };
    private static readonly LoggingResource OwnFilter = Scene.Filter("istio-system/accesslog-own", LabelSet.Of(("accesslog.mesh/profile", "own")));
    private static readonly Scene Both = Scene.Injected.Asking(Mode.Inject).Asking(Mode.Enforce);

    [Fact]
    public void A_selectable_profile_is_kept_by_inject_and_admitted_by_enforce()
    {
        var scene = Both.With(Own).With(OwnFilter);

        var mutated = Assert.IsType<Decision.Mutate>(scene.Mutate(Pod(Chooses)));
        Assert.Equal(["/metadata/annotations"], mutated.Patch.Select(operation => operation.Path));
        Assert.Equal("own", mutated.Profile);
        Assert.Empty(mutated.Warnings);

        var validated = Assert.IsType<Decision.Admit>(scene.Validate(Pod(Chooses)));
        Assert.Equal((Verdict.Logged, "own"), (validated.Verdict, validated.Profile));
    }

    [Fact]
    public void Another_one_is_replaced_by_inject_with_a_warning_and_refused_by_enforce()
    {
        var scene = Both.With(Own with { Selectable = false }).With(OwnFilter);

        var mutated = Assert.IsType<Decision.Mutate>(scene.Mutate(Pod(Chooses)));
        Assert.Equal(ReasonCode.ProfileReplaced, mutated.Reason);
        Assert.Equal(["Profile \"own\" was replaced by json: a workload may only choose a profile that is selectable."], mutated.Warnings);
        Assert.Equal(
            "Pod shop/api carries profile \"own\" instead of json. It is refused because namespace shop is labelled accesslog.mesh/enforce=json. "
            + "Set accesslog.mesh/profile=json on the Pod template.",
            Assert.IsType<Decision.Deny>(scene.Validate(Pod(Chooses))).Message);
    }

    [Fact]
    public void A_selectable_profile_that_cannot_be_used_is_no_choice() => Assert.Equal(
        ReasonCode.ProfileReplaced,
        Both.With(Own with { Errors = [new("spec", "is missing.")] }).With(OwnFilter).Mutate(Pod(Chooses)).Reason);

    [Fact]
    public void A_generated_gateway_chooses_by_the_labels_that_reach_its_Pods()
    {
        var scene = Both.With(Own).With(OwnFilter);

        Assert.Equal("own", scene.Mutate(KubernetesGateway(Chooses), WorkloadKind.KubernetesGateway).Profile);
        Assert.Equal("own", scene.Mutate(KubernetesGateway(infrastructure: $$"""{"labels":{{Map(Chooses)}}}"""), WorkloadKind.KubernetesGateway).Profile);
        Assert.Equal("json", scene.Mutate(KubernetesGateway(Chooses, infrastructure: """{"labels":{}}"""), WorkloadKind.KubernetesGateway).Profile);
    }

    [Fact]
    public void An_Istio_Gateway_chooses_by_its_own_label()
    {
        var decision = Assert.IsType<Decision.Mutate>(Both.With(Own).With(OwnFilter).Mutate(IstioGateway(labels: Chooses), WorkloadKind.IstioGateway));

        Assert.Equal("own", decision.Profile);
        Assert.Equal(LabelSet.Of(("accesslog.mesh/envoyfilter", "istio-system/accesslog-own")), decision.Patch.Single().Map);
    }

    // The profile that was asked for decides about exemption, or inject would change what enforce then refuses.
    [Fact]
    public void A_chosen_profile_that_allows_exemption_excuses_nobody_from_the_one_asked_for()
    {
        var scene = Both.With(Own with { AllowExempt = true, EnvoyFilterRef = new("istio-system", "gone") });
        var pod = Pod(Chooses, [("accesslog.mesh/exempt", "load test")]);

        Assert.IsType<Decision.Admit>(scene.Mutate(pod));
        Assert.Equal(ReasonCode.ReferenceNotFound, Assert.IsType<Decision.Deny>(scene.Validate(pod)).Reason);
    }
}
