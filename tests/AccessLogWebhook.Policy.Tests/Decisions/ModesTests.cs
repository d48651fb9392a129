using AccessLogWebhook.Policy.Decisions;
using AccessLogWebhook.Policy.Profiles;
using AccessLogWebhook.Policy.Tests.Support;
using static AccessLogWebhook.Policy.Tests.Support.Objects;

namespace AccessLogWebhook.Policy.Tests.Decisions;

/// <summary>What a namespace's labels and the cluster's defaults ask for, and what follows from each mode.</summary>
public sealed class ModesTests
{
    public static TheoryData<Mode> Every { get; } = [.. Enum.GetValues<Mode>()];

    [Theory]
    [MemberData(nameof(Every))]
    public void The_namespaces_label_asks(Mode mode)
    {
        var request = Requested(mode, Scene.Bare.Labelled($"accesslog.mesh/{Modes.NameOf(mode)}", "json").Set(AllDefaultsTo("text")));

        Assert.Equal(new ModeRequest(mode, "json", "shop", IsDefault: false), request);
        Assert.Equal($"namespace shop is labelled accesslog.mesh/{Modes.NameOf(mode)}=json", request!.Source);
    }

    [Theory]
    [MemberData(nameof(Every))]
    public void Else_the_default_asks(Mode mode)
    {
        var request = Requested(mode, Scene.Bare.Set(AllDefaultsTo("text")));

        Assert.Equal(new ModeRequest(mode, "text", "shop", IsDefault: true), request);
        Assert.Equal($"the cluster-wide default of {Modes.NameOf(mode)} is text", request!.Source);
    }

    [Theory]
    [MemberData(nameof(Every))]
    public void Each_default_is_that_of_its_own_mode(Mode mode)
    {
        var scene = Scene.Bare.Set(settings => settings with { Defaults = new("of-inject", "of-enforce", "of-warn", "of-audit") });

        Assert.Equal($"of-{Modes.NameOf(mode)}", Requested(mode, scene)?.Profile);
    }

    [Theory]
    [MemberData(nameof(Every))]
    public void Off_switches_off_the_default_of_that_mode_alone(Mode mode)
    {
        var scene = Scene.Bare.Asking(mode, "off").Set(AllDefaultsTo("text"));

        Assert.All(Enum.GetValues<Mode>(), other => Assert.Equal(other == mode, Requested(other, scene) is null));
    }

    [Theory]
    [MemberData(nameof(Every))]
    public void With_neither_or_a_default_of_off_the_mode_is_off(Mode mode)
    {
        Assert.Null(Requested(mode, Scene.Bare));
        Assert.Null(Requested(mode, Scene.Bare.Set(AllDefaultsTo("off"))));
    }

    [Fact]
    public void Inject_changes_enforce_refuses_warn_warns_and_audit_records()
    {
        var pod = Pod();

        Assert.IsType<Decision.Mutate>(Scene.Injected.Asking(Mode.Inject).Mutate(pod));
        Assert.IsType<Decision.Deny>(Scene.Injected.Asking(Mode.Enforce).Validate(pod));

        var warned = Assert.IsType<Decision.Admit>(Scene.Injected.Asking(Mode.Warn).Validate(pod));
        Assert.Equal((Mode.Warn, ReasonCode.NoProfileLabel, Verdict.Missing, "json"), (warned.Mode, warned.Reason, warned.Verdict, warned.Profile));
        Assert.Equal(
            [
                "Pod shop/api carries no access-log profile.",
                "Add the labels accesslog.mesh/profile=json, accesslog.mesh/revision=1f3a to the Pod template.",
            ],
            warned.Warnings);

        var audited = Assert.IsType<Decision.Admit>(Scene.Injected.Asking(Mode.Audit).Validate(pod));
        Assert.Equal((Mode.Audit, ReasonCode.NoProfileLabel, Verdict.Missing, "json"), (audited.Mode, audited.Reason, audited.Verdict, audited.Profile));
        Assert.Empty(audited.Warnings);
        Assert.Null(audited.Audited);
        Assert.Equal(
            "Pod shop/api carries no access-log profile. Add the labels accesslog.mesh/profile=json, accesslog.mesh/revision=1f3a to the Pod template.",
            audited.Message);
    }

