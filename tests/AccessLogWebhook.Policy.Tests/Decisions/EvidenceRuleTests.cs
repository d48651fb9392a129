using AccessLogWebhook.Policy.Decisions;
using AccessLogWebhook.Policy.Logging;
using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Policy.Profiles;
using AccessLogWebhook.Policy.Tests.Logging;
using AccessLogWebhook.Policy.Tests.Support;
using AccessLogWebhook.Policy.Workloads;
using static AccessLogWebhook.Policy.Tests.Support.Objects;

namespace AccessLogWebhook.Policy.Tests.Decisions;

/// <summary>What becomes of a verdict by what the reference does, and others beside it.</summary>
public sealed class EvidenceRuleTests
{
    private const string Current = $"istio-system/accesslog-json-{Scene.Revision}";
    private static readonly string Conforming = Pod([.. Scene.JsonLabels.Select(label => (label.Key, label.Value))]);

    private static Scene Holding(LoggingEffects? effects) => Scene.Injected.With(Scene.Filter(Current, Scene.JsonLabels) with { Effects = effects });

    private static readonly string Chosen = Pod([("accesslog.mesh/profile", "team"), ("log", "on")]);

    private static Scene Logging { get; } = Holding(Effects.Logging);

    [Fact]
    public void A_reference_that_logs_and_nothing_beside_it() => Says(Logging.Judge(Conforming), Verdict.Logged, refused: false, "is logged by profile json.");

    [Fact]
    public void A_reference_of_which_the_content_is_not_known() => Says(Holding(null).Judge(Conforming), Verdict.Logged, refused: false, "is logged by profile json.");

    [Fact]
    public void A_rendered_reference_that_somebody_emptied() => Says(
        Holding(Effects.Nothing).Judge(Conforming), Verdict.Dangling, refused: false,
        $"is not logged: EnvoyFilter {Current} reaches it and logs nothing, since it adds no access log. "
        + "The controllers put it right; without them: accesslog render json | kubectl apply -f -.");

    [Fact]
    public void A_reference_named_by_hand_that_does_nothing() => Says(
        ByName(Effects.OfFilter("all | MERGE_AND_REPLACE_LIST hcm ANY log=out")).Judge(Chosen, "team"), Verdict.Dangling, refused: false,
        "is not logged: EnvoyFilter infra/existing reaches it and logs nothing, since it is a MERGE_AND_REPLACE_LIST of a network filter, which does nothing (spec.configPatches[0]). "
        + "Let EnvoyFilter infra/existing add an access log, or correct spec.envoyFilterRef of profile team.");

    [Fact]
    public void A_reference_for_other_listeners() => Says(
        Holding(Effects.OfFilter("all | MERGE hcm GATEWAY log=out")).Judge(Conforming), Verdict.Dangling, refused: false,
        $"is not logged: EnvoyFilter {Current} reaches it and logs nothing, since it is for other listeners than this proxy has. "
        + "The controllers put it right; without them: accesslog render json | kubectl apply -f -.");

    [Fact]
    public void A_reference_with_a_filter_that_lets_nothing_pass() => Says(
        Holding(Effects.OfFilter("all | MERGE hcm ANY log=out if=nothing")).Judge(Conforming), Verdict.Dangling, refused: false,
        $"is not logged: EnvoyFilter {Current} reaches it and logs nothing, since it has a filter that lets nothing pass. "
        + "The controllers put it right; without them: accesslog render json | kubectl apply -f -.");

    [Fact]
    public void A_reference_for_proxies_of_some_version_may_log() => Assert.Equal(
        Verdict.Logged, Holding(Effects.OfFilter("all | MERGE hcm ANY log=out version=1.2")).Judge(Conforming).Verdict);

    [Fact]
    public void What_has_the_access_log_is_taken_away_by_the_team() => Says(
        Logging.With(Scene.Filter("shop/off", null) with { Effects = Effects.Removal }).Judge(Conforming), Verdict.Dangling, refused: true,
        $"is not logged: EnvoyFilter shop/off (spec.configPatches[0]) takes away what has the access log of EnvoyFilter {Current}. Remove spec.configPatches[0] of EnvoyFilter shop/off.");

