using System.Text.Json;
using AccessLogWebhook.Cluster;
using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Policy.Profiles;
using AccessLogWebhook.Policy.Rendering;

namespace AccessLogWebhook.Tests.Cluster;

/// <summary>What a snapshot holds of an EnvoyFilter or a Telemetry.</summary>
public sealed class ReferenceReadingTests
{
    [Theory]
    [InlineData(LoggingResourceKind.EnvoyFilter, 0)]
    [InlineData(LoggingResourceKind.Telemetry, 1)]
    public void Only_a_Telemetry_has_the_single_targetRef(LoggingResourceKind kind, int targets) => Assert.Equal(
        targets,
        ClusterKinds.ReadReference(kind, JsonElement.Parse(
            """{"metadata":{"name":"x","namespace":"shop"},"spec":{"targetRef":{"group":"gateway.networking.k8s.io","kind":"Gateway","name":"wp"}}}""")).TargetRefs.Length);

    [Fact]
    public void What_is_rendered_is_held_as_it_is_planned_and_told_from_what_somebody_changed()
    {
        var profile = AccessLogProfileReader.Read("team", JsonElement.Parse(
            """{"spec":{"silencedProviders":["envoy"],"output":{"grpc":{"service":"als.shop.svc.cluster.local","port":9000}}}}"""));
        var rendering = ProfileRenderer.Render(profile);
        var (filter, silencer) = (rendering.ForWorkloads("istio-system")!, rendering.SilencerForWorkloads("shop")!);

        Assert.Equal((SpecFingerprint.Of(filter), false), (Held(filter).SpecFingerprint, Held(filter).IsSilencer));
        Assert.Equal((SpecFingerprint.Of(silencer), true), (Held(silencer).SpecFingerprint, Held(silencer).IsSilencer));
        Assert.NotEqual(SpecFingerprint.Of(filter), Held(filter with { Annotations = LabelSet.Empty }).SpecFingerprint);
        Assert.Equal(SpecFingerprint.Of(filter), Held(filter with { Annotations = filter.Annotations.With(LabelSet.Of(("team.example/owner", "ada"))) }).SpecFingerprint);
    }

    private static LoggingResource Held(RenderedResource resource) =>
        ClusterKinds.ReadReference(resource.Kind, JsonElement.Parse(resource.ToManifest().ToJsonString()));
}