    [Fact]
    public void Each_endpoint_answers_only_its_own_modes()
    {
        Assert.Equal(ReasonCode.NotRequested, Scene.Injected.Asking(Mode.Inject).Validate(Pod()).Reason);
        Assert.Equal(ReasonCode.NotRequested, Scene.Injected.Asking(Mode.Enforce).Asking(Mode.Warn).Asking(Mode.Audit).Mutate(Pod()).Reason);
    }

    [Fact]
    public void A_default_enforces_and_is_named_as_the_one_that_asks() => Assert.Equal(
        "Pod shop/api carries no access-log profile. It is refused because the cluster-wide default of enforce is json. "
        + "Add the labels accesslog.mesh/profile=json, accesslog.mesh/revision=1f3a to the Pod template.",
        Assert.IsType<Decision.Deny>(Scene.Injected.Set(AllDefaultsTo("json")).Validate(Pod())).Message);

    [Fact]
    public void Enforce_and_audit_of_different_profiles_give_two_verdicts()
    {
        var scene = Scene.Injected.Asking(Mode.Enforce).Asking(Mode.Audit, "text").Asking(Mode.Warn, "text");

        var decision = Assert.IsType<Decision.Admit>(scene.Validate(Pod([.. Scene.JsonLabels.Select(label => (label.Key, label.Value))])));

        Assert.Equal((Mode.Enforce, Verdict.Logged, "json"), (decision.Mode, decision.Verdict, decision.Profile));
        Assert.Equal((Verdict.Conflicting, "text"), (decision.Audited!.Verdict, decision.Audited.Profile));
        Assert.Equal(["Pod shop/api carries profile \"json\" instead of text.", "Set accesslog.mesh/profile=text on the Pod template."], decision.Warnings);
    }

    [Fact]
    public void Audit_of_the_profile_that_is_enforced_gives_one() =>
        Assert.Null(Scene.Injected.Asking(Mode.Enforce).Asking(Mode.Audit).Validate(PodWithProxy(Carried)).Audited);

    [Fact]
    public void Audit_comes_before_warn_where_both_are_on() =>
        Assert.Equal(Mode.Audit, Scene.Injected.Asking(Mode.Warn).Asking(Mode.Audit).Validate(Pod()).Mode);

    [Fact]
    public void What_conforms_is_warned_about_by_no_mode()
    {
        var decision = Scene.Injected.Asking(Mode.Enforce).Asking(Mode.Warn).Asking(Mode.Audit).Validate(Pod(Carried));

        Assert.Empty(Assert.IsType<Decision.Admit>(decision).Warnings);
        Assert.Equal("Pod shop/api is logged by profile json.", decision.Message);
    }

    [Theory]
    [InlineData(Mode.Inject)]
    [InlineData(Mode.Warn)]
    [InlineData(Mode.Audit)]
    public void A_label_that_names_no_profile_admits_and_warns(Mode mode)
    {
        var scene = Scene.Injected.Asking(mode, "gone");

        var decision = Assert.IsType<Decision.Admit>(mode == Mode.Inject ? scene.Mutate(Pod()) : scene.Validate(Pod()));

        var said = $"There is no access-log profile \"gone\", but namespace shop is labelled accesslog.mesh/{Modes.NameOf(mode)}=gone. Profiles: json, json-errors, text.";
        Assert.Equal((ReasonCode.UnknownProfile, mode, "gone", said), (decision.Reason, decision.Mode, decision.Profile, decision.Message));
        Assert.Null(decision.Verdict);
        Assert.Equal(said, string.Join(' ', decision.Warnings));
    }

