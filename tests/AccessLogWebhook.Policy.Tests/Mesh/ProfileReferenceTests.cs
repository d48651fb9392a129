using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Policy.Profiles;
using AccessLogWebhook.Policy.Tests.Support;

namespace AccessLogWebhook.Policy.Tests.Mesh;

public sealed class ProfileReferenceTests
{
    private static readonly Proxy.Waypoint Waypoint = new("shop", "wp");

    [Fact]
    public void A_rendered_reference_is_of_the_root_namespace_and_named_by_profile_and_revision()
    {
        var reference = Current(new AccessLogProfile("json") { Revision = "1f3a" }, Scene.Injected);

        Assert.Equal("istio-system/accesslog-json-1f3a", reference.Key.ToString());
        Assert.Equal("accesslog.mesh/envoyfilter", reference.Annotation);
        Assert.Equal(Scene.JsonLabels, reference.Labels);
        Assert.True(reference.IsManaged);
        Assert.Same(Scene.Injected.Mesh.EnvoyFilters[reference.Key], reference.Resource);
    }

    [Fact]
    public void Without_a_revision_it_is_named_by_the_profile_alone()
    {
        var reference = Current(new AccessLogProfile("text"), Scene.Injected);

        Assert.Equal("istio-system/accesslog-text", reference.Key.ToString());
        Assert.Equal(LabelSet.Of(("accesslog.mesh/profile", "text")), reference.Labels);
        Assert.Null(reference.Resource);
    }

    [Fact]
    public void A_Telemetry_is_looked_for_among_Telemetries()
    {
        var profile = new AccessLogProfile("json") { Revision = "1f3a", Backend = LoggingResourceKind.Telemetry };

        Assert.Null(Current(profile, Scene.Bare).Resource);
        Assert.Equal("accesslog.mesh/telemetry", Current(profile, Scene.Bare).Annotation);
        Assert.NotNull(Current(profile, Scene.Injected.With(Scene.Telemetry("shop/accesslog-json-1f3a", Scene.JsonLabels))).Resource);
    }

    [Fact]
    public void Of_a_reference_by_name_the_labels_of_its_selector_are_asked_for_and_no_revision()
    {
        var profile = new AccessLogProfile("team") { EnvoyFilterRef = new("infra", "existing"), Revision = "1f3a", Backend = LoggingResourceKind.Telemetry };
        var reference = Current(profile, Scene.Bare.With(Scene.Filter("infra/existing", LabelSet.Of(("log", "on")))));

        Assert.Equal(LoggingResourceKind.EnvoyFilter, reference.Kind);
        Assert.Equal("infra/existing", reference.Key.ToString());
        Assert.Equal(LabelSet.Of(("accesslog.mesh/profile", "team"), ("log", "on")), reference.Labels);
        Assert.False(reference.IsManaged);
    }

    [Fact]
    public void A_selector_does_not_take_the_profile_label_away()
    {
        var profile = new AccessLogProfile("team") { EnvoyFilterRef = new("infra", "existing") };
        var reference = Current(profile, Scene.Bare.With(Scene.Filter("infra/existing", LabelSet.Of(("accesslog.mesh/profile", "other")))));

        Assert.Equal("team", reference.Labels["accesslog.mesh/profile"]);
    }

    [Fact]
    public void A_reference_by_name_that_does_not_exist_has_only_the_profile_label()
    {
        var reference = Current(new AccessLogProfile("team") { EnvoyFilterRef = new("infra", "existing") }, Scene.Bare);

        Assert.Equal(LabelSet.Of(("accesslog.mesh/profile", "team")), reference.Labels);
        Assert.Null(reference.Resource);
    }

    [Theory]
    [InlineData("istio-system/accesslog-json", true)]
    [InlineData("istio-system/accesslog-json-1f3a", true)]
    [InlineData("istio-system/accesslog-json-0123456789abcdef", true)]
    [InlineData("istio-system/accesslog-json-errors", false)]
    [InlineData("istio-system/accesslog-json-errors-1f3a", false)]
    [InlineData("istio-system/accesslog-json-1F3A", false)]
    [InlineData("istio-system/accesslog-json-", false)]
    [InlineData("istio-system/accesslog-json1", false)]
    [InlineData("istio-system/accesslog-json.1f", false)]
    [InlineData("istio-system/accesslog-jso", false)]
    [InlineData("istio-system/json", false)]
    [InlineData("shop/accesslog-json-1f3a", false)]
    [InlineData("accesslog-json-1f3a", false)]
    [InlineData("", false)]
    public void A_rendered_name_is_told_from_every_other(string reference, bool managed) =>
        Assert.Equal(managed, ProfileReference.IsManagedName(reference, "json", LoggingResourceKind.EnvoyFilter, "istio-system", "shop"));

    [Fact]
    public void Accesslog_json_errors_is_a_name_of_profile_json_errors_and_not_of_json()
    {
        Assert.True(ProfileReference.IsManagedName("istio-system/accesslog-json-errors", "json-errors", LoggingResourceKind.EnvoyFilter, "istio-system", "shop"));
        Assert.False(ProfileReference.IsManagedName("istio-system/accesslog-json-errors", "json", LoggingResourceKind.EnvoyFilter, "istio-system", "shop"));
    }

    [Fact]
    public void A_waypoint_is_reached_by_whatever_rendered_reference_targets_it()
    {
        var scene = Scene.Injected.With(Targeting("shop/any-name", "json", null));

        var reference = ForWaypoint(new AccessLogProfile("json") { Revision = "1f3a" }, scene);

        Assert.Equal("shop/any-name", reference?.Key.ToString());
        Assert.Equal(LabelSet.Empty, reference?.Labels);
    }

