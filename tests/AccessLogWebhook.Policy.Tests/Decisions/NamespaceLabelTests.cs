using AccessLogWebhook.Policy.Decisions;
using AccessLogWebhook.Policy.Profiles;
using AccessLogWebhook.Policy.Tests.Support;
using AccessLogWebhook.Policy.Workloads;
using static AccessLogWebhook.Policy.Tests.Support.Objects;

namespace AccessLogWebhook.Policy.Tests.Decisions;

public sealed class NamespaceLabelTests
{
    [Theory]
    [InlineData("accesslog.mesh/inject", "json")]
    [InlineData("accesslog.mesh/enforce", "json-errors")]
    [InlineData("accesslog.mesh/warn", "text")]
    [InlineData("accesslog.mesh/audit", "off")]
    [InlineData("accesslog.mesh/inject", "off")]
    [InlineData("unrelated/inject", "gone")]
    public void Labels_that_ask_for_what_exists_are_admitted(string key, string value)
    {
        Assert.Equal(ReasonCode.NamespaceLabelsValid, Assert.IsType<Decision.Admit>(Create(Scene.Bare, (key, value))).Reason);
    }

    [Fact]
    public void An_unknown_profile_is_refused_with_those_that_exist()
    {
        var decision = Assert.IsType<Decision.Deny>(Create(Scene.Bare.With(new AccessLogProfile("team")), ("accesslog.mesh/warn", "jsn")));

        Assert.Equal(
            "Namespace shop is labelled accesslog.mesh/warn=jsn. There is no profile \"jsn\". Profiles: json, json-errors, team, text.",
            decision.Message);
        Assert.Equal((ReasonCode.UnknownProfile, "jsn"), (decision.Reason, decision.Profile));
    }

    [Fact]
    public void An_empty_value_is_no_profile_either() =>
        Assert.Equal(ReasonCode.UnknownProfile, Assert.IsType<Decision.Deny>(Create(Scene.Bare, ("accesslog.mesh/inject", ""))).Reason);

    [Fact]
    public void A_profile_that_cannot_be_used_is_refused_with_its_fault() => Assert.Equal(
        "Namespace shop is labelled accesslog.mesh/inject=team. Profile team cannot be used: spec.backend: must be EnvoyFilter or Telemetry.",
        Assert.IsType<Decision.Deny>(Create(
            Scene.Bare.With(new AccessLogProfile("team") { Errors = [new("spec.backend", "must be EnvoyFilter or Telemetry.")] }),
            ("accesslog.mesh/inject", "team"))).Message);

    [Theory]
    [InlineData("accesslog.mesh/enforced")]
    [InlineData("accesslog.mesh/Enforce")]
    [InlineData("accesslog.mesh/profile")]
    public void An_unknown_mode_is_refused_with_those_that_exist(string key) => Assert.Equal(
        $"Namespace shop is labelled {key}=json. There is no such mode: use accesslog.mesh/inject, accesslog.mesh/enforce, accesslog.mesh/warn, accesslog.mesh/audit.",
        Assert.IsType<Decision.Deny>(Create(Scene.Bare, (key, "json"))).Message);

    [Fact]
    public void Where_the_setting_says_so_it_is_admitted_with_a_warning()
    {
        var scene = Scene.Bare.Set(settings => settings with { RefuseUnknownNamespaceLabels = false });

        var decision = Assert.IsType<Decision.Admit>(Create(scene, ("accesslog.mesh/enforce", "gone")));

        Assert.Equal(ReasonCode.UnknownProfile, decision.Reason);
        Assert.Equal(["Namespace shop is labelled accesslog.mesh/enforce=gone. There is no profile \"gone\". Profiles: json, json-errors, text."], decision.Warnings);
    }

    [Fact]
    public void Relabelling_with_what_does_not_exist_is_refused() =>
        Assert.IsType<Decision.Deny>(Update([("accesslog.mesh/enforce", "json")], [("accesslog.mesh/enforce", "gone")]));

    [Fact]
    public void A_Namespace_that_carries_it_already_can_be_changed_otherwise() => Assert.Equal(
        ReasonCode.NamespaceLabelsUnchanged,
        Assert.IsType<Decision.Admit>(Update([("accesslog.mesh/enforce", "gone")], [("accesslog.mesh/enforce", "gone"), ("team", "a")])).Reason);

    [Fact]
    public void What_it_carries_already_does_not_stand_in_the_way_of_another_mode() => Assert.Equal(
        ReasonCode.NamespaceLabelsValid,
        Assert.IsType<Decision.Admit>(Update([("accesslog.mesh/enforce", "gone")], [("accesslog.mesh/enforce", "gone"), ("accesslog.mesh/warn", "json")])).Reason);

    [Fact]
    public void Two_wrong_labels_can_be_put_right_one_after_the_other()
    {
        Assert.IsType<Decision.Admit>(Update(
            [("accesslog.mesh/enforce", "gone"), ("accesslog.mesh/inject", "gone")],
            [("accesslog.mesh/enforce", "gone"), ("accesslog.mesh/inject", "json")]));
        Assert.IsType<Decision.Admit>(Update([("accesslog.mesh/enforce", "gone"), ("accesslog.mesh/inject", "gone")], [("accesslog.mesh/enforce", "gone")]));
        Assert.IsType<Decision.Deny>(Update([("accesslog.mesh/enforce", "gone")], [("accesslog.mesh/enforce", "gone"), ("accesslog.mesh/inject", "gone")]));
    }

    [Fact]
    public void An_update_whose_old_object_was_not_sent_is_judged_whole() =>
        Assert.IsType<Decision.Deny>(Scene.Bare.Validate(Namespace(("accesslog.mesh/enforce", "gone")), WorkloadKind.Namespace, Operation.Update));

    private static Decision Create(Scene scene, params (string, string)[] labels) => scene.Validate(Namespace(labels), WorkloadKind.Namespace);

    private static Decision Update((string, string)[] before, (string, string)[] after) => Scene.Bare.Update(Namespace(before), Namespace(after), WorkloadKind.Namespace);
}
