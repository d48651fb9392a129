using System.Text.Json;
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
    private const string Going = "\"name\":\"team\",\"deletionTimestamp\":\"2026-11-25T12:00:00Z\"";

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
        Assert.Equal(ReasonCode.BeingDeleted, Scene.Bare.Decide(DefinitionKind.AccessLogProfile, Operation.Update, Profile(invalid, Going), Profile(invalid)).Reason);
    }

    [Fact]
    public void A_profile_that_is_kept_while_it_is_used_stays_valid()
    {
        Assert.Equal(ReasonCode.InvalidProfile, Assert.IsType<Decision.Deny>(Scene.Bare.Decide(DefinitionKind.AccessLogProfile, Operation.Update, Profile("""{"backend":"Lua"}""", Going), Profile("{}", Going))).Reason);
        Assert.Equal(ReasonCode.ProfileValid, Scene.Bare.Decide(DefinitionKind.AccessLogProfile, Operation.Update, Profile("""{"selectable":true}""", Going), Profile("{}", Going)).Reason);
    }

    [Fact]
    public void Who_deletes_a_profile_that_is_used_is_told_that_it_stays()
    {
        var used = Used.With(new AccessLogProfile("team")).WithPod("shop/db", ("accesslog.mesh/profile", "team"));
        var decision = used.Decide(DefinitionKind.AccessLogProfile, Operation.Delete, null, Profile("{}", "\"name\":\"team\",\"finalizers\":[\"other\",\"accesslog.mesh/in-use\"]"));

        Assert.Equal(ReasonCode.ProfileInUse, Assert.IsType<Decision.Admit>(decision).Reason);
        Assert.Equal(["AccessLogProfile team stays until nobody uses it any more: 1 Pod carries it, Pod shop/db first."], decision.Warnings);
        Assert.Equal(
            ["AccessLogProfile team goes at once, since the controllers have not set their finalizer on it, though it is used: 1 Pod carries it, Pod shop/db first."],
            used.Decide(DefinitionKind.AccessLogProfile, Operation.Delete, null, Profile("{}", "\"name\":\"team\",\"finalizers\":[\"other\"]")).Warnings);
        Assert.Equal(ReasonCode.ProfileUnused, Scene.Bare.Decide(DefinitionKind.AccessLogProfile, Operation.Delete, null, Profile("{}")).Reason);
    }

    [Fact]
    public void A_reference_in_use_cannot_be_deleted_and_the_message_says_who_needs_it()
    {
        var decision = Assert.IsType<Decision.Deny>(Used.Decide(DefinitionKind.EnvoyFilter, Operation.Delete, null, Filter(Reference, Selecting, Managed)));

        Assert.Equal(ReasonCode.ReferenceInUse, decision.Reason);
        Assert.Equal(
            "EnvoyFilter istio-system/accesslog-json-1f3a is refused: 2 workloads logged by it would not be any more: Pod shop/api, Pod shop/web. "
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

        Assert.Contains("1 workload logged by it would not be any more: Pod shop/api.", decision.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_waypoints_Gateway_names_is_in_use_by_it()
    {
        var targeting = Targeting("to-wp");
        var gateway = (KubernetesGateway)Scene.Read(WorkloadKind.KubernetesGateway, Objects.KubernetesGateway(annotations: [("accesslog.mesh/envoyfilter", "shop/to-wp")], @class: "istio-waypoint", metadata: "\"name\":\"wp\""));
        var scene = Scene.Injected with { Mesh = Scene.Injected.Mesh with { KubernetesGateways = Scene.Injected.Mesh.KubernetesGateways.Add(Scene.Key("shop/wp"), gateway) } };

        Assert.Contains("any more: Gateway shop/wp.", Assert.IsType<Decision.Deny>(scene.Decide(DefinitionKind.EnvoyFilter, Operation.Delete, null, targeting, "shop")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"accesslog.mesh/profile":"json","app.kubernetes.io/managed-by":"accesslog-webhook"}""", "accesslog.mesh/revision=1f3a")]
    [InlineData("""{"accesslog.mesh/revision":"1f3a","app.kubernetes.io/managed-by":"accesslog-webhook"}""", "accesslog.mesh/profile=json")]
    [InlineData("""{"accesslog.mesh/profile":"json","accesslog.mesh/revision":"0b5e","app.kubernetes.io/managed-by":"accesslog-webhook"}""", "accesslog.mesh/revision=1f3a")]
    [InlineData("""{"accesslog.mesh/profile":"json","accesslog.mesh/revision":"1f3a","app.kubernetes.io/managed-by":"Helm"}""", "app.kubernetes.io/managed-by=accesslog-webhook")]
    public void The_labels_by_which_it_is_known_cannot_be_taken_from_it(string labels, string lost)
    {
        var before = Filter(Reference, Selecting, """, "labels":{"accesslog.mesh/profile":"json","accesslog.mesh/revision":"1f3a","app.kubernetes.io/managed-by":"accesslog-webhook"}""");
        var after = Filter(Reference, Selecting, $", \"labels\":{labels}");

        Assert.Equal(
            $"EnvoyFilter istio-system/accesslog-json-1f3a is refused: its label {lost} is how the reference is known that logs 2 workloads: Pod shop/api, Pod shop/web. "
            + "Leave the label, or annotate it accesslog.mesh/allow-breaking=true before.",
            Assert.IsType<Decision.Deny>(Used.Decide(DefinitionKind.EnvoyFilter, Operation.Update, after, before)).Message);
        Assert.IsType<Decision.Admit>(Scene.Injected.Decide(DefinitionKind.EnvoyFilter, Operation.Update, after, before));
    }

    [Fact]
    public void A_label_can_be_set_right_and_others_are_their_owners()
    {
        var wrong = Filter(Reference, Selecting, """, "labels":{"accesslog.mesh/profile":"json","accesslog.mesh/revision":"1f3a","app.kubernetes.io/managed-by":"Helm","team":"a"}""");
        var right = Filter(Reference, Selecting, """, "labels":{"accesslog.mesh/profile":"json","accesslog.mesh/revision":"1f3a","app.kubernetes.io/managed-by":"accesslog-webhook"}""");

        Assert.IsType<Decision.Admit>(Used.Decide(DefinitionKind.EnvoyFilter, Operation.Update, right, wrong));
    }

    [Fact]
    public void A_reference_cannot_be_emptied_of_its_access_logs()
    {
        const string emptied = """{"apiVersion":"networking.istio.io/v1alpha3","kind":"EnvoyFilter","metadata":{"name":"team","namespace":"istio-system"},"spec":{"workloadSelector":{"labels":{"app":"api"}},"configPatches":[]}}""";
        var scene = Scene.Injected.With(new AccessLogProfile("own") { EnvoyFilterRef = Scene.Key("istio-system/team") }).WithPod("shop/api", ("accesslog.mesh/profile", "own"), ("app", "api"));

        Assert.Contains("1 workload logged by it would not be any more: Pod shop/api.", Assert.IsType<Decision.Deny>(scene.Decide(DefinitionKind.EnvoyFilter, Operation.Update, emptied, Filter())).Message, StringComparison.Ordinal);
        Assert.IsType<Decision.Admit>(Scene.Injected.Decide(DefinitionKind.EnvoyFilter, Operation.Update, emptied, Filter()));
        // What logs nothing is nobody's reference any more.
        Assert.IsType<Decision.Admit>(scene.Decide(DefinitionKind.EnvoyFilter, Operation.Delete, null, emptied));
    }

    [Fact]
    public void One_that_loses_some_of_its_access_logs_says_who_is_logged_by_it()
    {
        var two = Filter().Replace("\"access_log\":[", "\"access_log\":[{\"name\":\"envoy.access_loggers.stderr\",\"typed_config\":{\"@type\":\"type.googleapis.com/envoy.extensions.access_loggers.stream.v3.StderrAccessLog\"}},", StringComparison.Ordinal);
        var scene = Scene.Injected.With(new AccessLogProfile("own") { EnvoyFilterRef = Scene.Key("istio-system/team") }).WithPod("shop/api", ("accesslog.mesh/profile", "own"), ("app", "api"));

        Assert.NotEqual(Filter(), two);
        var decision = Assert.IsType<Decision.Admit>(scene.Decide(DefinitionKind.EnvoyFilter, Operation.Update, Filter(), two));
        Assert.Equal((ReasonCode.LintWarning, "EnvoyFilter istio-system/team has fewer access logs than before, and 1 workload is logged by it: Pod shop/api."), (decision.Reason, decision.Warnings[0]));
        Assert.Equal(ReasonCode.LintClean, Scene.Injected.Decide(DefinitionKind.EnvoyFilter, Operation.Update, Filter(), two).Reason);
    }

    [Fact]
    public void A_waypoint_that_the_teams_own_EnvoyFilter_targets_needs_it_though_its_Gateway_says_nothing()
    {
        var gateway = (KubernetesGateway)Scene.Read(WorkloadKind.KubernetesGateway, Objects.KubernetesGateway(@class: "istio-waypoint", metadata: "\"name\":\"wp\""));
        var bare = Scene.Injected with { Mesh = Scene.Injected.Mesh with { KubernetesGateways = Scene.Injected.Mesh.KubernetesGateways.Add(Scene.Key("shop/wp"), gateway) } };

        Assert.IsType<Decision.Admit>(bare.Decide(DefinitionKind.EnvoyFilter, Operation.Delete, null, Targeting("own"), "shop"));
        Assert.IsType<Decision.Deny>(bare.With(new AccessLogProfile("own") { EnvoyFilterRef = Scene.Key("shop/own") }).Decide(DefinitionKind.EnvoyFilter, Operation.Delete, null, Targeting("own"), "shop"));
        Assert.IsType<Decision.Deny>(bare.Decide(DefinitionKind.EnvoyFilter, Operation.Delete, null, Targeting("own", """, "labels":{"accesslog.mesh/profile":"json"}"""), "shop"));
    }

    [Fact]
    public void What_silences_others_says_what_it_is_for()
    {
        const string silencer = """
            {"apiVersion":"telemetry.istio.io/v1","kind":"Telemetry","metadata":{"name":"accesslog-json-1f3a","namespace":"shop","labels":{"accesslog.mesh/profile":"json","accesslog.mesh/revision":"1f3a","accesslog.mesh/role":"silencer"}},
             "spec":{"selector":{"matchLabels":{"accesslog.mesh/profile":"json","accesslog.mesh/revision":"1f3a"}},"accessLogging":[{"providers":[{"name":"envoy"}],"disabled":true}]}}
            """;

        Assert.Equal(
            "Telemetry shop/accesslog-json-1f3a is refused: it keeps the mesh's own logger from logging a second time for 2 workloads: Pod shop/api, Pod shop/web. "
            + "Restart them with another profile, or annotate it accesslog.mesh/allow-breaking=true before.",
            Assert.IsType<Decision.Deny>(Used.Decide(DefinitionKind.Telemetry, Operation.Delete, null, silencer, "shop")).Message);
        Assert.Contains(
            "its label accesslog.mesh/role=silencer is how",
            Assert.IsType<Decision.Deny>(Used.Decide(DefinitionKind.Telemetry, Operation.Update, silencer.Replace(",\"accesslog.mesh/role\":\"silencer\"", "", StringComparison.Ordinal), silencer, "shop")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_many_workloads_the_first_are_named_and_the_others_counted()
    {
        var scene = Enumerable.Range(0, 12).Aggregate(Scene.Injected, (scene, index) => scene.WithPod($"shop/p{index:00}", ("accesslog.mesh/profile", "json"), ("accesslog.mesh/revision", "1f3a")));

        Assert.Contains(
            "12 workloads logged by it would not be any more: Pod shop/p00, Pod shop/p01, Pod shop/p02, Pod shop/p03, Pod shop/p04 and 7 more.",
            Assert.IsType<Decision.Deny>(scene.Decide(DefinitionKind.EnvoyFilter, Operation.Delete, null, Filter(Reference, Selecting, Managed))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_user_whom_the_configuration_excuses_is_told_and_not_refused()
    {
        var scene = Used.Excusing(user: "root");

        foreach (var (kind, operation, @object, old, of) in new (DefinitionKind, Operation, string?, string?, string)[]
        {
            (DefinitionKind.EnvoyFilter, Operation.Delete, null, Filter(Reference, Selecting, Managed), "would not be any more"),
            (DefinitionKind.EnvoyFilter, Operation.Create, Filter(logger: "\"path\":7"), null, "AL0"),
            (DefinitionKind.AccessLogProfile, Operation.Create, Profile("""{"backend":"Lua"}"""), null, "spec.backend"),
        })
        {
            Assert.IsType<Decision.Deny>(scene.Decide(kind, operation, @object, old));
            var decision = Assert.IsType<Decision.Admit>(scene.Decide(kind, operation, @object, old, username: "root"));
            Assert.Equal((ReasonCode.ExemptUser, Verdict.Exempt), (decision.Reason, decision.Verdict));
            Assert.EndsWith("is exempt: the configuration excuses user root.", decision.Warnings[0], StringComparison.Ordinal);
            Assert.Contains(decision.Warnings, warning => warning.Contains(of, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void A_namespace_is_excused_for_itself_and_not_for_workloads_elsewhere()
    {
        var root = Used.Excusing(@namespace: "istio-system");
        Assert.Equal(ReasonCode.ExemptNamespace, Assert.IsType<Decision.Admit>(root.Decide(DefinitionKind.EnvoyFilter, Operation.Create, Filter(logger: "\"path\":7"))).Reason);
        Assert.IsType<Decision.Deny>(root.Decide(DefinitionKind.EnvoyFilter, Operation.Delete, null, Filter(Reference, Selecting, Managed)));

        Assert.IsType<Decision.Admit>(Used.Excusing(@namespace: "shop").Decide(DefinitionKind.EnvoyFilter, Operation.Delete, null, Filter(Reference, Selecting, Managed)));
    }

    [Fact]
    public void Without_facts_all_is_answered_that_takes_nothing_from_anybody()
    {
        var empty = new DefinitionInput(DefinitionKind.EnvoyFilter, Operation.Update, "ada", "istio-system", null, null, MeshSnapshot.Empty, PolicySettings.Default);
        var before = JsonElement.Parse(Filter(Reference, Selecting, Managed));
        var narrowed = JsonElement.Parse(Filter(Reference, """{"app":"x"}""", Managed));
        var reformatted = JsonElement.Parse(Filter(Reference, Selecting, Managed, logger: "\"path\":\"/dev/stderr\""));
        var unrelated = JsonElement.Parse(UnrelatedFilter);

        Assert.Null(WithoutFacts(empty with { Operation = Operation.Delete, Old = before })?.Reason);
        Assert.Null(WithoutFacts(empty with { Object = narrowed, Old = before })?.Reason);
        Assert.Equal(ReasonCode.LintClean, WithoutFacts(empty with { Object = reformatted, Old = before })?.Reason);
        Assert.Equal(ReasonCode.SpecUnchanged, WithoutFacts(empty with { Object = before, Old = before })?.Reason);
        Assert.Equal(ReasonCode.LintClean, WithoutFacts(empty with { Operation = Operation.Create, Object = before })?.Reason);
        Assert.Equal(ReasonCode.LintError, WithoutFacts(empty with { Operation = Operation.Create, Object = JsonElement.Parse(Filter(logger: "\"path\":7")) })?.Reason);
        Assert.Equal(ReasonCode.ReferenceUnused, WithoutFacts(empty with { Operation = Operation.Delete, Old = unrelated })?.Reason);
        Assert.Equal(ReasonCode.ReferenceUnused, WithoutFacts(empty with { Operation = Operation.Delete, Old = before, Username = "system:serviceaccount:kube-system:namespace-controller" })?.Reason);
        Assert.Equal(ReasonCode.ReferenceUnused, WithoutFacts(empty with { Operation = Operation.Delete, Old = before, Settings = Scene.Bare.Excusing(user: "ada").Settings })?.Reason);
        Assert.Equal(ReasonCode.InvalidProfile, WithoutFacts(empty with { Kind = DefinitionKind.AccessLogProfile, Operation = Operation.Create, Object = JsonElement.Parse(Profile("""{"backend":"Lua"}""")) })?.Reason);
        Assert.Equal(ReasonCode.ProfileValid, WithoutFacts(empty with { Kind = DefinitionKind.AccessLogProfile, Operation = Operation.Create, Object = JsonElement.Parse(Profile("{}")) })?.Reason);
        Assert.Equal(ReasonCode.OperationNotJudged, WithoutFacts(empty with { Kind = DefinitionKind.AccessLogProfile, Operation = Operation.Delete, Old = JsonElement.Parse(Profile("{}")) })?.Reason);
    }

    private static Decision? WithoutFacts(DefinitionInput input) => DefinitionPolicy.DecideWithoutFacts(input);

    /// <summary>An EnvoyFilter that logs on waypoint shop/wp.</summary>
    private static string Targeting(string name, string metadata = "") => Filter(name, metadata: metadata)
        .Replace("\"namespace\":\"istio-system\"", "\"namespace\":\"shop\"", StringComparison.Ordinal)
        .Replace("\"workloadSelector\":{\"labels\":{\"app\":\"api\"}}", "\"targetRefs\":[{\"group\":\"gateway.networking.k8s.io\",\"kind\":\"Gateway\",\"name\":\"wp\"}]", StringComparison.Ordinal);

    [Fact]
    public void More_warnings_than_anybody_reads_are_counted()
    {
        var odd = string.Join(',', Enumerable.Range(0, 12).Select(index => $"\"odd_{index}\":1"));
        var decision = Assert.IsType<Decision.Admit>(Scene.Bare.Decide(DefinitionKind.EnvoyFilter, Operation.Create, Filter(logger: $"\"path\":\"/dev/stdout\",{odd}")));

        Assert.EndsWith("And 4 more: accesslog lint -f lists them all.", decision.Warnings[^1], StringComparison.Ordinal);
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
