using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Policy.Profiles;
using AccessLogWebhook.Policy.Rendering;
using AccessLogWebhook.Policy.Tests.Support;

namespace AccessLogWebhook.Policy.Tests.Mesh;

public sealed class MeshSnapshotTests
{
    [Fact]
    public void The_built_in_profiles_exist_in_every_cluster()
    {
        Assert.Equal(["json", "json-errors", "text"], MeshSnapshot.Empty.ProfileNames());
        Assert.All(MeshSnapshot.Empty.ProfileNames(), name =>
        {
            var profile = MeshSnapshot.Empty.ProfileNamed(name)!;
            Assert.Empty(profile.Errors);
            Assert.Equal(ProfileRenderer.Render(profile).Revision, profile.Revision);
        });
    }

    [Fact]
    public void An_object_takes_the_place_of_the_built_in_profile_of_its_name()
    {
        var mesh = Scene.Bare.With(new AccessLogProfile("json") { Revision = "1f3a" }).With(new AccessLogProfile("a")).Mesh;

        Assert.Equal("1f3a", mesh.ProfileNamed("json")?.Revision);
        Assert.Equal(["a", "json", "json-errors", "text"], mesh.ProfileNames());
    }

    [Theory]
    [InlineData("")]
    [InlineData("JSON")]
    [InlineData("off")]
    public void Another_name_is_no_profile(string name) => Assert.Null(MeshSnapshot.Empty.ProfileNamed(name));

    [Fact]
    public void Resources_are_found_by_kind_and_key()
    {
        var mesh = Scene.Bare.With(Scene.Filter("a/x", null)).With(Scene.Telemetry("a/y", null)).Mesh;

        Assert.NotNull(mesh.Find(LoggingResourceKind.EnvoyFilter, new("a", "x")));
        Assert.NotNull(mesh.Find(LoggingResourceKind.Telemetry, new("a", "y")));
        Assert.Null(mesh.Find(LoggingResourceKind.Telemetry, new("a", "x")));
        Assert.Null(mesh.Find(LoggingResourceKind.EnvoyFilter, new("b", "x")));
    }

    [Theory]
    [InlineData("istio-injection", true)]
    [InlineData("istio.io/rev", true)]
    [InlineData("istio.io/dataplane-mode", true)]
    [InlineData("istio.io/use-waypoint", true)]
    [InlineData("istio.io/use-waypoint-namespace", true)]
    [InlineData("accesslog.mesh/inject", true)]
    [InlineData("accesslog.mesh/enforcee", true)]
    [InlineData("kubernetes.io/metadata.name", false)]
    [InlineData("accesslog.meshy/inject", false)]
    public void A_snapshot_keeps_the_namespace_labels_that_decide(string key, bool kept) => Assert.Equal(kept, MeshKeys.DecidesInNamespace(key));

    [Fact]
    public void A_key_without_a_namespace_is_a_bare_name()
    {
        Assert.Equal("shop/api", new ObjectKey("shop", "api").ToString());
        Assert.Equal("json", new ObjectKey("", "json").ToString());
    }
}
