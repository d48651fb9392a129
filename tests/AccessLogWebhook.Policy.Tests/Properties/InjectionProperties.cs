using System.Text.Json;
using System.Text.Json.Nodes;
using AccessLogWebhook.Policy.Decisions;
using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Policy.Tests.Patching;
using AccessLogWebhook.Policy.Tests.Support;
using AccessLogWebhook.Policy.Workloads;
using CsCheck;
using Microsoft.AspNetCore.JsonPatch.SystemTextJson;

namespace AccessLogWebhook.Policy.Tests.Properties;

/// <summary>What holds of every patch, whatever the object and the cluster.</summary>
public sealed class InjectionProperties
{
    private const int Cases = 4_000;
    private static readonly string[] DecidingInjection = ["sidecar.istio.io/inject", "istio.io/rev"];

    [Fact]
    public void A_patch_touches_its_own_paths_and_nothing_else() => Patches((@case, mutate, patched) =>
    {
        var profiles = @case.Scene.Mesh.Profiles.Values;
        string[] labels =
        [
            "accesslog.mesh/profile", "accesslog.mesh/revision",
            .. profiles.Where(profile => profile.EnvoyFilterRef is not null).SelectMany(profile => @case.Scene.Mesh.EnvoyFilters.GetValueOrDefault(profile.EnvoyFilterRef!.Value)?.Selector ?? LabelSet.Empty).Select(label => label.Key),
        ];
        string[] annotations = ["accesslog.mesh/envoyfilter", "accesslog.mesh/telemetry", .. profiles.SelectMany(profile => profile.Annotations).Select(annotation => annotation.Key)];
        (string Map, string[] Keys)[] mine = @case.Kind switch
        {
            WorkloadKind.Pod => [("/metadata/labels", labels), ("/metadata/annotations", annotations)],
            WorkloadKind.IstioGateway => [("/metadata/annotations", annotations)],
            _ => [("/metadata/labels", labels), ("/metadata/annotations", annotations), ("/spec/infrastructure/labels", labels), ("/spec/infrastructure/annotations", annotations)],
        };
        string[] parents = ["/metadata", "/metadata/labels", "/metadata/annotations"];
        var (before, after) = (RawJson.Parse(@case.Json).Places(), RawJson.Parse(patched.Json).Places());

        Assert.All(before, place => Assert.True(
            (after.TryGetValue(place.Key, out var spelling) && spelling == place.Value) || IsMine(place.Key) || (place.Value == "null" && parents.Contains(place.Key)),
            $"{place} was changed to {after.GetValueOrDefault(place.Key)}"));
        Assert.All(after.Where(place => !before.ContainsKey(place.Key)), place => Assert.True(
            IsMine(place.Key) || (place.Value == "{" && parents.Contains(place.Key)), $"{place} is new"));

        bool IsMine(string pointer) => mine.Any(map => map.Keys.Any(key => pointer == $"{map.Map}/{key.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)}"));
    });