    [Fact]
    public void What_has_the_access_log_is_taken_away_by_others() => Assert.Equal(
        (Verdict.Dangling, ReasonCode.ReferenceSilenced, false),
        Weighed(Logging.With(Scene.Filter("istio-system/off", null) with { Effects = Effects.Removal })));

    [Fact]
    public void The_team_has_an_access_log_of_its_own() => Says(
        Logging.With(Scene.Filter("shop/own", null) with { Effects = Effects.Logging }).Judge(Conforming), Verdict.Duplicated, refused: true,
        $"is logged by EnvoyFilter {Current} and by EnvoyFilter shop/own (spec.configPatches[0]), too: an inbound HTTP request has 2 lines in /dev/stdout. "
        + "Remove spec.configPatches[0] of EnvoyFilter shop/own, or let it select other workloads.");

    [Fact]
    public void The_mesh_logs_by_itself() => Says(
        Configured("""{"accessLogFile": "/dev/stdout"}""").Judge(Conforming), Verdict.Duplicated, refused: false,
        $"is logged by EnvoyFilter {Current} and by meshConfig.accessLogFile, too: an inbound HTTP request has 2 lines in /dev/stdout. "
        + "Set meshConfig.accessLogFile to \"\", or disable it by a Telemetry in namespace shop: accessLogging: [{providers: [{name: envoy}], disabled: true}].");

    [Fact]
    public void The_mesh_logs_by_itself_and_a_Telemetry_of_the_team_disables_it() => Assert.Equal(
        (Verdict.Logged, ReasonCode.Conforms, false),
        Weighed(Configured("""{"accessLogFile": "/dev/stdout"}""").With(Scene.Telemetry("shop/off", null) with { Effects = Effects.OfTelemetry("all | providers=envoy disabled") })));

    [Fact]
    public void The_mesh_logs_elsewhere() => Assert.Equal((Verdict.Logged, ReasonCode.Conforms, false), Weighed(Configured("""{"enableEnvoyAccessLogService": true}""")));

    [Fact]
    public void A_Telemetry_of_the_team_logs_beside_it() => Says(
        Configured("{}").With(Scene.Telemetry("shop/own", null) with { Effects = Effects.OfTelemetry("all | providers=envoy") }).Judge(Conforming), Verdict.Duplicated, refused: true,
        $"is logged by EnvoyFilter {Current} and by Telemetry shop/own (provider envoy), too: an inbound HTTP request has 2 lines in /dev/stdout. "
        + "Remove provider envoy from accessLogging of Telemetry shop/own, or disable it by a Telemetry in namespace shop: accessLogging: [{providers: [{name: envoy}], disabled: true}].");

    [Fact]
    public void A_Telemetry_of_the_mesh_logs_beside_it() => Assert.Equal(
        (Verdict.Duplicated, ReasonCode.DoubledLines, false),
        Weighed(Configured("{}").With(Scene.Telemetry("istio-system/mesh", null) with { Effects = Effects.OfTelemetry("all | providers=envoy") })));

    [Fact]
    public void Without_the_configuration_of_the_mesh_a_provider_is_no_evidence() => Assert.Equal(
        (Verdict.Logged, ReasonCode.Conforms, false),
        Weighed(Logging.With(Scene.Telemetry("shop/own", null) with { Effects = Effects.OfTelemetry("all | providers=envoy") })));

    [Fact]
    public void A_Telemetry_whose_provider_the_mesh_does_not_have() => Says(
        (ByTelemetry() with { Mesh = Effects.Configured(ByTelemetry().Mesh, "{}") }).Judge(Conforming), Verdict.Dangling, refused: false,
        $"is not logged: Telemetry shop/accesslog-json-{Scene.Revision} reaches it and logs nothing, since the mesh has no access-log provider accesslog-json. "
        + "Add to meshConfig what accesslog render json --mesh-config prints.");

    [Fact]
    public void A_Telemetry_whose_provider_may_be_there() => Assert.Equal(Verdict.Logged, ByTelemetry().Judge(Conforming).Verdict);

