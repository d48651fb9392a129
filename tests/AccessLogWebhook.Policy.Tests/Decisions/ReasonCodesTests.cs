using AccessLogWebhook.Policy.Decisions;
using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Policy.Profiles;
using AccessLogWebhook.Policy.Tests.Logging;
using AccessLogWebhook.Policy.Tests.Support;
using AccessLogWebhook.Policy.Workloads;
using static AccessLogWebhook.Policy.Tests.Support.Definitions;
using static AccessLogWebhook.Policy.Tests.Support.Objects;

namespace AccessLogWebhook.Policy.Tests.Decisions;

/// <summary>One case for every reason that a decision can have: what is asked, and the verdict that comes with it.</summary>
public sealed class ReasonCodesTests
{
    // Of what runs already; AuditPolicyTests has it.
    private static readonly ReasonCode[] OfAudits = [ReasonCode.ProxyAbsent, ReasonCode.MetadataOnly];

    private static readonly ReasonCode[] FaultsOfOurs = [ReasonCode.NamespaceUnavailable, ReasonCode.ClusterNotSynced, ReasonCode.InternalFault];

    private static readonly (string, string)[] Json = [("accesslog.mesh/profile", "json"), ("accesslog.mesh/revision", Scene.Revision)];
    private static readonly (string, string)[] Reference = [("accesslog.mesh/envoyfilter", $"istio-system/accesslog-json-{Scene.Revision}")];
    private static readonly (string, string)[] Excuse = [("accesslog.mesh/exempt", "load test")];

    private static readonly Scene Injecting = Scene.Injected.Asking(Mode.Inject);
    private static readonly Scene Enforcing = Scene.Injected.Asking(Mode.Enforce);
    private static readonly Scene Ambient = (Scene.Injected with { Labels = LabelSet.Of(("istio.io/dataplane-mode", "ambient"), ("istio.io/use-waypoint", "wp")) })
        .Asking(Mode.Enforce)
        .WithPod("shop/wp-1", ("gateway.networking.k8s.io/gateway-name", "wp"));

    private static readonly LoggingResource ToWaypoint = Scene.Filter("shop/to-wp", null, Scene.ToGateway("wp"), Scene.ToGateway("edge")) with
    {
        Labels = LabelSet.Of(("accesslog.mesh/profile", "json")),
    };

    private static readonly LoggingResource Current = Scene.Filter($"istio-system/accesslog-json-{Scene.Revision}", Scene.JsonLabels);

    private static Scene ByName(LabelSet? selector, params TargetReference[] targets) => Scene.Injected
        .Asking(Mode.Enforce, "team")
        .With(new AccessLogProfile("team") { EnvoyFilterRef = new("istio-system", "existing") })
        .With(Scene.Filter("istio-system/existing", selector, targets));

