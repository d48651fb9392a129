using System.Text.Json;
using System.Text.Json.Nodes;
using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Policy.Profiles;
using AccessLogWebhook.Policy.Rendering;

namespace AccessLogWebhook.Policy.Tests.Rendering;

/// <summary>What rendered resources are called, whom they reach, and where there is none. What they say is in the golden files.</summary>
public sealed class RenderingTests
{
    private static readonly ObjectKey Waypoint = new("shop", "waypoint");

    [Fact]
    public void A_profile_is_rendered_once_and_nobody_changes_what_another_gets()
    {
        var profile = new AccessLogProfile("team");
        var rendering = ProfileRenderer.Render(profile);
        var text = rendering.ForWorkloads("a")!.ToManifest().ToJsonString();

        rendering.ForWorkloads("a")!.Spec.Clear();

        Assert.Same(rendering, ProfileRenderer.Render(profile));
        Assert.Equal(text, ProfileRenderer.Render(profile).ForWorkloads("a")!.ToManifest().ToJsonString());
        Assert.NotSame(rendering, ProfileRenderer.Render(profile with { Selectable = true }));
    }

    [Fact]
    public void A_reference_selects_by_profile_and_revision_and_carries_them()
    {
        var rendering = Render("{}");
        var labels = LabelSet.Of((AccessLogKeys.Profile, "team"), (AccessLogKeys.Revision, rendering.Revision));

        var resource = rendering.ForWorkloads("istio-system")!;

        Assert.Equal((LoggingResourceKind.EnvoyFilter, new ObjectKey("istio-system", $"accesslog-team-{rendering.Revision}")), (resource.Kind, resource.Key));
        Assert.True(labels.IsSubsetOf(resource.Labels));
        Assert.Equal($$$"""{"labels":{"accesslog.mesh/profile":"team","accesslog.mesh/revision":"{{{rendering.Revision}}}"}}""", resource.Spec["workloadSelector"]!.ToJsonString());
        Assert.True(ProfileReference.IsManagedName(resource.Key.ToString(), "team", LoggingResourceKind.EnvoyFilter, "istio-system", "shop"));
    }

    [Fact]
    public void A_waypoint_is_targeted_from_its_own_namespace()
    {
        var rendering = Render("{}");

        var resource = rendering.ForWaypoint(Waypoint)!;

        Assert.Equal(new ObjectKey("shop", $"accesslog-team-{rendering.Revision}-waypoint"), resource.Key);
        Assert.Null(resource.Spec["workloadSelector"]);
        Assert.Equal("""[{"group":"gateway.networking.k8s.io","kind":"Gateway","name":"waypoint"}]""", resource.Spec["targetRefs"]!.ToJsonString());
    }

    [Theory]
    [InlineData("{}", true, true, false, false)]
    [InlineData("""{"proxies": ["gateway"]}""", true, false, false, false)]
    [InlineData("""{"proxies": ["waypoint"]}""", false, true, false, false)]
    [InlineData("""{"silencedProviders": ["envoy"]}""", true, true, true, true)]
    [InlineData("""{"silencedProviders": ["envoy"], "proxies": ["waypoint"]}""", false, true, false, true)]
    [InlineData("""{"silencedProviders": ["envoy"], "proxies": ["sidecarInbound"]}""", true, false, true, false)]
    [InlineData("""{"backend": "Telemetry", "proxies": ["waypoint"]}""", false, true, false, false)]
    public void Where_a_profile_does_not_log_there_is_no_resource(string spec, bool workloads, bool waypoint, bool silencer, bool waypointSilencer)
    {
        var rendering = Render(spec);

        Assert.Equal(
            (workloads, waypoint, silencer, waypointSilencer),
            (rendering.ForWorkloads("a") is not null, rendering.ForWaypoint(Waypoint) is not null,
                rendering.SilencerForWorkloads("a") is not null, rendering.SilencerForWaypoint(Waypoint) is not null));
    }

    [Theory]
    [InlineData("""{"backend": "Telemetry"}""", true)]
    [InlineData("""{"backend": "Telemetry", "output": {"provider": "mine"}}""", false)]
    [InlineData("{}", false)]
    public void Only_a_Telemetry_without_a_provider_of_the_mesh_needs_one(string spec, bool needed) => Assert.Equal(needed, Render(spec).Provider is not null);

