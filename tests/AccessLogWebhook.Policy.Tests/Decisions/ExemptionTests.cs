using AccessLogWebhook.Policy.Decisions;
using AccessLogWebhook.Policy.Profiles;
using AccessLogWebhook.Policy.Tests.Support;
using AccessLogWebhook.Policy.Workloads;
using static AccessLogWebhook.Policy.Tests.Support.Objects;

namespace AccessLogWebhook.Policy.Tests.Decisions;

public sealed class ExemptionTests
{
    private static readonly Scene All = Scene.Injected.Asking(Mode.Inject).Asking(Mode.Enforce).Asking(Mode.Warn).Asking(Mode.Audit);
    private static readonly (string, string)[] Reason = [("accesslog.mesh/exempt", " load test ")];

    [Fact]
    public void A_namespace_is_excused() => Excused(
        All.Excusing(@namespace: "shop"), Pod(), ReasonCode.ExemptNamespace, "Pod shop/api is exempt: the configuration excuses namespace shop.");

    [Fact]
    public void A_user_is_excused() => Excused(
        All.Excusing(user: "system:serviceaccount:ci:robot") with { Username = "system:serviceaccount:ci:robot" },
        Pod(),
        ReasonCode.ExemptUser,
        "Pod shop/api is exempt: the configuration excuses user system:serviceaccount:ci:robot.");

    [Fact]
    public void A_runtime_class_is_excused() => Excused(
        All.Excusing(runtimeClass: "gvisor"),
        Pod(spec: "\"runtimeClassName\":\"gvisor\""),
        ReasonCode.ExemptRuntimeClass,
        "Pod shop/api is exempt: the configuration excuses runtime class gvisor.");

    [Fact]
    public void The_annotation_is_honoured_where_the_configuration_allows_it() =>
        Excused(All.Excusing(annotation: true), Pod(annotations: Reason), ReasonCode.ExemptAnnotation, "Pod shop/api is exempt by its own annotation: load test");

    [Fact]
    public void The_annotation_is_honoured_where_the_profile_allows_it() => Excused(
        All.With(new AccessLogProfile("json") { AllowExempt = true }), Pod(annotations: Reason), ReasonCode.ExemptAnnotation, "Pod shop/api is exempt by its own annotation: load test");

    [Fact]
    public void Gateways_are_excused_by_their_annotation_too()
    {
        var scene = All.Excusing(annotation: true);

        Assert.Equal(ReasonCode.ExemptAnnotation, scene.Validate(IstioGateway(Reason), WorkloadKind.IstioGateway).Reason);
        Assert.Equal(ReasonCode.ExemptAnnotation, scene.Mutate(KubernetesGateway(annotations: Reason), WorkloadKind.KubernetesGateway).Reason);
    }

    [Fact]
    public void An_annotation_that_nobody_allows_is_said_to_be_ignored()
    {
        const string ignored = "Annotation accesslog.mesh/exempt is not honoured: neither profile json nor the configuration allows it.";
        var scene = Scene.Injected.Asking(Mode.Inject).Asking(Mode.Enforce);

        var mutated = Assert.IsType<Decision.Mutate>(scene.Mutate(Pod(annotations: Reason)));
        Assert.Equal([ignored], mutated.Warnings);

        var denied = Assert.IsType<Decision.Deny>(scene.Validate(Pod(annotations: Reason)));
        Assert.Equal(ReasonCode.NoProfileLabel, denied.Reason);
        Assert.Equal([ignored], denied.Warnings);

        Assert.Equal([ignored], Assert.IsType<Decision.Admit>(scene.Validate(Pod([.. Scene.JsonLabels.Select(label => (label.Key, label.Value))], Reason))).Warnings);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \t")]
    public void An_annotation_without_a_reason_excuses_nobody(string reason)
    {
        var decision = Assert.IsType<Decision.Deny>(All.Excusing(annotation: true).Validate(Pod(annotations: [("accesslog.mesh/exempt", reason)])));

        Assert.Equal(["Annotation accesslog.mesh/exempt is not honoured: it gives no reason."], decision.Warnings);
    }

    [Theory]
    [InlineData("other", "", "")]
    [InlineData("", "ada", "")]
    [InlineData("", "", "gvisor")]
    public void What_is_not_named_is_not_excused(string @namespace, string user, string runtimeClass) => Assert.IsType<Decision.Deny>(
        (All.Excusing(@namespace, user, runtimeClass) with { Username = "bob" }).Validate(Pod(spec: "\"runtimeClassName\":\"kata\"")));

    [Fact]
    public void An_empty_name_excuses_nobody() =>
        Assert.IsType<Decision.Deny>((All.Excusing(user: "", runtimeClass: "") with { Username = "" }).Validate(Pod()));

    [Fact]
    public void The_configuration_excuses_before_the_annotation_and_even_from_a_profile_that_does_not_exist()
    {
        Assert.Equal(ReasonCode.ExemptNamespace, All.Excusing(@namespace: "shop", annotation: true).Validate(Pod(annotations: Reason)).Reason);

        var gone = Scene.Injected.Asking(Mode.Inject, "gone").Asking(Mode.Enforce, "gone").Excusing(@namespace: "shop");
        Assert.Equal(ReasonCode.ExemptNamespace, Assert.IsType<Decision.Admit>(gone.Validate(Pod())).Reason);
        Assert.Equal(ReasonCode.ExemptNamespace, Assert.IsType<Decision.Admit>(gone.Mutate(Pod())).Reason);
    }

    [Fact]
    public void The_annotation_cannot_excuse_from_a_profile_that_does_not_exist() => Assert.Equal(
        ReasonCode.UnknownProfile,
        Assert.IsType<Decision.Deny>(Scene.Injected.Asking(Mode.Enforce, "gone").Excusing(annotation: true).Validate(Pod(annotations: Reason))).Reason);

    [Fact]
    public void Losing_the_annotation_makes_an_object_worse() =>
        Assert.IsType<Decision.Deny>(All.Excusing(annotation: true).Update(Pod(annotations: Reason), Pod()));

    private static void Excused(Scene scene, string json, ReasonCode reason, string message)
    {
        foreach (var decision in new[] { scene.Mutate(json), scene.Validate(json) })
        {
            Assert.IsType<Decision.Admit>(decision);
            Assert.Equal((reason, Verdict.Exempt, "json", message), (decision.Reason, decision.Verdict, decision.Profile, decision.Message));
            Assert.Empty(decision.Warnings);
        }
    }
}
