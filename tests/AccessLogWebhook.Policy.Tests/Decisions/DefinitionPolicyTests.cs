using AccessLogWebhook.Policy.Decisions;
using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Policy.Profiles;
using AccessLogWebhook.Policy.Tests.Support;
using AccessLogWebhook.Policy.Workloads;
using static AccessLogWebhook.Policy.Tests.Support.Definitions;

namespace AccessLogWebhook.Policy.Tests.Decisions;

/// <summary>What is refused of profiles, EnvoyFilters and Telemetries, what is warned about, and what is none of ours.</summary>
public sealed class DefinitionPolicyTests
{
    private const string Selecting = """{"accesslog.mesh/profile":"json","accesslog.mesh/revision":"1f3a"}""";
    private const string Managed = """, "labels":{"accesslog.mesh/profile":"json","accesslog.mesh/revision":"1f3a"}""";
    private const string Reference = "accesslog-json-1f3a";

    private static readonly Scene Used = Scene.Injected.WithPod("shop/web", ("accesslog.mesh/profile", "json"), ("accesslog.mesh/revision", "1f3a"))
        .WithPod("shop/api", ("accesslog.mesh/profile", "json"), ("accesslog.mesh/revision", "1f3a"));

    [Fact]
    public void A_profile_is_refused_with_every_error_and_its_field()
    {
        var decision = Assert.IsType<Decision.Deny>(Scene.Bare.Decide(DefinitionKind.AccessLogProfile, Operation.Create, Profile("""{"backend":"Lua","selectable":1,"format":{"text":{"line":"%RESPONS_CODE%"}}}""")));

        Assert.Equal((ReasonCode.InvalidProfile, "team"), (decision.Reason, decision.Profile));
        Assert.StartsWith("AccessLogProfile team is refused. spec.backend: ", decision.Message, StringComparison.Ordinal);
        Assert.Contains("spec.selectable: ", decision.Message, StringComparison.Ordinal);
        Assert.Contains("spec.format.text.line: ", decision.Message, StringComparison.Ordinal);
        Assert.Contains("did you mean RESPONSE_CODE?", decision.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_sound_profile_is_admitted_with_warnings_of_what_it_gives_away()
    {
        var decision = Scene.Bare.Decide(DefinitionKind.AccessLogProfile, Operation.Create, Profile("""{"format":{"json":{"fields":{"who":"%REQ(AUTHORIZATION)%"}}}}"""));

        Assert.Equal(ReasonCode.ProfileValid, Assert.IsType<Decision.Admit>(decision).Reason);
        Assert.Contains(decision.Warnings, warning => warning.Contains("spec.format.json.fields.who", StringComparison.Ordinal));
    }

    [Fact]
    public void A_profile_that_newer_rules_would_refuse_can_still_be_labelled_and_loses_its_finalizer()
    {
        const string invalid = """{"backend":"Lua"}""";

        Assert.Equal(ReasonCode.SpecUnchanged, Scene.Bare.Decide(DefinitionKind.AccessLogProfile, Operation.Update, Profile(invalid, "\"name\":\"team\",\"labels\":{\"a\":\"b\"}"), Profile(invalid)).Reason);
        Assert.Equal(ReasonCode.BeingDeleted, Scene.Bare.Decide(DefinitionKind.AccessLogProfile, Operation.Update, Profile("{\"backend\":\"X\"}", "\"name\":\"team\",\"deletionTimestamp\":\"2026-11-25T12:00:00Z\""), Profile("{}")).Reason);
    }

    [Fact]
    public void Who_deletes_a_profile_that_is_used_is_told_that_it_stays()
    {
        var decision = Used.With(new AccessLogProfile("team")).WithPod("shop/db", ("accesslog.mesh/profile", "team")).Decide(DefinitionKind.AccessLogProfile, Operation.Delete, null, Profile("{}"));

        Assert.Equal(ReasonCode.ProfileInUse, Assert.IsType<Decision.Admit>(decision).Reason);
        Assert.Equal(["AccessLogProfile team stays until nobody uses it any more: 1 Pod carries it, Pod shop/db first."], decision.Warnings);
        Assert.Equal(ReasonCode.ProfileUnused, Scene.Bare.Decide(DefinitionKind.AccessLogProfile, Operation.Delete, null, Profile("{}")).Reason);
    }

    [Fact]
    public void A_reference_in_use_cannot_be_deleted_and_the_message_says_who_needs_it()
    {
        var decision = Assert.IsType<Decision.Deny>(Used.Decide(DefinitionKind.EnvoyFilter, Operation.Delete, null, Filter(Reference, Selecting, Managed)));

        Assert.Equal(ReasonCode.ReferenceInUse, decision.Reason);
        Assert.Equal(
            "EnvoyFilter istio-system/accesslog-json-1f3a is refused: 2 workloads logged by it would not be any more, Pod shop/api first. "
            + "Restart them with another profile, or annotate it accesslog.mesh/allow-breaking=true before.",
            decision.Message);
    }

    [Fact]
    public void Its_selector_cannot_be_changed_so_that_somebody_falls_out_of_it()
    {
        var before = Filter(Reference, Selecting, Managed);

        Assert.IsType<Decision.Deny>(Used.Decide(DefinitionKind.EnvoyFilter, Operation.Update, Filter(Reference, """{"accesslog.mesh/profile":"json","more":"x"}""", Managed), before));
        Assert.IsType<Decision.Admit>(Used.Decide(DefinitionKind.EnvoyFilter, Operation.Update, Filter(Reference, """{"accesslog.mesh/profile":"json"}""", Managed), before));
        Assert.IsType<Decision.Admit>(Used.Decide(DefinitionKind.EnvoyFilter, Operation.Update, before, Filter(Reference, """{"more":"x"}""", Managed)));
    }

    [Theory]
    [InlineData("true", true)]
    [InlineData("yes", false)]
    public void It_can_be_broken_by_who_says_so(string value, bool allowed)
    {
        var annotated = Filter(Reference, Selecting, $"{Managed},\"annotations\":{{\"accesslog.mesh/allow-breaking\":\"{value}\"}}");

        Assert.Equal(allowed, Used.Decide(DefinitionKind.EnvoyFilter, Operation.Delete, null, annotated) is Decision.Admit);
    }

    [Fact]
    public void Whoever_deletes_a_whole_namespace_is_not_held_up() => Assert.Equal(
        ReasonCode.ReferenceUnused,
        Used.Decide(DefinitionKind.EnvoyFilter, Operation.Delete, null, Filter(Reference, Selecting, Managed), username: "system:serviceaccount:kube-system:namespace-controller").Reason);

    [Fact]
    public void A_reference_that_nobody_carries_can_be_deleted() =>
        Assert.Equal(ReasonCode.ReferenceUnused, Scene.Injected.Decide(DefinitionKind.EnvoyFilter, Operation.Delete, null, Filter(Reference, Selecting, Managed)).Reason);

    [Fact]
    public void An_EnvoyFilter_that_a_profile_names_is_in_use_by_the_Pods_of_that_profile()
    {
        var scene = Scene.Injected.With(new AccessLogProfile("own") { EnvoyFilterRef = Scene.Key("istio-system/team") })
            .WithPod("shop/api", ("accesslog.mesh/profile", "own"), ("app", "api")).WithPod("shop/web", ("accesslog.mesh/profile", "own"), ("app", "web"));

        var decision = Assert.IsType<Decision.Deny>(scene.Decide(DefinitionKind.EnvoyFilter, Operation.Delete, null, Filter()));

        Assert.Contains("1 workload logged by it would not be any more, Pod shop/api first.", decision.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_waypoints_Gateway_names_is_in_use_by_it()
    {
        const string targeting = """{"apiVersion":"networking.istio.io/v1alpha3","kind":"EnvoyFilter","metadata":{"name":"to-wp","namespace":"shop"},"spec":{"targetRefs":[{"group":"gateway.networking.k8s.io","kind":"Gateway","name":"wp"}]}}""";
        var gateway = (KubernetesGateway)Scene.Read(WorkloadKind.KubernetesGateway, Objects.KubernetesGateway(annotations: [("accesslog.mesh/envoyfilter", "shop/to-wp")], @class: "istio-waypoint", metadata: "\"name\":\"wp\""));
        var scene = Scene.Injected with { Mesh = Scene.Injected.Mesh with { KubernetesGateways = Scene.Injected.Mesh.KubernetesGateways.Add(Scene.Key("shop/wp"), gateway) } };

        Assert.Contains("Gateway shop/wp first", Assert.IsType<Decision.Deny>(scene.Decide(DefinitionKind.EnvoyFilter, Operation.Delete, null, targeting, "shop")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Others_EnvoyFilters_are_let_through_unjudged_however_odd_they_are() =>
        Assert.Equal((ReasonCode.NotAccessLogging, 0), Scene.Bare.Decide(DefinitionKind.EnvoyFilter, Operation.Create, UnrelatedFilter) is var decision ? (decision.Reason, decision.Warnings.Length) : default);

    [Fact]
    public void What_a_proxy_would_reject_is_refused_with_id_field_and_fix()
    {
        var decision = Assert.IsType<Decision.Deny>(Scene.Bare.Decide(DefinitionKind.EnvoyFilter, Operation.Create, Filter(logger: "\"log_format\":{\"text_format_source\":{\"inline_string\":\"%NO_SUCH%\"}}")));

        Assert.Equal(ReasonCode.LintError, decision.Reason);
        Assert.Contains("spec.configPatches[0].patch.value.typed_config.access_log[0].typed_config", decision.Message, StringComparison.Ordinal);
        Assert.Matches("AL0[0-9]{2} ", decision.Message);
    }

    [Fact]
    public void An_update_is_not_refused_for_what_was_wrong_before()
    {
        var wrong = Filter(logger: "\"log_format\":{\"text_format_source\":{\"inline_string\":\"%NO_SUCH%\"}}");
        var stillWrong = wrong.Replace("\"app\":\"api\"", "\"app\":\"web\"", StringComparison.Ordinal);

        Assert.Equal(ReasonCode.LintWarning, Assert.IsType<Decision.Admit>(Scene.Bare.Decide(DefinitionKind.EnvoyFilter, Operation.Update, stillWrong, wrong)).Reason);
    }

    [Fact]
    public void What_does_nothing_is_a_warning()
    {
        var decision = Scene.Bare.Decide(DefinitionKind.EnvoyFilter, Operation.Create, Filter(operation: "MERGE_AND_REPLACE_LIST"));

        Assert.Equal(ReasonCode.LintWarning, Assert.IsType<Decision.Admit>(decision).Reason);
        Assert.StartsWith("AL006 spec.configPatches[0]", decision.Warnings[0], StringComparison.Ordinal);
    }

    [Fact]
    public void A_sound_EnvoyFilter_passes_without_a_word()
    {
        var decision = Scene.Bare.Decide(DefinitionKind.EnvoyFilter, Operation.Create, Filter());

        Assert.Equal((ReasonCode.LintClean, 0), (Assert.IsType<Decision.Admit>(decision).Reason, decision.Warnings.Length));
    }

    [Fact]
    public void What_this_project_renders_passes_without_a_word()
    {
        var cluster = new PlannedCluster().Namespace("shop", ("accesslog.mesh/inject", "tel")).Profile("tel", """{"backend":"Telemetry"}""").Profile("loud", """{"silencedProviders":["envoy"]}""").Namespace("bank", ("accesslog.mesh/inject", "loud"));
        var applies = Policy.Rendering.ReferencePlan.For(cluster.Mesh, cluster.Settings, VerdictCounts.Of(cluster.Mesh, cluster.Settings), PlannedCluster.Noon).Profiles.SelectMany(profile => profile.Applies).ToList();

        Assert.Equal(6, applies.Count);
        Assert.All(applies, apply =>
        {
            var kind = apply.Resource.Kind == LoggingResourceKind.Telemetry ? DefinitionKind.Telemetry : DefinitionKind.EnvoyFilter;
            var decision = Scene.Bare.Decide(kind, Operation.Create, apply.Resource.ToManifest().ToJsonString(), @namespace: apply.Resource.Key.Namespace);
            Assert.True(decision is Decision.Admit { Reason: ReasonCode.LintClean, Warnings.Length: 0 }, $"{apply.Resource.Key}: {decision.Message}");
        });
    }
}