    [Fact]
    public void A_provider_is_named_by_its_content_alone()
    {
        var provider = Render("""{"backend": "Telemetry"}""").Provider!;

        Assert.Equal(provider.Name, ProfileRenderer.Render(new AccessLogProfile("other") { Backend = LoggingResourceKind.Telemetry }).Provider!.Name);
        Assert.Equal(provider.Name, Render("""{"backend": "Telemetry", "filter": {"minStatus": 400}}""").Provider!.Name);
        Assert.NotEqual(provider.Name, Render("""{"backend": "Telemetry", "output": {"path": "/a"}}""").Provider!.Name);
        Assert.Equal(provider.Name, (string?)provider.Entry["name"]);
        Assert.Matches("^accesslog-[0-9a-f]{10}$", provider.Name);
    }

    [Theory]
    [InlineData(253)]
    [InlineData(169)]
    [InlineData(168)]
    [InlineData(63)]
    public void Names_stay_within_what_Kubernetes_takes(int gateway)
    {
        var rendering = ProfileRenderer.Render(new AccessLogProfile(new string('p', 63)));
        var (one, other) = (new string('g', gateway), $"{new string('g', gateway - 1)}h");

        var (name, otherName) = (rendering.ForWaypoint(new ObjectKey("a", one))!.Key.Name, rendering.ForWaypoint(new ObjectKey("a", other))!.Key.Name);

        Assert.True(name.Length <= 253, name);
        Assert.NotEqual(name, otherName);
        Assert.Matches(@"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$", name);
        Assert.Equal(gateway <= 168, name.EndsWith($"-{one}", StringComparison.Ordinal));
    }

    [Fact]
    public void The_cluster_of_a_sink_is_announced_to_gateways()
    {
        const string key = "envoyfilter.istio.io/referenced-services";
        var rendering = Render("""{"output": {"grpc": {"service": "n/a.b", "port": 1}}, "silencedProviders": ["envoy"]}""");

        Assert.Equal("n/a.b", rendering.ForWorkloads("a")!.Annotations[key]);
        Assert.Equal("n/a.b", rendering.ForWaypoint(Waypoint)!.Annotations[key]);
        Assert.Null(rendering.SilencerForWorkloads("a")!.Annotations[key]);
        Assert.Null(Render("{}").ForWorkloads("a")!.Annotations[key]);
    }

    [Fact]
    public void A_manifest_has_its_members_in_kubectls_order()
    {
        var manifest = Render("{}").ForWorkloads("istio-system")!.ToManifest();

        Assert.Equal(["apiVersion", "kind", "metadata", "spec"], manifest.Select(member => member.Key));
        Assert.Equal(["name", "namespace", "labels", "annotations"], manifest["metadata"]!.AsObject().Select(member => member.Key));
    }

    [Fact]
    public void A_profile_that_renders_nothing_is_the_callers_mistake()
    {
        var faulty = AccessLogProfileReader.Read("team", JsonElement.Parse("""{"spec":{"proxies":[]}}"""));
        var referring = new AccessLogProfile("team") { EnvoyFilterRef = new ObjectKey("a", "b") };

        Assert.Contains("spec.proxies", Assert.Throws<ArgumentException>(() => ProfileRenderer.Render(faulty)).Message, StringComparison.Ordinal);
        Assert.Contains("a/b", Assert.Throws<ArgumentException>(() => ProfileRenderer.Render(referring)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"a":1,"b":[1,2],"c":{"d":"x","e":null}}""", """{ "c": {"e": null, "d": "\u0078"}, "b": [1.0, 2], "a": 1e0 }""", true)]
    [InlineData("""{"a":[1,2]}""", """{"a":[2,1]}""", false)]
    [InlineData("""{"a":1}""", """{"a":"1"}""", false)]
    [InlineData("""{"a":{}}""", """{"a":[]}""", false)]
    [InlineData("""{"a":{}}""", "{}", false)]
    [InlineData("""{"a":1e300}""", """{"a":1E+300}""", true)]
    [InlineData("""{"a":100}""", """{"a":1e2}""", true)]
    [InlineData("""{"a":{"b":1},"c":2}""", """{"a":{"b":1,"c":2}}""", false)]
    public void A_fingerprint_is_of_the_content(string spec, string other, bool same)
    {
        Assert.Equal(same, SpecFingerprint.Of(JsonElement.Parse(spec)) == SpecFingerprint.Of(JsonElement.Parse(other)));
        Assert.Equal(SpecFingerprint.Of(JsonElement.Parse(spec)), SpecFingerprint.Of(JsonNode.Parse(spec)!));
    }

    private static ProfileRendering Render(string spec)
    {
        var profile = AccessLogProfileReader.Read("team", JsonElement.Parse($$$"""{"spec":{{{spec}}}}"""));
        Assert.Empty(profile.Errors);
        return ProfileRenderer.Render(profile);
    }
}