    [Theory]
    [InlineData("other", "json")]
    [InlineData("shop", "text")]
    public void A_reference_of_another_profile_or_namespace_does_not_reach_a_waypoint(string @namespace, string profile) =>
        Assert.Null(ForWaypoint(new AccessLogProfile("json"), Scene.Injected.With(Targeting($"{@namespace}/x", profile, null))));

    [Fact]
    public void Of_several_that_reach_a_waypoint_the_current_revision_comes_first_then_the_first_by_name()
    {
        var scene = Scene.Injected
            .With(Targeting("shop/b", "json", "0b5e"))
            .With(Targeting("shop/c", "json", "1f3a"))
            .With(Targeting("shop/a", "json", "0b5e"))
            .With(Targeting("shop/d", "json", "1f3a"));

        Assert.Equal("shop/c", ForWaypoint(new AccessLogProfile("json") { Revision = "1f3a" }, scene)?.Key.ToString());
        Assert.Equal("shop/a", ForWaypoint(new AccessLogProfile("json"), scene)?.Key.ToString());
    }

    [Fact]
    public void A_waypoint_is_reached_by_a_Telemetry_where_that_is_the_backend()
    {
        var profile = new AccessLogProfile("json") { Backend = LoggingResourceKind.Telemetry };
        var scene = Scene.Injected.With(Targeting("shop/filter", "json", null));

        Assert.Null(ForWaypoint(profile, scene));
        Assert.Equal("shop/telemetry", ForWaypoint(profile, scene.With(Targeting("shop/telemetry", "json", null) with { Kind = LoggingResourceKind.Telemetry }))?.Key.ToString());
    }

    [Fact]
    public void A_reference_by_name_reaches_a_waypoint_only_by_its_targetRefs()
    {
        var profile = new AccessLogProfile("team") { EnvoyFilterRef = new("shop", "existing") };

        Assert.Null(ForWaypoint(profile, Scene.Bare));
        Assert.Null(ForWaypoint(profile, Scene.Bare.With(Scene.Filter("shop/existing", null))));
        Assert.Equal("shop/existing", ForWaypoint(profile, Scene.Bare.With(Scene.Filter("shop/existing", null, Scene.ToGateway("wp"))))?.Key.ToString());
    }

    [Fact]
    public void A_Telemetry_is_where_its_workloads_are_since_its_selector_reaches_no_other_namespace()
    {
        var profile = new AccessLogProfile("json") { Revision = "1f3a", Backend = LoggingResourceKind.Telemetry };

        Assert.Equal("shop/accesslog-json-1f3a", Current(profile, Scene.Bare).Key.ToString());
        Assert.True(ProfileReference.IsManagedName("shop/accesslog-json-1f3a", "json", LoggingResourceKind.Telemetry, Scene.Root, "shop"));
        Assert.False(ProfileReference.IsManagedName("istio-system/accesslog-json-1f3a", "json", LoggingResourceKind.Telemetry, Scene.Root, "shop"));
    }

    [Fact]
    public void What_will_be_rendered_for_a_waypoint_comes_before_an_older_revision_that_targets_it()
    {
        var profile = new AccessLogProfile("json") { Revision = "1f3a" };
        var older = Scene.Injected.With(Targeting("shop/accesslog-json-0b5e-wp", "json", "0b5e"));

        var reference = ForWaypoint(profile, older);

        Assert.Equal("shop/accesslog-json-1f3a-wp", reference?.Key.ToString());
        Assert.Null(reference?.Resource);
        Assert.Equal("shop/accesslog-json-0b5e-wp", ProfileReference.ReachingWaypoint(profile, Waypoint, older.Mesh, Scene.Root)?.Key.ToString());
        Assert.NotNull(ForWaypoint(profile, older.With(Targeting("shop/accesslog-json-1f3a-wp", "json", "1f3a")))?.Resource);
    }

    [Fact]
    public void A_reference_made_by_hand_that_targets_a_waypoint_spares_a_rendered_one() =>
        Assert.Equal("shop/by-hand", ForWaypoint(new AccessLogProfile("json") { Revision = "1f3a" }, Scene.Injected.With(Targeting("shop/by-hand", "json", null)))?.Key.ToString());

    [Theory]
    [InlineData("shop/accesslog-json-1f3a-wp", true)]
    [InlineData("shop/accesslog-json-0b5e-wp", true)]
    [InlineData("shop/accesslog-json-1f3a-wp2", false)]
    [InlineData("other/accesslog-json-1f3a-wp", false)]
    [InlineData("shop/accesslog-json-errors-1f3a-wp", false)]
    [InlineData("shop/accesslog-json-wp", false)]
    [InlineData("shop/-wp", false)]
    [InlineData("", false)]
    public void A_name_rendered_for_a_waypoint_is_told_from_every_other(string reference, bool managed) =>
        Assert.Equal(managed, ProfileReference.IsManagedName(reference, "json", Waypoint));

    private static ProfileReference Current(AccessLogProfile profile, Scene scene) => ProfileReference.Current(profile, scene.Mesh, Scene.Root, scene.Name);

    private static ProfileReference? ForWaypoint(AccessLogProfile profile, Scene scene) => ProfileReference.ForWaypoint(profile, Waypoint, scene.Mesh, Scene.Root);

    private static LoggingResource Targeting(string key, string profile, string? revision) => Scene.Filter(key, null, Scene.ToGateway("wp")) with
    {
        Labels = ProfileReference.LabelsOf(profile, revision),
    };
}
