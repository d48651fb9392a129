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
        ByName(Effects.OfFilter("all | MERGE_AND_REPLACE_LIST hcm ANY log=out")).Judge(Pod([("accesslog.mesh/profile", "team"), ("log", "on")]), "team"), Verdict.Dangling, refused: true,
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
    public void Inject_leaves_alone_what_would_be_doubled_by_the_team_and_says_why()
    {
        var decision = Logging.Asking(Mode.Inject).With(Scene.Filter("shop/own", null) with { Effects = Effects.Logging }).Mutate(Pod());
        Assert.IsType<Decision.Admit>(decision);
        Assert.Equal(ReasonCode.DoubledLines, decision.Reason);
        Assert.Contains(decision.Warnings, warning => warning.Contains("Remove spec.configPatches[0] of EnvoyFilter shop/own", StringComparison.Ordinal));
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