    [Fact]
    public void A_proxy_that_may_be_a_gateway_is_not_told_to_be_doubled() => Assert.Equal(
        Verdict.Logged,
        Logging.With(Scene.Filter("shop/own", null) with { Effects = Effects.Logging }).Judge(PodWithProxy([.. Scene.JsonLabels.Select(label => (label.Key, label.Value))])).Verdict);

    [Fact]
    public void An_Istio_Gateway_whose_Pods_are_doubled_is_told_and_not_refused()
    {
        var judgement = Logging.With(Scene.Filter("infra/own", null) with { Effects = Effects.Logging })
            .WithPod("infra/ingress-1", [("istio", "ingress"), .. Scene.JsonLabels.Select(label => (label.Key, label.Value))])
            .Judge(IstioGateway([("accesslog.mesh/envoyfilter", Current)]), kind: WorkloadKind.IstioGateway);
        Says(
            judgement, Verdict.Duplicated, refused: false,
            $"is served by Pod infra/ingress-1, which is logged by EnvoyFilter {Current} and by EnvoyFilter infra/own (spec.configPatches[0]), too: an HTTP request has 2 lines in /dev/stdout. "
            + "Remove spec.configPatches[0] of EnvoyFilter infra/own, or let it select other workloads.");
    }

    [Fact]
    public void A_reference_named_by_hand_that_does_nothing_is_the_teams_where_it_is_in_its_namespace() => Assert.Equal(
        (Verdict.Dangling, true),
        Scene.Injected
            .With(new AccessLogProfile("team") { EnvoyFilterRef = new("shop", "existing") })
            .With(Scene.Filter("shop/existing", LabelSet.Of(("log", "on"))) with { Effects = Effects.Nothing })
            .Judge(Chosen, "team") is var judgement ? (judgement.Verdict, judgement.RefusedByEnforce) : default);

    [Fact]
    public void What_has_the_access_log_of_requests_is_replaced_and_connections_are_logged_still() => Says(
        Logging.With(Scene.Filter("shop/own", null) with { Effects = Effects.OfFilter("all | REPLACE hcm SIDECAR_INBOUND log=none") })
            .With(Scene.Filter(Current, Scene.JsonLabels) with { Effects = Effects.OfFilter("priority=-1 | REPLACE hcm ANY log=out | MERGE tcp ANY log=out") })
            .Judge(Conforming), Verdict.Dangling, refused: true,
        $"is logged in part only: EnvoyFilter shop/own (spec.configPatches[0]) takes away what has the access log of EnvoyFilter {Current}, for inbound HTTP requests. "
        + "Remove spec.configPatches[0] of EnvoyFilter shop/own.");

    [Fact]
    public void Connections_are_lost_and_requests_are_logged_still() => Assert.Equal(
        (Verdict.Dangling, ReasonCode.ReferenceSilenced, false),
        Weighed(Logging.With(Scene.Filter("istio-system/off", null) with { Effects = Effects.OfFilter("all | REMOVE tcp SIDECAR_OUTBOUND") })));

    [Fact]
    public void What_a_patch_takes_away_from_some_of_the_listeners_is_said() => Says(
        Logging.With(Scene.Filter("shop/off", null) with { Effects = Effects.OfFilter("priority=-1 | REPLACE hcm ANY log=none port=8080") })
            .With(Scene.Filter(Current, Scene.JsonLabels) with { Effects = Effects.OfFilter("priority=-2 | REPLACE hcm ANY log=out") })
            .Judge(Conforming), Verdict.Logged, refused: false, "is logged by profile json, not on all listeners.");

    [Fact]
    public void A_Telemetry_of_the_team_switches_off_one_direction() => Says(
        ByTelemetry(Effects.OfTelemetry("all | providers=accesslog-json mode=SERVER disabled")).Judge(Conforming), Verdict.Dangling, refused: true,
        $"is logged in part only: Telemetry shop/off (provider accesslog-json) switches off Telemetry shop/accesslog-json-{Scene.Revision}, for inbound traffic. "
        + "Let Telemetry shop/off log by provider accesslog-json, too, or select other workloads.");