    [Fact]
    public void An_applier_of_somebody_elses_comes_to_the_same_object() => Patches((@case, mutate, patched) =>
    {
        var document = JsonSerializer.Deserialize<JsonPatchDocument>(WrittenPatch.Of(mutate.Patch))!;
        var applied = JsonNode.Parse(@case.Json)!;

        document.ApplyTo(applied);

        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(patched.Json), applied), applied.ToJsonString());
    });

    [Fact]
    public void Deciding_again_on_what_was_patched_changes_nothing_more() => Patches((_, mutate, patched) =>
    {
        var again = Assert.IsType<Decision.Admit>(patched.Mutate());

        Assert.Equal((mutate.Verdict, mutate.Profile), (again.Verdict, again.Profile));
    });

    [Fact]
    public void What_inject_makes_enforce_admits_unless_others_silence_or_double_it() => Patches((@case, mutate, patched) =>
    {
        var asked = Modes.Requested(Mode.Inject, @case.Scene.Context.Namespace, @case.Scene.Settings)!.Profile;
        var enforced = (patched with { Scene = patched.Scene.Asking(Mode.Enforce, asked) }).Validate();

        Assert.Equal((mutate.Verdict, mutate.Profile), (enforced.Verdict, enforced.Profile));
        if (enforced is Decision.Deny { Reason: ReasonCode.DoubledLines or ReasonCode.ReferenceSilenced or ReasonCode.ReferenceLogsNothing })
        {
            // Nothing that could be put right on the object: inject has said so, too.
            Assert.NotEmpty(mutate.Warnings);
            return;
        }

        Assert.IsType<Decision.Admit>(enforced);
        Assert.Equal(mutate.Message, enforced.Message);
    });

    [Fact]
    public void What_a_plan_says_comes_after_is_what_the_patched_object_reads_as() => GeneratedCases.Creation.Sample(
        @case => Assert.All(@case.Scene.Mesh.Profiles.Values, profile =>
        {
            var plan = InjectionPlan.For(@case.Workload, profile, @case.Scene.Context);
            var patched = @case with { Json = RawJson.Parse(@case.Json).Apply(WrittenPatch.Of(plan.Patch)).ToString() };

            Assert.Equal(WithoutFingerprint(plan.After), WithoutFingerprint(patched.Workload));
            Assert.Equal(plan.Patch.IsEmpty, plan.Change == ReasonCode.Conforms);
        }),
        iter: Cases);

    [Fact]
    public void An_annotation_is_never_overwritten_but_our_own_that_names_a_rendered_reference() => Patches((@case, _, patched) =>
    {
        Unchanged(@case.Workload.Annotations, patched.Workload.Annotations, (key, value) =>
            key is "accesslog.mesh/envoyfilter" or "accesslog.mesh/telemetry" && value.Contains("/accesslog-", StringComparison.Ordinal));
        Unchanged(Infrastructure(@case)?.InfrastructureAnnotations, Infrastructure(patched)?.InfrastructureAnnotations, (_, _) => false);
    });

    [Fact]
    public void A_label_is_never_overwritten_but_our_own_two() => Patches((@case, _, patched) =>
    {
        Unchanged(@case.Workload.Labels, patched.Workload.Labels, (key, _) => key is "accesslog.mesh/profile" or "accesslog.mesh/revision");
        Unchanged(Infrastructure(@case)?.InfrastructureLabels, Infrastructure(patched)?.InfrastructureLabels, (key, _) => key is "accesslog.mesh/profile" or "accesslog.mesh/revision");
    });

    [Fact]
    public void What_decides_about_injection_is_not_even_added() => Patches((@case, _, patched) =>
    {
        foreach (var key in DecidingInjection)
        {
            Assert.Equal(@case.Workload.Labels[key], patched.Workload.Labels[key]);
            Assert.Equal(@case.Workload.Annotations[key], patched.Workload.Annotations[key]);
            Assert.Equal(Infrastructure(@case)?.InfrastructureLabels?[key], Infrastructure(patched)?.InfrastructureLabels?[key]);
        }
    });

    [Fact]
    public void The_maps_of_an_infrastructure_never_grow_past_their_limits() => Patches((@case, _, patched) =>
    {
        if (Infrastructure(@case) is { } before && Infrastructure(patched) is { } after)
        {
            Assert.True(after.InfrastructureLabels is null || after.InfrastructureLabels.Equals(before.InfrastructureLabels) || after.InfrastructureLabels.Count <= 8);
            Assert.True(after.InfrastructureAnnotations is null || after.InfrastructureAnnotations.Equals(before.InfrastructureAnnotations) || after.InfrastructureAnnotations.Count <= 16);
        }
    });

    [Fact]
    public void Mutate_never_refuses_and_never_changes_what_is_not_its_own() => GeneratedCases.Any.Sample(
        @case =>
        {
            var decision = @case.Mutate();
            Assert.IsNotType<Decision.Deny>(decision);
            if (decision is Decision.Mutate mutate)
            {
                Assert.NotEmpty(mutate.Patch);
                Assert.Equal(Operation.Create, @case.Operation);
                Assert.Equal("", @case.Scene.Subresource);
                Assert.False(@case.Workload.Metadata.IsBeingDeleted);
                Assert.NotEqual(Verdict.Exempt, mutate.Verdict);
                if (@case.Workload is PodWorkload pod)
                {
                    Assert.False(pod.Annotations.ContainsKey("kubernetes.io/config.mirror"));
                    Assert.True(HasProxy(pod) || !(pod.HostNetwork || (pod.Labels["sidecar.istio.io/inject"] ?? pod.Annotations["sidecar.istio.io/inject"]) == "false"));
                }
            }
        },
        iter: Cases);

    private static bool HasProxy(PodWorkload pod) => pod.HasProxyContainer || pod.Annotations.ContainsKey("sidecar.istio.io/status");

    private static KubernetesGateway? Infrastructure(AdmissionCase @case) => @case.Workload as KubernetesGateway;

    private static Workload WithoutFingerprint(Workload workload) => workload switch
    {
        IstioGateway gateway => gateway with { SpecFingerprint = "" },
        KubernetesGateway gateway => gateway with { SpecFingerprint = "" },
        _ => workload,
    };

    private static void Unchanged(LabelSet? before, LabelSet? after, Func<string, string, bool> may) => Assert.All(
        before ?? LabelSet.Empty, entry => Assert.True(after!.Has(entry.Key, entry.Value) || may(entry.Key, entry.Value), $"{entry} became {after![entry.Key]}"));

    private static void Patches(Action<AdmissionCase, Decision.Mutate, AdmissionCase> holds) => GeneratedCases.Creation.Sample(
        @case =>
        {
            if (@case.Mutate() is Decision.Mutate mutate)
            {
                holds(@case, mutate, @case.Patched()!);
            }
        },
        iter: Cases);
}
