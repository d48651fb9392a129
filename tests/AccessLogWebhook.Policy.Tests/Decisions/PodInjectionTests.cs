using System.Collections.Immutable;
using AccessLogWebhook.Policy.Decisions;
using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Policy.Patching;
using AccessLogWebhook.Policy.Profiles;
using AccessLogWebhook.Policy.Tests.Support;
using AccessLogWebhook.Policy.Workloads;
using static AccessLogWebhook.Policy.Tests.Support.Objects;

namespace AccessLogWebhook.Policy.Tests.Decisions;

/// <summary>What inject does to a Pod, operation by operation.</summary>
public sealed class PodInjectionTests
{
    private const string Current = $"istio-system/accesslog-json-{Scene.Revision}";
    private const string Older = $"istio-system/accesslog-json-{Scene.OlderRevision}";
    private static readonly LabelSet Reference = LabelSet.Of(("accesslog.mesh/envoyfilter", Current));
    private static readonly Scene Injecting = Scene.Injected.Asking(Mode.Inject);

    [Theory]
    [InlineData("""{"spec":{}}""", true)]
    [InlineData("""{"metadata":null}""", true)]
    [InlineData("""{"metadata":{"name":"api"}}""", false)]
    [InlineData("""{"metadata":{"name":"api","labels":null,"annotations":null}}""", false)]
    public void Parents_that_are_absent_or_null_are_created(string json, bool withMetadata) => Assert.Equal(
        [
            .. withMetadata ? [JsonPatchOperation.Add("/metadata", LabelSet.Empty)] : Array.Empty<JsonPatchOperation>(),
            JsonPatchOperation.Add("/metadata/labels", Scene.JsonLabels),
            JsonPatchOperation.Add("/metadata/annotations", Reference),
        ],
        Patch(Injecting.Mutate(json)));

    [Fact]
    public void Into_maps_that_are_there_entries_are_added_one_by_one() => Assert.Equal(
        [
            JsonPatchOperation.Add("/metadata/labels/accesslog.mesh~1profile", "json"),
            JsonPatchOperation.Add("/metadata/labels/accesslog.mesh~1revision", Scene.Revision),
            JsonPatchOperation.Add("/metadata/annotations/accesslog.mesh~1envoyfilter", Current),
        ],
        Patch(Injecting.Mutate(Pod([("app", "api")], []))));

    [Fact]
    public void Another_profile_is_replaced_and_the_reference_that_came_with_it_too()
    {
        var decision = Assert.IsType<Decision.Mutate>(
            Injecting.Mutate(Pod([("accesslog.mesh/profile", "text")], [("accesslog.mesh/envoyfilter", "istio-system/accesslog-text")])));

        Assert.Equal(
            [
                JsonPatchOperation.Replace("/metadata/labels/accesslog.mesh~1profile", "json"),
                JsonPatchOperation.Add("/metadata/labels/accesslog.mesh~1revision", Scene.Revision),
                JsonPatchOperation.Replace("/metadata/annotations/accesslog.mesh~1envoyfilter", Current),
            ],
            decision.Patch);
        Assert.Equal(["Profile \"text\" was replaced by json: a workload may only choose a profile that is selectable."], decision.Warnings);
    }

    [Fact]
    public void An_older_revision_is_replaced_without_a_word()
    {
        var decision = Assert.IsType<Decision.Mutate>(Injecting.Mutate(
            Pod([("accesslog.mesh/profile", "json"), ("accesslog.mesh/revision", Scene.OlderRevision)], [("accesslog.mesh/envoyfilter", Older)])));

        Assert.Equal(
            [
                JsonPatchOperation.Replace("/metadata/labels/accesslog.mesh~1revision", Scene.Revision),
                JsonPatchOperation.Replace("/metadata/annotations/accesslog.mesh~1envoyfilter", Current),
            ],
            decision.Patch);
        Assert.Equal((ReasonCode.RevisionReplaced, Verdict.Logged), (decision.Reason, decision.Verdict));
        Assert.Empty(decision.Warnings);
    }

    [Fact]
    public void What_conforms_is_left_alone()
    {
        var decision = Assert.IsType<Decision.Admit>(Injecting.Mutate(Pod(Labels(), [("accesslog.mesh/envoyfilter", Current)])));

        Assert.Equal((ReasonCode.Conforms, Verdict.Logged, Mode.Inject, "json"), (decision.Reason, decision.Verdict, decision.Mode, decision.Profile));
        Assert.Empty(decision.Warnings);
    }