    [Fact]
    public void A_Telemetry_of_the_team_switches_off_everything() => Says(
        ByTelemetry(Effects.OfTelemetry("all | providers=envoy")).Judge(Conforming), Verdict.Dangling, refused: true,
        $"is not logged: Telemetry shop/off (provider accesslog-json) switches off Telemetry shop/accesslog-json-{Scene.Revision}. "
        + "Let Telemetry shop/off log by provider accesslog-json, too, or select other workloads.");

    [Fact]
    public void A_Telemetry_of_the_team_that_logs_by_the_same_provider_takes_nothing_away() => Assert.Equal(
        Verdict.Logged, ByTelemetry(Effects.OfTelemetry("all | providers=accesslog-json mode=SERVER")).Judge(Conforming).Verdict);

    [Fact]
    public void A_logger_for_a_port_may_be_for_no_listener() => Says(
        Logging.With(Scene.Filter("shop/own", null) with { Effects = Effects.OfFilter("all | MERGE hcm ANY log=out port=9999") }).Judge(Conforming), Verdict.Duplicated, refused: false,
        $"is logged by EnvoyFilter {Current} and by EnvoyFilter shop/own (spec.configPatches[0]), too: an inbound HTTP request on port 9999, if there is such a listener, has 2 lines in /dev/stdout. "
        + "Remove spec.configPatches[0] of EnvoyFilter shop/own, or let it select other workloads.");

    [Fact]
    public void A_logger_for_a_port_beside_one_for_all_does_not_hide_it()
    {
        var judgement = Logging.With(Scene.Filter("shop/own", null) with { Effects = Effects.OfFilter("all | MERGE hcm ANY log=out port=9999 | MERGE hcm SIDECAR_OUTBOUND log=out") }).Judge(Conforming);
        Assert.True(judgement.RefusedByEnforce);
        Assert.Contains("an outbound HTTP request has 2 lines in /dev/stdout. Remove spec.configPatches[1]", judgement.Explanation, StringComparison.Ordinal);
    }

    [Fact]
    public void A_reference_for_a_port_logs_there_alone() => Says(
        Holding(Effects.OfFilter("all | MERGE hcm ANY log=out port=9999 | MERGE tcp ANY log=out")).Judge(Conforming), Verdict.Logged, refused: false,
        "is logged by profile json, on port 9999, if there is such a listener.");

    [Fact]
    public void A_verdict_that_rests_on_what_is_not_known_says_so() => Assert.Equal(
        $"is logged by profile json, perhaps: EnvoyFilter {Current} (spec.configPatches[0]) is for proxies of version 1.2, and which version this proxy has is not known.",
        Holding(Effects.OfFilter("all | MERGE hcm ANY log=out version=1.2")).Judge(Conforming).Explanation);

    [Theory]
    [InlineData("all | MERGE hcm ANY log=out type=tcp", Verdict.Dangling, "is not logged, for all that is known: EnvoyFilter shop/bad, spec.configPatches[0], merges another type into the HTTP connection manager, "
        + "and istiod gives up all patches of these listeners. Correct or remove spec.configPatches[0] of EnvoyFilter shop/bad.")]
    [InlineData("all | MERGE hcm SIDECAR_INBOUND log=out type=tcp", Verdict.Logged, "is logged by profile json.")]
    [InlineData("all | MERGE hcm ANY log=out type=tcp version=1.2", Verdict.Logged, "is logged by profile json, perhaps: EnvoyFilter shop/bad, spec.configPatches[0], merges another type into the HTTP connection manager, "
        + "and istiod gives up all patches of these listeners.")]
    public void A_patch_for_which_istiod_gives_up_all(string patches, Verdict verdict, string explanation) => Says(
        Logging.With(Scene.Filter("shop/bad", null) with { Effects = Effects.OfFilter(patches) }).Judge(Conforming), verdict, refused: false, explanation);

    [Fact]
    public void A_reference_for_which_istiod_gives_up_its_own_patches() => Assert.Equal(
        (Verdict.Dangling, ReasonCode.ReferenceSilenced, false), Weighed(Holding(Effects.OfFilter("all | MERGE hcm ANY log=out type=tcp"))));