    private static readonly Dictionary<ReasonCode, (Func<Decision> Decide, Verdict? Verdict)> Cases = new()
    {
        [ReasonCode.NotRequested] = (() => Scene.Injected.Validate(Pod()), null),
        [ReasonCode.OperationNotJudged] = (() => Enforcing.Validate(Pod(), operation: Operation.Delete), null),
        [ReasonCode.SubresourceNotJudged] = (() => (Enforcing with { Subresource = "resize" }).Validate(Pod(), operation: Operation.Update), null),
        [ReasonCode.KindNotMutated] = (() => Injecting.Mutate(Namespace(), WorkloadKind.Namespace), null),
        [ReasonCode.UpdateNotMutated] = (() => Injecting.Mutate(Pod(), operation: Operation.Update), null),
        [ReasonCode.BeingDeleted] = (() => Injecting.Mutate(Pod(metadata: "\"deletionTimestamp\":\"2026-08-01T00:00:00Z\"")), null),

        [ReasonCode.ExemptNamespace] = (() => Enforcing.Excusing(@namespace: "shop").Validate(Pod()), Verdict.Exempt),
        [ReasonCode.ExemptUser] = (() => (Enforcing.Excusing(user: "ada") with { Username = "ada" }).Validate(Pod()), Verdict.Exempt),
        [ReasonCode.ExemptRuntimeClass] = (() => Enforcing.Excusing(runtimeClass: "gvisor").Validate(Pod(spec: "\"runtimeClassName\":\"gvisor\"")), Verdict.Exempt),
        [ReasonCode.ExemptAnnotation] = (() => Enforcing.Excusing(annotation: true).Validate(Pod(annotations: Excuse)), Verdict.Exempt),

        [ReasonCode.MirrorPod] = (() => Enforcing.Validate(Pod(Json, [("kubernetes.io/config.mirror", "x")])), Verdict.Inert),
        [ReasonCode.HostNetwork] = (() => Enforcing.Validate(Pod(Json, spec: "\"hostNetwork\":true")), Verdict.Inert),
        [ReasonCode.InjectionOptedOut] = (() => Enforcing.Validate(Pod([.. Json, ("sidecar.istio.io/inject", "false")])), Verdict.Inert),
        [ReasonCode.SystemNamespace] = (() => (Enforcing with { Name = "kube-system" }).Validate(Pod(Json)), Verdict.Inert),
        [ReasonCode.NamespaceInjectionDisabled] = (() => Enforcing.Labelled("istio-injection", "disabled").Validate(Pod(Json)), Verdict.Inert),
        [ReasonCode.NamespaceNotInjected] = (() => (Scene.Injected with { Labels = LabelSet.Empty }).Asking(Mode.Enforce).Validate(Pod(Json)), Verdict.Inert),
        [ReasonCode.AmbientWithoutWaypoint] = (() => Ambient.Labelled("istio.io/use-waypoint", "none").Validate(Pod(Json)), Verdict.Inert),
        [ReasonCode.Ztunnel] = (() => Enforcing.Validate(PodWithProxy([.. Json, ("app", "ztunnel")])), Verdict.Inert),
        [ReasonCode.WaypointWithoutTargetRefs] = (() => Enforcing.NotOnWaypoints().Validate(KubernetesGateway(Json, @class: "istio-waypoint"), WorkloadKind.KubernetesGateway), Verdict.Inert),
        [ReasonCode.GatewayClassNotIstio] = (() => Enforcing.Validate(KubernetesGateway(Json, @class: "nginx"), WorkloadKind.KubernetesGateway), Verdict.Inert),
        [ReasonCode.GatewayClassNotEnvoy] = (() => Enforcing.Validate(KubernetesGateway(Json, @class: "istio-agentgateway"), WorkloadKind.KubernetesGateway), Verdict.Inert),
        [ReasonCode.GatewayClassRemote] = (() => Enforcing.Validate(KubernetesGateway(Json, @class: "istio-remote"), WorkloadKind.KubernetesGateway), Verdict.Inert),
        [ReasonCode.GatewayNotManaged] = (() => Enforcing.Validate(KubernetesGateway(Json, also: ",\"addresses\":[{\"type\":\"Hostname\"}]"), WorkloadKind.KubernetesGateway), Verdict.Inert),
        [ReasonCode.GatewayWithoutPods] = (() => Enforcing.Validate(IstioGateway(Reference), WorkloadKind.IstioGateway), Verdict.Inert),

        [ReasonCode.ProxyNotLogged] = (() => Enforcing.LoggingOn(LoggedProxies.Waypoint).Validate(Pod(Json)), Verdict.Inert),

        [ReasonCode.Conforms] = (() => Enforcing.Validate(Pod(Json, Reference)), Verdict.Logged),
        [ReasonCode.ReachedByTargetRefs] = (
            () => Enforcing.With(ToWaypoint).Validate(KubernetesGateway(annotations: [("accesslog.mesh/envoyfilter", "shop/to-wp")], @class: "istio-waypoint"), WorkloadKind.KubernetesGateway),
            Verdict.Logged),
        [ReasonCode.WaypointReached] = (() => Ambient.With(ToWaypoint).Validate(Pod()), Verdict.Logged),

        [ReasonCode.OlderRevision] = (
            () => Enforcing.Validate(Pod([("accesslog.mesh/profile", "json"), ("accesslog.mesh/revision", Scene.OlderRevision)])),
            Verdict.Outdated),

        [ReasonCode.NoProfileLabel] = (() => Enforcing.Validate(Pod()), Verdict.Missing),
        [ReasonCode.NoReferenceAnnotation] = (() => Enforcing.Validate(IstioGateway(), WorkloadKind.IstioGateway), Verdict.Missing),
        [ReasonCode.InfrastructureLabelsFull] = (
            () => Enforcing.Validate(KubernetesGateway(infrastructure: $$"""{"labels":{{Numbered(7)}}}"""), WorkloadKind.KubernetesGateway),
            Verdict.Missing),

        [ReasonCode.OtherProfile] = (() => Enforcing.Validate(Pod([("accesslog.mesh/profile", "text")])), Verdict.Conflicting),
        [ReasonCode.OtherReference] = (
            () => Enforcing.Validate(Pod(Json, [("accesslog.mesh/envoyfilter", $"istio-system/accesslog-json-{Scene.OlderRevision}")])),
            Verdict.Conflicting),
        [ReasonCode.SelectorLabelTaken] = (
            () => ByName(LabelSet.Of(("log", "on"))).Validate(Pod([("accesslog.mesh/profile", "team"), ("log", "off")])),
            Verdict.Conflicting),

        [ReasonCode.ReferenceNotFound] = (() => ByName(null).Without("istio-system/existing").Validate(Pod([("accesslog.mesh/profile", "team")])), Verdict.Dangling),
        [ReasonCode.RevisionNotFound] = (() => Enforcing.Validate(Pod([("accesslog.mesh/profile", "json"), ("accesslog.mesh/revision", "dead")])), Verdict.Dangling),
        [ReasonCode.ReferenceNotRendered] = (() => Enforcing.Without($"istio-system/accesslog-json-{Scene.Revision}").Validate(Pod(Json)), Verdict.Dangling),
        [ReasonCode.ReferenceDoesNotSelect] = (() => ByName(LabelSet.Of(("log", "on"))).Validate(Pod([("accesslog.mesh/profile", "team")])), Verdict.Dangling),
        [ReasonCode.ReferenceOutOfReach] = (() => ByName(null, Scene.ToGateway("edge")).Validate(Pod([("accesslog.mesh/profile", "team")])), Verdict.Dangling),
        [ReasonCode.GatewayPodsNotSelected] = (
            () => Enforcing.WithPod("infra/ingress-1", ("istio", "ingress")).Validate(IstioGateway(Reference), WorkloadKind.IstioGateway),
            Verdict.Dangling),

        [ReasonCode.ReferenceLogsNothing] = (() => Enforcing.With(Current with { Effects = Effects.Nothing }).Validate(Pod(Json)), Verdict.Dangling),
        [ReasonCode.ReferenceSilenced] = (
            () => Enforcing.With(Current with { Effects = Effects.Logging }).With(Scene.Filter("shop/off", null) with { Effects = Effects.Removal }).Validate(Pod(Json)),
            Verdict.Dangling),
        [ReasonCode.DoubledLines] = (
            () => Enforcing.With(Current with { Effects = Effects.Logging }).With(Scene.Filter("shop/own", null) with { Effects = Effects.Logging }).Validate(Pod(Json)),
            Verdict.Duplicated),

        [ReasonCode.Injected] = (() => Injecting.Mutate(Pod()), Verdict.Logged),
        [ReasonCode.ProfileReplaced] = (() => Injecting.Mutate(Pod([("accesslog.mesh/profile", "text")])), Verdict.Logged),
        [ReasonCode.RevisionReplaced] = (() => Injecting.Mutate(Pod([("accesslog.mesh/profile", "json"), ("accesslog.mesh/revision", Scene.OlderRevision)])), Verdict.Logged),

        [ReasonCode.UpdateToleratedAsBefore] = (() => Enforcing.Update(Pod(), Pod([("more", "x")])), Verdict.Missing),

        [ReasonCode.UnknownProfile] = (() => Scene.Injected.Asking(Mode.Inject, "gone").Mutate(Pod()), null),
        [ReasonCode.InvalidProfile] = (() => Scene.Injected.With(new AccessLogProfile("json") { Errors = [new("spec", "is missing.")] }).Asking(Mode.Inject).Mutate(Pod()), null),

        [ReasonCode.NamespaceLabelsValid] = (() => Scene.Bare.Validate(Namespace(("accesslog.mesh/inject", "json")), WorkloadKind.Namespace), null),
        [ReasonCode.NamespaceLabelsUnchanged] = (() => Scene.Bare.Update(Namespace(), Namespace(("more", "x")), WorkloadKind.Namespace), null),
        [ReasonCode.UnknownMode] = (() => Scene.Bare.Validate(Namespace(("accesslog.mesh/enforced", "json")), WorkloadKind.Namespace), null),

        [ReasonCode.ProfileValid] = (() => Scene.Bare.Decide(DefinitionKind.AccessLogProfile, Operation.Create, Profile("{}")), null),
        [ReasonCode.ProfileInUse] = (
            () => Scene.Bare.With(new AccessLogProfile("team")).WithPod("shop/api", ("accesslog.mesh/profile", "team")).Decide(DefinitionKind.AccessLogProfile, Operation.Delete, null, Profile("{}")),
            null),
        [ReasonCode.ProfileUnused] = (() => Scene.Bare.Decide(DefinitionKind.AccessLogProfile, Operation.Delete, null, Profile("{}")), null),
        [ReasonCode.SpecUnchanged] = (() => Scene.Bare.Decide(DefinitionKind.EnvoyFilter, Operation.Update, Filter(), Filter()), null),
        [ReasonCode.NotAccessLogging] = (() => Scene.Bare.Decide(DefinitionKind.EnvoyFilter, Operation.Create, UnrelatedFilter), null),
        [ReasonCode.ReferenceInUse] = (
            () => Scene.Bare.With(new AccessLogProfile("own") { EnvoyFilterRef = Scene.Key("istio-system/team") }).WithPod("shop/api", ("accesslog.mesh/profile", "own"), ("app", "api"))
                .Decide(DefinitionKind.EnvoyFilter, Operation.Delete, null, Filter()),
            null),
        [ReasonCode.ReferenceUnused] = (() => Scene.Bare.Decide(DefinitionKind.EnvoyFilter, Operation.Delete, null, Filter()), null),
        [ReasonCode.LintClean] = (() => Scene.Bare.Decide(DefinitionKind.EnvoyFilter, Operation.Create, Filter()), null),
        [ReasonCode.LintWarning] = (() => Scene.Bare.Decide(DefinitionKind.EnvoyFilter, Operation.Create, Filter(operation: "MERGE_AND_REPLACE_LIST")), null),
        [ReasonCode.LintError] = (() => Scene.Bare.Decide(DefinitionKind.EnvoyFilter, Operation.Create, Filter(logger: "\"path\":7")), null),
    };

    public static TheoryData<ReasonCode> Reasons { get; } = [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Reasons))]
    public void A_decision_has_its_reason_and_verdict(ReasonCode reason)
    {
        var decision = Cases[reason].Decide();

        Assert.Equal(reason, decision.Reason);
        Assert.Equal(Cases[reason].Verdict, decision.Verdict);
    }

    [Fact]
    public void Every_reason_but_the_faults_of_ours_is_produced_by_a_case() =>
        Assert.Equal(Enum.GetValues<ReasonCode>().Except(FaultsOfOurs).Except(OfAudits), Cases.Keys);

    [Fact]
    public void Every_verdict_is_reached() =>
        Assert.Equal(Enum.GetValues<Verdict>(), Cases.Values.Select(@case => @case.Verdict).OfType<Verdict>().Distinct().Order());

    private static string Numbered(int count) => Map([.. Enumerable.Range(0, count).Select(number => ($"l{number}", "x"))]);
}