    [Fact]
    public void A_label_that_names_no_profile_refuses_under_enforce()
    {
        var decision = Assert.IsType<Decision.Deny>(Scene.Injected.Asking(Mode.Enforce, "gone").Validate(Pod()));

        Assert.Equal((ReasonCode.UnknownProfile, Mode.Enforce, "gone"), (decision.Reason, decision.Mode, decision.Profile));
        Assert.Equal(
            "Pod shop/api is refused. There is no access-log profile \"gone\", but namespace shop is labelled accesslog.mesh/enforce=gone. Profiles: json, json-errors, text.",
            decision.Message);
    }

    [Fact]
    public void A_profile_that_cannot_be_used_counts_as_none_and_its_first_fault_is_named()
    {
        var scene = Scene.Injected.With(new AccessLogProfile("json") { Errors = [new("spec.backend", "must be EnvoyFilter or Telemetry."), new("spec", "x")] });

        Assert.Equal(
            "Pod shop/api is refused. Profile json cannot be used, but namespace shop is labelled accesslog.mesh/enforce=json. Correct spec.backend: must be EnvoyFilter or Telemetry.",
            Assert.IsType<Decision.Deny>(scene.Asking(Mode.Enforce).Validate(Pod())).Message);
        Assert.Equal(
            "Profile json cannot be used, but namespace shop is labelled accesslog.mesh/warn=json. Correct spec.backend: must be EnvoyFilter or Telemetry.",
            Assert.IsType<Decision.Admit>(scene.Asking(Mode.Warn).Validate(Pod())).Message);
    }

    [Fact]
    public void Warn_of_no_profile_still_lets_enforce_decide()
    {
        var scene = Scene.Injected.Asking(Mode.Enforce).Asking(Mode.Warn, "gone").Asking(Mode.Audit, "lost");

        Assert.IsType<Decision.Deny>(scene.Validate(Pod()));
        Assert.Equal(
            [
                "There is no access-log profile \"gone\", but namespace shop is labelled accesslog.mesh/warn=gone.",
                "Profiles: json, json-errors, text.",
                "There is no access-log profile \"lost\", but namespace shop is labelled accesslog.mesh/audit=lost.",
            ],
            scene.Validate(Pod(Carried)).Warnings);
    }

    [Theory]
    [InlineData(Operation.Delete)]
    [InlineData(Operation.Connect)]
    public void Neither_endpoint_judges_another_operation(Operation operation)
    {
        var scene = Scene.Injected.Asking(Mode.Enforce).Asking(Mode.Inject);

        Assert.Equal(ReasonCode.OperationNotJudged, Assert.IsType<Decision.Admit>(scene.Validate(Pod(), operation: operation)).Reason);
        Assert.Equal(ReasonCode.OperationNotJudged, Assert.IsType<Decision.Admit>(scene.Mutate(Pod(), operation: operation)).Reason);
    }

    [Fact]
    public void Neither_endpoint_judges_a_subresource_or_what_is_being_deleted()
    {
        var scene = Scene.Injected.Asking(Mode.Enforce).Asking(Mode.Inject);
        var dying = Pod(metadata: "\"name\":\"api\",\"deletionTimestamp\":\"2026-08-01T00:00:00Z\"");

        Assert.Equal(ReasonCode.SubresourceNotJudged, (scene with { Subresource = "ephemeralcontainers" }).Validate(Pod(), operation: Operation.Update).Reason);
        Assert.Equal(ReasonCode.SubresourceNotJudged, (scene with { Subresource = "binding" }).Mutate(Pod()).Reason);
        Assert.Equal(ReasonCode.BeingDeleted, scene.Update(Pod(), dying).Reason);
        Assert.Equal(ReasonCode.BeingDeleted, scene.Mutate(dying).Reason);
    }

    private static readonly (string, string)[] Carried = [("accesslog.mesh/profile", "json"), ("accesslog.mesh/revision", Scene.Revision)];

    private static ModeRequest? Requested(Mode mode, Scene scene) => Modes.Requested(mode, scene.Context.Namespace, scene.Settings);

    private static Func<PolicySettings, PolicySettings> AllDefaultsTo(string profile) =>
        settings => settings with { Defaults = new ModeDefaults(profile, profile, profile, profile) };
}