    [Theory]
    [InlineData("istio-system/somebody-elses", "Pod shop/api names EnvoyFilter \"istio-system/somebody-elses\", which does not exist.", Verdict.Dangling)]
    [InlineData("no-slash", "Pod shop/api names EnvoyFilter \"no-slash\", which does not exist.", Verdict.Dangling)]
    [InlineData("shop/theirs", "Pod shop/api names EnvoyFilter shop/theirs, but profile json is realised by istio-system/accesslog-json-1f3a.", Verdict.Conflicting)]
    public void An_annotation_that_names_another_reference_is_kept_and_nothing_is_half_applied(string named, string problem, Verdict verdict)
    {
        var decision = Assert.IsType<Decision.Admit>(
            Injecting.With(Scene.Filter("shop/theirs", null)).Mutate(Pod(annotations: [("accesslog.mesh/envoyfilter", named)])));

        Assert.Equal(verdict, decision.Verdict);
        Assert.Equal(
            $"Annotation accesslog.mesh/envoyfilter was kept: it names {named}, not {Current}. {problem} Set annotation accesslog.mesh/envoyfilter to {Current}, or remove it.",
            string.Join(' ', decision.Warnings));
    }

    [Fact]
    public void The_profiles_annotations_are_added_but_never_over_others()
    {
        var scene = Injecting.With(Injecting.Mesh.Profiles["json"] with
        {
            Annotations = LabelSet.Of(("fluentbit.io/parser", "json"), ("same", "1"), ("sidecar.istio.io/logLevel", "off")),
        });

        var decision = Assert.IsType<Decision.Mutate>(scene.Mutate(Pod(Labels(), [("fluentbit.io/parser", "nginx"), ("same", "1")])));

        Assert.Equal(
            [
                JsonPatchOperation.Add("/metadata/annotations/accesslog.mesh~1envoyfilter", Current),
                JsonPatchOperation.Add("/metadata/annotations/sidecar.istio.io~1logLevel", "off"),
            ],
            decision.Patch);
        Assert.Equal(["Annotation fluentbit.io/parser was kept: an existing annotation is never overwritten."], decision.Warnings);
    }

    [Fact]
    public void A_reference_that_is_not_rendered_yet_is_injected_with_a_warning()
    {
        var decision = Assert.IsType<Decision.Mutate>(Scene.Bare.With(new AccessLogProfile("text") { Revision = "1f3a" }).Labelled("istio-injection", "enabled").Asking(Mode.Inject, "text").Mutate(Pod()));

        Assert.Equal((ReasonCode.Injected, Verdict.Dangling), (decision.Reason, decision.Verdict));
        Assert.Equal(
            [
                "Pod shop/api is not logged yet: EnvoyFilter istio-system/accesslog-text-1f3a of profile text does not exist.",
                "The controllers make it; without them: accesslog render text | kubectl apply -f -.",
            ],
            decision.Warnings);
    }

    [Fact]
    public void A_Telemetry_gets_its_own_annotation()
    {
        var scene = Injecting.With(Injecting.Mesh.Profiles["json"] with { Backend = LoggingResourceKind.Telemetry }).With(Scene.Telemetry("shop/accesslog-json-1f3a", Scene.JsonLabels));

        var decision = Assert.IsType<Decision.Mutate>(scene.Mutate(Pod()));

        Assert.Equal(LabelSet.Of(("accesslog.mesh/telemetry", "shop/accesslog-json-1f3a")), decision.Patch[1].Map);
        Assert.Equal(Verdict.Logged, decision.Verdict);
    }

    [Theory]
    [InlineData("""{"metadata":{"generateName":"api-"}}""", "Pod shop/api- is logged by profile json.")]
    [InlineData("""{"metadata":{"name":"api","namespace":"elsewhere"}}""", "Pod shop/api is logged by profile json.")]
    [InlineData("""{}""", "Pod shop/(unnamed) is logged by profile json.")]
    public void A_Pod_is_called_by_the_requests_namespace_and_its_name_to_be(string json, string message) =>
        Assert.Equal(message, Injecting.Mutate(json).Message);

    [Theory]
    [InlineData(WorkloadKind.Pod)]
    [InlineData(WorkloadKind.IstioGateway)]
    [InlineData(WorkloadKind.KubernetesGateway)]
    public void Nothing_is_changed_on_UPDATE(WorkloadKind kind) =>
        Assert.Equal(ReasonCode.UpdateNotMutated, Assert.IsType<Decision.Admit>(Injecting.Mutate("{}", kind, Operation.Update)).Reason);

    [Fact]
    public void A_Namespace_is_never_changed() =>
        Assert.Equal(ReasonCode.KindNotMutated, Assert.IsType<Decision.Admit>(Injecting.Mutate(Namespace(("accesslog.mesh/inject", "gone")), WorkloadKind.Namespace)).Reason);

    private static (string, string)[] Labels() => [.. Scene.JsonLabels.Select(label => (label.Key, label.Value))];

    private static ImmutableArray<JsonPatchOperation> Patch(Decision decision) => Assert.IsType<Decision.Mutate>(decision).Patch;
}
