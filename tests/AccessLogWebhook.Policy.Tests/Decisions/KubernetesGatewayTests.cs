using System.Collections.Immutable;
using AccessLogWebhook.Policy.Decisions;
using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Policy.Patching;
using AccessLogWebhook.Policy.Profiles;
using AccessLogWebhook.Policy.Tests.Support;
using AccessLogWebhook.Policy.Workloads;
using static AccessLogWebhook.Policy.Tests.Support.Objects;

namespace AccessLogWebhook.Policy.Tests.Decisions;

/// <summary>Gateways of gateway.networking.k8s.io: labels go where they reach the generated Pods; a waypoint is reached by targetRefs.</summary>
public sealed class KubernetesGatewayTests
{
    private const string Current = $"istio-system/accesslog-json-{Scene.Revision}";
    private static readonly (string, string)[] Carried = [("accesslog.mesh/profile", "json"), ("accesslog.mesh/revision", Scene.Revision)];
    private static readonly LabelSet Reference = LabelSet.Of(("accesslog.mesh/envoyfilter", Current));
    private static readonly Scene Both = Scene.Injected.Asking(Mode.Inject).Asking(Mode.Enforce);

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"labels":null}""")]
    [InlineData("""{"parametersRef":{"name":"x"}}""")]
    public void Without_infrastructure_labels_the_Gateways_own_labels_reach_the_Pods(string infrastructure) => Assert.Equal(
        [JsonPatchOperation.Add("/metadata/labels", Scene.JsonLabels), JsonPatchOperation.Add("/metadata/annotations", Reference)],
        Patch(Both, KubernetesGateway(infrastructure: infrastructure)));

    [Theory]
    [InlineData("""{"labels":{}}""")]
    [InlineData("""{"labels":{"a":"b"}}""")]
    public void With_infrastructure_labels_only_those_do(string infrastructure) => Assert.Equal(
        [
            JsonPatchOperation.Add("/metadata/annotations", Reference),
            JsonPatchOperation.Add("/spec/infrastructure/labels/accesslog.mesh~1profile", "json"),
            JsonPatchOperation.Add("/spec/infrastructure/labels/accesslog.mesh~1revision", Scene.Revision),
        ],
        Patch(Both, KubernetesGateway(Carried, infrastructure: infrastructure)));

    [Fact]
    public void Labels_that_do_not_reach_the_Pods_count_for_nothing() => Assert.Equal(
        "Gateway shop/edge carries no access-log profile. It is refused because namespace shop is labelled accesslog.mesh/enforce=json. "
        + "Add the labels accesslog.mesh/profile=json, accesslog.mesh/revision=1f3a to spec.infrastructure.labels.",
        Refusal(Both, KubernetesGateway(Carried, infrastructure: """{"labels":{}}""")).Message);

    [Fact]
    public void The_remedy_names_the_place_that_reaches_the_Pods()
    {
        Assert.EndsWith("to metadata.labels.", Refusal(Both, KubernetesGateway()).Message, StringComparison.Ordinal);
        Assert.EndsWith("Set accesslog.mesh/profile=json on metadata.labels.", Refusal(Both, KubernetesGateway([("accesslog.mesh/profile", "text")])).Message, StringComparison.Ordinal);
        Assert.EndsWith(
            "Set accesslog.mesh/profile=json on spec.infrastructure.labels.",
            Refusal(Both, KubernetesGateway(infrastructure: """{"labels":{"accesslog.mesh/profile":"text"}}""")).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(6, true)]
    [InlineData(7, false)]
    [InlineData(8, false)]
    public void The_infrastructure_labels_are_never_more_than_eight(int there, bool fits)
    {
        var gateway = KubernetesGateway(infrastructure: $$"""{"labels":{{Numbered(there)}}}""");

        if (fits)
        {
            Assert.Equal(8, there + Patch(Both, gateway).Count(operation => operation.Path.StartsWith("/spec/infrastructure/labels/", StringComparison.Ordinal)));
            return;
        }

        var decision = Assert.IsType<Decision.Admit>(Both.Mutate(gateway, WorkloadKind.KubernetesGateway));
        Assert.Equal((ReasonCode.InfrastructureLabelsFull, Verdict.Missing), (decision.Reason, decision.Verdict));
        Assert.Equal(
            [
                "Gateway shop/edge carries no access-log profile.",
                "At most 8 fit into spec.infrastructure.labels: make room for accesslog.mesh/profile=json,accesslog.mesh/revision=1f3a.",
            ],
            decision.Warnings);
        Assert.Equal(
            "Gateway shop/edge carries no access-log profile. It is refused because namespace shop is labelled accesslog.mesh/enforce=json. "
            + "At most 8 fit into spec.infrastructure.labels: make room for accesslog.mesh/profile=json,accesslog.mesh/revision=1f3a.",
            Refusal(Both, gateway).Message);
    }

    [Fact]
    public void In_full_infrastructure_labels_an_older_revision_is_still_replaced()
    {
        var labels = Map([("accesslog.mesh/profile", "json"), ("accesslog.mesh/revision", Scene.OlderRevision), .. Enumerable.Range(0, 6).Select(number => ($"l{number}", "x"))]);

        Assert.Contains(
            JsonPatchOperation.Replace("/spec/infrastructure/labels/accesslog.mesh~1revision", Scene.Revision),
            Patch(Both, KubernetesGateway(infrastructure: $$"""{"labels":{{labels}}}""")));
    }

    [Fact]
    public void Log_levels_go_on_the_Gateway_itself_and_other_annotations_where_they_reach_the_Pods()
    {
        var scene = With(Both, ("fluentbit.io/parser", "json"), ("sidecar.istio.io/logLevel", "off"));

        Assert.Equal(
            [
                JsonPatchOperation.Add("/metadata/labels", Scene.JsonLabels),
                JsonPatchOperation.Add("/metadata/annotations", Reference.With(LabelSet.Of(("fluentbit.io/parser", "json"), ("sidecar.istio.io/logLevel", "off")))),
            ],
            Patch(scene, KubernetesGateway()));
        Assert.Equal(
            [
                JsonPatchOperation.Add("/metadata/labels", Scene.JsonLabels),
                JsonPatchOperation.Add("/metadata/annotations", Reference.With(LabelSet.Of(("sidecar.istio.io/logLevel", "off")))),
                JsonPatchOperation.Add("/spec/infrastructure/annotations/fluentbit.io~1parser", "json"),
            ],
            Patch(scene, KubernetesGateway(infrastructure: """{"annotations":{}}""")));
    }

    [Fact]
    public void An_annotation_of_the_infrastructure_is_never_overwritten()
    {
        var decision = Both.With(Both.Mesh.Profiles["json"] with { Annotations = LabelSet.Of(("a", "1")) })
            .Mutate(KubernetesGateway(Carried, [("accesslog.mesh/envoyfilter", Current)], """{"annotations":{"a":"2"}}"""), WorkloadKind.KubernetesGateway);

        Assert.Equal(ReasonCode.Conforms, Assert.IsType<Decision.Admit>(decision).Reason);
        Assert.Equal(["Annotation a was kept: an existing annotation is never overwritten."], decision.Warnings);
    }

    [Fact]
    public void An_annotation_of_the_infrastructure_that_is_lacking_is_added_though_all_else_conforms() => Assert.Equal(
        [JsonPatchOperation.Add("/spec/infrastructure/annotations/a", "1")],
        Patch(With(Both, ("a", "1")), KubernetesGateway(Carried, [("accesslog.mesh/envoyfilter", Current)], """{"annotations":{}}""")));

    [Theory]
    [InlineData(15, true)]
    [InlineData(16, false)]
    public void The_infrastructure_annotations_are_never_more_than_sixteen(int there, bool fits)
    {
        var decision = Assert.IsType<Decision.Mutate>(With(Both, ("a", "1")).Mutate(
            KubernetesGateway(infrastructure: $$"""{"annotations":{{Numbered(there)}}}"""), WorkloadKind.KubernetesGateway));

        Assert.Equal(fits, decision.Patch.Any(operation => operation.Path == "/spec/infrastructure/annotations/a"));
        Assert.Equal(fits ? [] : ["At most 16 fit into spec.infrastructure.annotations: those of profile json were left out."], decision.Warnings);
        Assert.Equal(Verdict.Logged, decision.Verdict);
    }

    [Fact]
    public void A_reference_that_targets_the_Gateway_by_name_reaches_it_too()
    {
        var scene = Both.With(new AccessLogProfile("json") { EnvoyFilterRef = new("shop", "mine") }).With(Scene.Filter("shop/mine", null, Scene.ToGateway("edge")));

        Assert.Equal(Verdict.Logged, scene.Mutate(KubernetesGateway(), WorkloadKind.KubernetesGateway).Verdict);
        Assert.Equal(ReasonCode.ReferenceOutOfReach, scene.Mutate(KubernetesGateway(metadata: "\"name\":\"another\""), WorkloadKind.KubernetesGateway).Reason);
    }

    [Theory]
    [InlineData("istio-waypoint")]
    [InlineData("istio-east-west")]
    public void A_waypoint_gets_the_annotation_of_the_reference_that_targets_it_and_no_labels(string @class)
    {
        var scene = Both.With(Targeting("shop/to-edge", "edge"));

        Assert.Equal(
            [JsonPatchOperation.Add("/metadata/annotations", LabelSet.Of(("accesslog.mesh/envoyfilter", "shop/to-edge")))],
            Patch(scene, KubernetesGateway(@class: @class)));
        Assert.Equal(
            "Gateway shop/edge names no access-log reference. It is refused because namespace shop is labelled accesslog.mesh/enforce=json. "
            + "Add the annotation accesslog.mesh/envoyfilter: shop/to-edge.",
            Refusal(scene, KubernetesGateway(@class: @class)).Message);
    }

    [Fact]
    public void A_waypoint_that_nothing_targets_is_inert_whatever_labels_it_carries()
    {
        var json = KubernetesGateway(Carried, @class: "istio-waypoint");

        var mutated = Assert.IsType<Decision.Admit>(Both.NotOnWaypoints().Mutate(json, WorkloadKind.KubernetesGateway));
        Assert.Equal((ReasonCode.WaypointWithoutTargetRefs, Verdict.Inert), (mutated.Reason, mutated.Verdict));
        Assert.Equal(
            [
                "Gateway shop/edge cannot be logged: no reference of profile json targets waypoint shop/edge.",
                "Add waypoint to spec.proxies of profile json.",
            ],
            mutated.Warnings);
        Assert.IsType<Decision.Admit>(Both.NotOnWaypoints().Validate(json, WorkloadKind.KubernetesGateway));
    }

    [Fact]
    public void A_waypoint_is_told_by_annotation_which_reference_will_be_rendered_for_it()
    {
        var decision = Assert.IsType<Decision.Mutate>(Both.Mutate(KubernetesGateway(@class: "istio-waypoint"), WorkloadKind.KubernetesGateway));

        Assert.Equal((ReasonCode.Injected, Verdict.Dangling), (decision.Reason, decision.Verdict));
        Assert.Equal(LabelSet.Of(("accesslog.mesh/envoyfilter", "shop/accesslog-json-1f3a-edge")), Assert.Single(decision.Patch).Map);
        Assert.Equal("Gateway shop/edge is not logged yet: EnvoyFilter shop/accesslog-json-1f3a-edge of profile json does not exist.", decision.Warnings[0]);
        Assert.IsType<Decision.Admit>(Both.Validate(KubernetesGateway(annotations: [("accesslog.mesh/envoyfilter", "shop/accesslog-json-1f3a-edge")], @class: "istio-waypoint"), WorkloadKind.KubernetesGateway));
    }

    [Fact]
    public void A_waypoint_keeps_the_revision_that_its_annotation_names()
    {
        const string older = "shop/accesslog-json-0b5e-edge";
        var scene = Both.With(Scene.Filter(older, null, Scene.ToGateway("edge")) with { Labels = ProfileReference.LabelsOf("json", "0b5e") });

        var judgement = scene.Judge(KubernetesGateway(annotations: [("accesslog.mesh/envoyfilter", older)], @class: "istio-waypoint"), kind: WorkloadKind.KubernetesGateway);

        Assert.Equal((Verdict.Outdated, ReasonCode.OlderRevision, false), (judgement.Verdict, judgement.Reason, judgement.RefusedByEnforce));
    }

    [Fact]
    public void A_waypoint_that_is_logged_by_the_backend_of_before_is_outdated_and_can_be_changed()
    {
        const string older = "shop/accesslog-json-0b5e-edge";
        var scene = Both.With(Both.Mesh.Profiles["json"] with { Backend = LoggingResourceKind.Telemetry })
            .With(Scene.Filter(older, null, Scene.ToGateway("edge")) with { Labels = ProfileReference.LabelsOf("json", "0b5e") });

        var judgement = scene.Judge(KubernetesGateway(annotations: [("accesslog.mesh/envoyfilter", older)], @class: "istio-waypoint"), kind: WorkloadKind.KubernetesGateway);

        Assert.Equal((Verdict.Outdated, false), (judgement.Verdict, judgement.RefusedByEnforce));
    }

    [Fact]
    public void A_waypoint_whose_name_is_still_to_be_made_is_not_refused() => Assert.Equal(
        (Verdict.Missing, false),
        Both.Judge(KubernetesGateway(@class: "istio-waypoint", metadata: "\"name\":\"edge-x7\",\"generateName\":\"edge-\""), kind: WorkloadKind.KubernetesGateway) is var judgement
            ? (judgement.Verdict, judgement.RefusedByEnforce) : default);

    [Fact]
    public void A_waypoint_that_names_another_reference_is_refused() => Assert.Equal(
        ReasonCode.ReferenceNotFound,
        Refusal(Both.With(Targeting("shop/to-edge", "edge")), KubernetesGateway(annotations: [("accesslog.mesh/envoyfilter", "shop/other")], @class: "istio-waypoint")).Reason);

    [Fact]
    public void A_waypoint_is_reached_through_its_class_from_the_root_namespace()
    {
        var scene = Both.With(Targeting("istio-system/all-waypoints", "") with
        {
            TargetRefs = [new("gateway.networking.k8s.io", "GatewayClass", "", "istio-waypoint")],
        });

        Assert.Equal(ReasonCode.ReachedByTargetRefs, scene.Validate(KubernetesGateway(annotations: [("accesslog.mesh/envoyfilter", "istio-system/all-waypoints")], @class: "istio-waypoint"), WorkloadKind.KubernetesGateway).Reason);
    }

    private static LoggingResource Targeting(string key, string gateway) => Scene.Filter(key, null, Scene.ToGateway(gateway)) with
    {
        Labels = LabelSet.Of(("accesslog.mesh/profile", "json")),
    };

    private static Scene With(Scene scene, params (string, string)[] annotations) =>
        scene.With(scene.Mesh.Profiles["json"] with { Annotations = LabelSet.Of(annotations) });

    private static ImmutableArray<JsonPatchOperation> Patch(Scene scene, string json) =>
        Assert.IsType<Decision.Mutate>(scene.Mutate(json, WorkloadKind.KubernetesGateway)).Patch;

    private static Decision.Deny Refusal(Scene scene, string json) => Assert.IsType<Decision.Deny>(scene.Validate(json, WorkloadKind.KubernetesGateway));

    private static string Numbered(int count) => Map([.. Enumerable.Range(0, count).Select(number => ($"l{number}", "x"))]);
}