    [Fact]
    public void A_filter_that_the_team_gives_another_name() => Says(
        Logging.With(Scene.Filter("shop/old", null) with { Effects = Effects.OfFilter("priority=-1 | MERGE hcm ANY json={\"name\":\"envoy.http_connection_manager\"}") }).Judge(Conforming),
        Verdict.Dangling, refused: true,
        $"is logged in part only: EnvoyFilter shop/old (spec.configPatches[0]) gives the filter another name, which EnvoyFilter {Current} does not match, for inbound HTTP requests. "
        + "Remove the name from the value of spec.configPatches[0] of EnvoyFilter shop/old.");

    [Theory]
    [InlineData("all | MERGE hcm ANY log=out", ReasonCode.DoubledLines, "Remove spec.configPatches[0] of EnvoyFilter shop/own, or let it select other workloads.")]
    [InlineData("all | REMOVE hcm ANY | REMOVE tcp ANY", ReasonCode.ReferenceSilenced, "Remove spec.configPatches[0] of EnvoyFilter shop/own.")]
    public void Inject_changes_what_others_double_or_silence_and_warns_and_enforce_refuses_it_with_the_reason(string patches, ReasonCode reason, string remedy)
    {
        var scene = Logging.Asking(Mode.Inject).With(Scene.Filter("shop/own", null) with { Effects = Effects.OfFilter(patches) });

        var decision = Assert.IsType<Decision.Mutate>(scene.Mutate(Pod()));
        Assert.Contains(remedy, decision.Warnings);
        Assert.Equal(reason, scene.Judge(Conforming).Reason);

        var deny = Assert.IsType<Decision.Deny>(scene.Asking(Mode.Enforce).Validate(Conforming));
        Assert.Equal(reason, deny.Reason);
        Assert.EndsWith(remedy, deny.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Enforce_admits_what_the_mesh_doubles_with_a_warning()
    {
        var decision = Configured("""{"accessLogFile": "/dev/stdout"}""").Asking(Mode.Enforce).Validate(Conforming);
        Assert.IsType<Decision.Admit>(decision);
        Assert.Contains(decision.Warnings, warning => warning.Contains("Set meshConfig.accessLogFile to \"\"", StringComparison.Ordinal));
    }

    private static Scene Configured(string json) => Logging with { Mesh = Effects.Configured(Logging.Mesh, json) };

    private static Scene ByTelemetry() => Scene.Injected
        .With(new AccessLogProfile("json") { Revision = Scene.Revision, Backend = LoggingResourceKind.Telemetry })
        .With(Scene.Telemetry($"shop/accesslog-json-{Scene.Revision}", Scene.JsonLabels) with { Effects = Effects.OfTelemetry("all | providers=accesslog-json") });

    private static Scene ByTelemetry(LoggingEffects beside)
    {
        var scene = ByTelemetry().With(Scene.Telemetry("shop/off", LabelSet.Of(("accesslog.mesh/profile", "json"))) with { Effects = beside with { CreatedAt = 1 } });
        return scene with { Mesh = Effects.Configured(scene.Mesh, """{"extensionProviders": [{"name": "accesslog-json", "envoyFileAccessLog": {"path": "/dev/stdout"}}]}""") };
    }

    private static Scene ByName(LoggingEffects effects) => Scene.Injected
        .With(new AccessLogProfile("team") { EnvoyFilterRef = new("infra", "existing") })
        .Set(settings => settings with { RootNamespace = "infra" })
        .With(Scene.Filter("infra/existing", LabelSet.Of(("log", "on"))) with { Effects = effects });

    private static (Verdict, ReasonCode, bool) Weighed(Scene scene) =>
        scene.Judge(Conforming) is var judgement ? (judgement.Verdict, judgement.Reason, judgement.RefusedByEnforce) : default;

    private static void Says(Judgement judgement, Verdict verdict, bool refused, string explanation)
    {
        Assert.Equal(explanation, judgement.Explanation);
        Assert.Equal((verdict, refused), (judgement.Verdict, judgement.RefusedByEnforce));
    }
}
