using System.Collections.Immutable;
using System.Text.Json;
using AccessLogWebhook.Policy.Decisions;
using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Policy.Profiles;
using AccessLogWebhook.Policy.Rendering;
using AccessLogWebhook.Policy.Tests.Support;
using AccessLogWebhook.Policy.Workloads;

namespace AccessLogWebhook.Policy.Tests.Rendering;

/// <summary>What is written to a cluster, profile by profile; each cluster is settled by one round of it.</summary>
public sealed class ReferencePlanTests
{
    private const string Plain = "{}";
    private const string Edited = """{"format":{"json":{"preset":"istio","omit":["user_agent"]}}}""";
    private const string AsTelemetry = """{"backend":"Telemetry"}""";
    private const string Silencing = """{"silencedProviders":["envoy"]}""";

    private readonly PlannedCluster cluster = new();

    [Fact]
    public void The_built_in_profiles_have_their_references_in_every_cluster()
    {
        cluster.Settle();

        Assert.Equal(
            BuiltInProfiles.Names.Select(name => $"istio-system/accesslog-{name}-{BuiltInProfiles.Named(name)!.Revision}"),
            cluster.Mesh.EnvoyFilters.Keys.Select(key => key.ToString()).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_new_profile_gets_its_finalizer_its_reference_and_a_status_in_this_order()
    {
        var plan = cluster.Profile("team", Plain).Plan("team");

        Assert.True(plan.AddsFinalizer);
        var apply = Assert.Single(plan.Applies);
        Assert.Equal($"istio-system/accesslog-team-{cluster.Revision("team")}", apply.Resource.Key.ToString());
        Assert.False(apply.Repairs);
        Assert.Empty(plan.Removals);
        Assert.Equal((1, cluster.Revision("team")), (plan.Status!.ObservedGeneration, plan.Status.Revision));
        Assert.Equal([new ReferenceStatus(LoggingResourceKind.EnvoyFilter, apply.Resource.Key, cluster.Revision("team"))], plan.Status.References);
        Assert.Equal(
            [
                $"InUse False Unused Nobody carries it or asks for it.",
                $"Ready True Rendered The references of revision {cluster.Revision("team")} are in place.",
            ],
            Conditions(plan.Status));
    }

    [Fact]
    public void An_edit_makes_a_revision_beside_the_one_that_is_carried_and_leaves_that_as_it_is()
    {
        cluster.Profile("team", Plain).Settle().Carrying("shop/api", "team").Settle();
        var (before, kept) = (cluster.Revision("team"), cluster.Mesh.EnvoyFilters);

        cluster.Profile("team", Edited);
        Assert.Equal(before, cluster.Revision("team"));
        cluster.Settle();

        Assert.NotEqual(before, cluster.Revision("team"));
        Assert.Equal(
            new[] { $"EnvoyFilter istio-system/accesslog-team-{before}", $"EnvoyFilter istio-system/accesslog-team-{cluster.Revision("team")}" }.Order(StringComparer.Ordinal),
            cluster.References);
        Assert.All(kept, filter => Assert.Same(filter.Value, cluster.Mesh.EnvoyFilters[filter.Key]));
        Assert.Equal(2, cluster.ObjectOf("team")!.Status.References.Length);
    }

    [Fact]
    public void The_old_revision_goes_with_the_last_Pod_that_carries_it()
    {
        cluster.Profile("team", Plain).Settle().Carrying("shop/api", "team").Carrying("shop/web", "team").Profile("team", Edited).Settle();
        var current = $"EnvoyFilter istio-system/accesslog-team-{cluster.Revision("team")}";

        cluster.WithoutPod("shop/api").Settle();
        Assert.Equal(2, cluster.References.Length);

        var removal = Assert.Single(cluster.WithoutPod("shop/web").Plan("team").Removals);
        Assert.False(removal.IsUrgent);
        Assert.Equal("uid-", removal.Uid[..4]);
        cluster.Settle();
        Assert.Equal([current], cluster.References);
    }

    [Fact]
    public void Taking_an_edit_back_takes_up_the_old_revision_again()
    {
        cluster.Profile("team", Plain).Settle().Carrying("shop/api", "team").Profile("team", Edited).Settle();

        cluster.Profile("team", Plain).Settle();

        Assert.Equal([$"EnvoyFilter istio-system/accesslog-team-{cluster.Revision("team")}"], cluster.References);
        Assert.Equal(cluster.Revision("team"), cluster.Mesh.Pods[Scene.Key("shop/api")].Labels[AccessLogKeys.Revision]);
    }

    [Theory]
    [InlineData("envoyfilter")]
    [InlineData("telemetry")]
    public void An_annotation_that_names_an_old_revision_keeps_it_too(string annotation)
    {
        cluster.Profile("team", Plain).Settle();
        var old = cluster.References;
        cluster.Waypoint("shop/elsewhere", null);
        var gateway = cluster.Mesh.KubernetesGateways[Scene.Key("shop/elsewhere")];
        cluster.Pod("shop/api");
        cluster.Profile("team", Edited);

        var named = gateway with { Metadata = gateway.Metadata with { Annotations = LabelSet.Of(($"accesslog.mesh/{annotation}", old[0]["EnvoyFilter ".Length..])) } };
        cluster.CarryOut(ReferencePlan.For(cluster.Mesh with { KubernetesGateways = cluster.Mesh.KubernetesGateways.SetItem(Scene.Key("shop/elsewhere"), named) }, cluster.Settings, VerdictCounts.Of(cluster.Mesh, cluster.Settings), PlannedCluster.Noon));

        Assert.Contains(old[0], cluster.References);
    }

    [Fact]
    public void What_somebody_changed_is_repaired()
    {
        cluster.Profile("team", Plain).Settle();
        var key = $"istio-system/accesslog-team-{cluster.Revision("team")}";

        Assert.True(Assert.Single(cluster.Change(key, filter => filter with { SpecFingerprint = "other" }).Plan("team").Applies).Repairs);
        cluster.Settle();
        Assert.True(Assert.Single(cluster.Change(key, filter => filter with { Labels = LabelSet.Of((AccessLogKeys.Profile, "team"), (AccessLogKeys.Revision, cluster.Revision("team")), ("accesslog.mesh/more", "x")) }).Plan("team").Applies).Repairs);
        cluster.Settle();
    }

    [Fact]
    public void A_rendered_annotation_that_somebody_took_off_or_changed_is_repaired_and_others_are_theirs()
    {
        const string collecting = """{"output":{"grpc":{"service":"als.shop.svc.cluster.local","port":9000}}}""";
        cluster.Profile("team", collecting).Settle();
        var rendered = ProfileRenderer.Render(cluster.Mesh.Profiles["team"]).ForWorkloads("istio-system")!;
        var spec = JsonElement.Parse(rendered.Spec.ToJsonString());

        Assert.Empty(Having(rendered.Annotations.With(LabelSet.Of(("team.example/owner", "ada")))));
        Assert.True(Assert.Single(Having(LabelSet.From(rendered.Annotations.Where(annotation => annotation.Key != "envoyfilter.istio.io/referenced-services")))).Repairs);
        Assert.True(Assert.Single(Having(rendered.Annotations.With(LabelSet.Of(("envoyfilter.istio.io/referenced-services", "other.svc"))))).Repairs);

        ImmutableArray<ReferenceApply> Having(LabelSet annotations) =>
            cluster.Change(rendered.Key.ToString(), filter => filter with { SpecFingerprint = SpecFingerprint.Of(spec, annotations) }).Plan("team").Applies;
    }

    [Fact]
    public void What_silences_others_is_marked_and_one_without_the_mark_gets_it()
    {
        cluster.Namespace("shop", ("accesslog.mesh/inject", "team")).Profile("team", Silencing).Settle();
        var silencer = cluster.Mesh.Telemetries[Scene.Key($"shop/accesslog-team-{cluster.Revision("team")}")];

        Assert.True(silencer.IsSilencer);
        cluster.With(silencer with { Labels = ProfileReference.LabelsOf("team", cluster.Revision("team")) });
        Assert.Equal(silencer.Key, Assert.Single(cluster.Plan("team").Applies).Resource.Key);
    }

    [Theory]
    [InlineData("envoyfilter")]
    [InlineData("telemetry")]
    public void Who_has_the_annotation_alone_keeps_a_deleted_profile(string annotation)
    {
        var spec = annotation == "telemetry" ? AsTelemetry : Plain;
        cluster.Namespace("shop", ("accesslog.mesh/inject", "team")).Profile("team", spec).Settle();
        var reference = cluster.References[0].Split(' ')[1];
        cluster.IstioGateway("edge/web", LabelSet.Of(("istio", "ingress")), ($"accesslog.mesh/{annotation}", reference)).Namespace("shop").Deleting("team", spec);

        var plan = cluster.Plan("team");
        Assert.False(plan.RemovesFinalizer);
        Assert.Contains("1 Gateway carries it, Gateway edge/web first", plan.Status!.Condition(ProfileCondition.Terminating)!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void So_does_a_waypoint_whose_reference_is_still_to_be_made_and_one_that_is_targeted_by_the_teams_own()
    {
        const string own = """{"envoyFilterRef":{"namespace":"shop","name":"own"}}""";
        cluster.Profile("team", Plain).Profile("own", own).Settle();
        cluster.Waypoint("shop/wp", $"shop/accesslog-team-{cluster.Revision("team")}-wp").Waypoint("shop/other", "shop/own").Deleting("team", Plain).Deleting("own", own);

        Assert.False(cluster.Plan("team").RemovesFinalizer);
        Assert.False(cluster.Plan("own").RemovesFinalizer);
        cluster.Waypoint("shop/wp", null).Waypoint("shop/other", null);
        Assert.True(cluster.Plan("team").RemovesFinalizer);
        Assert.True(cluster.Plan("own").RemovesFinalizer);
    }

    [Fact]
    public void A_workload_is_counted_once_whatever_it_carries()
    {
        cluster.Profile("team", Plain).Settle().Carrying("shop/api", "team");
        var pod = cluster.Mesh.Pods[Scene.Key("shop/api")];
        var reference = cluster.References[0].Split(' ')[1];

        cluster.Put("shop/api", Scene.Read(WorkloadKind.Pod, Objects.Pod([.. pod.Labels.Select(label => (label.Key, label.Value))], [("accesslog.mesh/envoyfilter", reference)])));

        Assert.Equal("1 Pod carries it, Pod shop/api first.", cluster.Plan("team").Status!.Condition(ProfileCondition.InUse)!.Message);
    }

    [Fact]
    public void What_others_made_is_left_alone_whatever_it_is_called()
    {
        cluster.Profile("team", Plain).Settle();

        cluster.With(Scene.Filter("istio-system/accesslog-team-0123456789", null) with { Labels = ProfileReference.LabelsOf("team", "0123456789") });
        cluster.With(Scene.Filter("shop/by-hand", null, Scene.ToGateway("wp")) with { Labels = ProfileReference.LabelsOf("team", null), SpecFingerprint = "x" });
        cluster.With(Scene.Filter("shop/by-hand-too", null, Scene.ToGateway("wp")) with { Labels = ProfileReference.LabelsOf("team", "0123456789"), SpecFingerprint = "x" });

        Assert.True(cluster.Plan("team").IsEmpty);
    }

    [Fact]
    public void A_Telemetry_is_put_where_workloads_are_given_the_profile_or_carry_it()
    {
        cluster.Namespace("asks", ("accesslog.mesh/inject", "team")).Namespace("demands", ("accesslog.mesh/enforce", "team")).Namespace("looks", ("accesslog.mesh/audit", "team"))
            .Namespace("carries").Namespace("other").Namespace("kube-system", ("accesslog.mesh/enforce", "team"))
            .Profile("team", AsTelemetry).Settle().Carrying("carries/api", "team").Settle();

        Assert.Equal(
            "asks carries demands".Split(' ').Select(name => $"Telemetry {name}/accesslog-team-{cluster.Revision("team")}"),
            cluster.References);
        Assert.Equal("ProviderConfigured Unknown ProviderNeeded", Conditions(cluster.ObjectOf("team")!.Status)[1][..41]);

        cluster.Namespace("asks").WithoutPod("carries/api").Settle();
        Assert.Equal([$"Telemetry demands/accesslog-team-{cluster.Revision("team")}"], cluster.References);
    }

    [Fact]
    public void Nothing_is_put_into_a_namespace_that_is_being_deleted_and_what_is_there_is_left_to_go_with_it()
    {
        cluster.Namespace("asks", ("accesslog.mesh/inject", "team")).Namespace("carries").Namespace("shop", ("accesslog.mesh/inject", "team")).Profile("team", AsTelemetry).Settle();
        cluster.Carrying("carries/api", "team").Settle().Carrying("asks/api", "team").Terminating("asks").Terminating("carries").Profile("team", """{"backend":"Telemetry","output":{"provider":"other"}}""");

        Assert.Equal(["shop"], cluster.Plan("team").Applies.Select(apply => apply.Resource.Key.Namespace));
        Assert.Equal(["shop"], cluster.Plan("team").Removals.Select(removal => removal.Key.Namespace));
    }

    [Fact]
    public void A_namespace_that_is_being_deleted_asks_for_nothing_and_what_runs_in_it_counts_to_its_end()
    {
        cluster.Namespace("shop", ("accesslog.mesh/inject", "team")).Profile("team", Plain).Settle().Carrying("shop/api", "team").Terminating("shop").Settle();
        Assert.Equal("InUse True Used 1 Pod carries it, Pod shop/api first.", Conditions(cluster.ObjectOf("team")!.Status)[0]);

        cluster.Deleting("team", Plain).Settle().WithoutPod("shop/api").Settle();

        Assert.False(cluster.Mesh.Profiles.ContainsKey("team"));
    }

    [Fact]
    public void A_waypoint_in_a_namespace_that_is_being_deleted_gets_no_reference_any_more()
    {
        cluster.Namespace("shop").Profile("team", Plain).Settle().Waypoint("shop/wp", $"shop/accesslog-team-{cluster.Revision("team")}-wp");
        Assert.Single(cluster.Plan("team").Applies);

        Assert.Empty(cluster.Terminating("shop").Plan("team").Applies);
    }

    [Fact]
    public void A_profile_that_silences_others_has_a_Telemetry_in_every_namespace_beside_its_reference()
    {
        cluster.Namespace("shop", ("accesslog.mesh/inject", "team")).Profile("team", Silencing).Settle();
        var name = $"accesslog-team-{cluster.Revision("team")}";

        Assert.Equal([$"EnvoyFilter istio-system/{name}", $"Telemetry shop/{name}"], cluster.References);
    }

    [Fact]
    public void A_waypoint_gets_the_reference_that_its_Gateway_names_and_keeps_it_through_an_edit()
    {
        cluster.Namespace("shop").Profile("team", Plain).Settle();
        var first = $"shop/accesslog-team-{cluster.Revision("team")}-wp";
        cluster.Waypoint("shop/wp", first).Waypoint("shop/not-asked", null).Waypoint("shop/foreign", "shop/mine").Settle();
        Assert.Contains($"EnvoyFilter {first}", cluster.References);
        Assert.Equal(2, cluster.References.Length);

        cluster.Profile("team", Edited).Settle();
        var second = $"shop/accesslog-team-{cluster.Revision("team")}-wp";
        Assert.Contains($"EnvoyFilter {first}", cluster.References);
        Assert.DoesNotContain($"EnvoyFilter {second}", cluster.References);

        cluster.Waypoint("shop/wp", second).Settle();
        Assert.Contains($"EnvoyFilter {second}", cluster.References);
        Assert.DoesNotContain($"EnvoyFilter {first}", cluster.References);
    }

    [Fact]
    public void A_profile_with_errors_keeps_what_it_had_and_says_why()
    {
        cluster.Profile("team", Plain).Settle();
        var (revision, references) = (cluster.Revision("team"), cluster.References);

        cluster.Profile("team", """{"backend":"Lua","selectable":1}""").Settle();

        Assert.Equal(references, cluster.References);
        var status = cluster.ObjectOf("team")!.Status;
        Assert.Equal((2, revision), (status.ObservedGeneration, status.Revision));
        Assert.StartsWith("Ready False Invalid spec.backend: ", Conditions(status)[1], StringComparison.Ordinal);
        Assert.Contains("spec.selectable: ", Conditions(status)[1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_profile_that_names_its_own_EnvoyFilter_renders_none_and_says_whether_it_exists()
    {
        const string own = """{"envoyFilterRef":{"namespace":"istio-system","name":"own"}}""";

        cluster.Profile("team", own).Settle();
        Assert.Equal("Ready False ReferenceNotFound EnvoyFilter istio-system/own does not exist: create it, or correct spec.envoyFilterRef.", Conditions(cluster.ObjectOf("team")!.Status)[1]);
        Assert.Empty(cluster.References);

        cluster.With(Scene.Filter("istio-system/own", null)).Settle();
        Assert.Equal("Ready True ReferenceFound EnvoyFilter istio-system/own exists.", Conditions(cluster.ObjectOf("team")!.Status)[1]);
        Assert.Null(cluster.ObjectOf("team")!.Status.Revision);
        Assert.Equal([new ReferenceStatus(LoggingResourceKind.EnvoyFilter, Scene.Key("istio-system/own"), null)], cluster.ObjectOf("team")!.Status.References);
    }

    [Fact]
    public void A_profile_that_is_deleted_while_it_is_used_stays_and_says_by_whom()
    {
        cluster.Namespace("shop", ("accesslog.mesh/inject", "team")).Profile("team", Plain).Settle().Carrying("shop/api", "team").Carrying("shop/web", "team").Settle();

        cluster.Deleting("team", Plain).Settle();

        Assert.Single(cluster.References);
        Assert.Equal(
            "Terminating False InUse It is deleted when nobody uses it any more. 2 Pods carry it, Pod shop/api first; namespace shop asks for it.",
            Conditions(cluster.ObjectOf("team")!.Status)[2]);

        cluster.WithoutPod("shop/api").WithoutPod("shop/web").Settle();
        Assert.True(cluster.Mesh.Profiles.ContainsKey("team"));

        var plan = cluster.Namespace("shop").Plan("team");
        Assert.True(plan.RemovesFinalizer);
        Assert.True(Assert.Single(plan.Removals).IsUrgent);
        cluster.Settle();
        Assert.Empty(cluster.References);
        Assert.False(cluster.Mesh.Profiles.ContainsKey("team"));
    }

    [Fact]
    public void An_object_in_place_of_a_built_in_profile_goes_at_once_and_its_revisions_when_they_are_not_carried()
    {
        cluster.Profile("json", Edited).Settle().Carrying("shop/api", "json").Settle();
        var edited = cluster.Revision("json");

        cluster.Deleting("json", Edited).Settle();

        Assert.False(cluster.Mesh.Profiles.ContainsKey("json"));
        Assert.Contains(Scene.Key($"istio-system/accesslog-json-{edited}"), cluster.Mesh.EnvoyFilters.Keys);
        Assert.Contains(Scene.Key($"istio-system/accesslog-json-{BuiltInProfiles.Named("json")!.Revision}"), cluster.Mesh.EnvoyFilters.Keys);
        Assert.Equal([$"istio-system/accesslog-json-{edited}"], cluster.WithoutPod("shop/api").Plan("json").Removals.Select(removal => removal.Key.ToString()));
    }

    [Fact]
    public void References_of_a_profile_that_is_gone_go_when_nobody_carries_them()
    {
        cluster.Profile("team", Plain).Settle().Carrying("shop/api", "team").Settle();
        var orphaned = new PlannedCluster();
        orphaned.With(cluster.Mesh.EnvoyFilters.Single(filter => filter.Value.Labels.Has(AccessLogKeys.Profile, "team")).Value).Pod("shop/api", (AccessLogKeys.Profile, "team"), (AccessLogKeys.Revision, cluster.Revision("team")));

        orphaned.Settle();
        Assert.Single(orphaned.References);
        orphaned.WithoutPod("shop/api").Settle();
        Assert.Empty(orphaned.References);
    }

    [Fact]
    public void Where_something_could_not_be_applied_new_Pods_are_handed_the_revision_that_exists()
    {
        cluster.Profile("team", Plain).Settle();
        var revision = cluster.Revision("team");
        var plan = cluster.Profile("team", Edited).Plan("team");

        var status = plan.StatusAfterFailure("EnvoyFilter is forbidden.", PlannedCluster.Noon)!;

        Assert.Equal(revision, status.Revision);
        Assert.Equal("Ready False ApplyFailed EnvoyFilter is forbidden.", Conditions(status)[1]);
        Assert.Null(new ProfilePlan("x", null, false, [], null, [], false).StatusAfterFailure("x", PlannedCluster.Noon));
    }

    [Fact]
    public void What_is_in_place_though_others_contest_it_may_be_handed_out()
    {
        cluster.Profile("team", Plain).Settle();
        var plan = cluster.Profile("team", Edited).Plan("team");

        var status = plan.StatusAfterFailure("It is changed again and again.", PlannedCluster.Noon, "Contested", isInPlace: true)!;

        Assert.Equal(plan.Status!.Revision, status.Revision);
        Assert.Equal(plan.Status.References, status.References);
        Assert.Equal("Ready False Contested It is changed again and again.", Conditions(status)[1]);
    }

    [Fact]
    public void A_revision_is_handed_out_until_the_status_says_another()
    {
        cluster.Profile("team", Plain).Settle();
        var old = cluster.Revision("team");
        var plan = cluster.Profile("team", Edited).Plan("team");
        Assert.Equal([old], plan.Removals.Select(removal => removal.Revision));
        Assert.True(plan.StillHandsOut(old));

        cluster.CarryOut(new ReferencePlan([plan with { Removals = [] }]));

        plan = cluster.Plan("team");
        Assert.Equal([old], plan.Removals.Select(removal => removal.Revision));
        Assert.False(plan.StillHandsOut(old));
    }

    [Fact]
    public void A_failure_that_lasts_is_told_once()
    {
        cluster.Profile("team", Plain).Settle();
        var plan = cluster.Profile("team", Edited).Plan("team");
        var told = plan.StatusAfterFailure("EnvoyFilter is forbidden.", PlannedCluster.Noon.AddHours(1))!;

        var later = plan with { Object = plan.Object! with { Status = told }, Status = told with { Conditions = plan.Status!.Conditions } };

        Assert.Null(later.StatusAfterFailure("EnvoyFilter is forbidden.", PlannedCluster.Noon.AddHours(2)));
        Assert.Equal(PlannedCluster.Noon.AddHours(1), told.Condition(ProfileCondition.Ready)!.LastTransitionTime);
    }

    [Fact]
    public void A_waypoint_created_between_an_edit_and_its_reference_is_led_to_the_revision_that_will_be_made()
    {
        cluster.Namespace("shop").Profile("team", Plain).Settle().Profile("team", Edited);
        var (handedOut, rendered) = (cluster.Revision("team"), cluster.Mesh.Profiles["team"].RenderedRevision);
        Assert.NotEqual(handedOut, rendered);

        var reference = ProfileReference.ForWaypoint(cluster.Mesh.Profiles["team"], new Proxy.Waypoint("shop", "wp"), cluster.Mesh, "istio-system")!;

        Assert.Equal($"shop/accesslog-team-{rendered}-wp", reference.Key.ToString());
        cluster.Waypoint("shop/wp", reference.Key.ToString()).Settle();
        Assert.Contains($"EnvoyFilter {reference.Key}", cluster.References);
        Assert.Equal($"istio-system/accesslog-team-{rendered}", ProfileReference.Current(cluster.Mesh.Profiles["team"], cluster.Mesh, "istio-system", "shop").Key.ToString());
    }

    [Fact]
    public void A_condition_keeps_the_time_since_when_it_holds()
    {
        var later = PlannedCluster.Noon.AddHours(1);
        cluster.Profile("team", Plain).Settle().Profile("team", Edited);

        var status = ReferencePlan.For(cluster.Mesh, cluster.Settings, VerdictCounts.Of(cluster.Mesh, cluster.Settings), later).Profiles.Single(plan => plan.Profile == "team").Status!;
        Assert.Equal(PlannedCluster.Noon, status.Condition(ProfileCondition.Ready)!.LastTransitionTime);

        cluster.Carrying("shop/api", "team");
        status = ReferencePlan.For(cluster.Mesh, cluster.Settings, VerdictCounts.Of(cluster.Mesh, cluster.Settings), later).Profiles.Single(plan => plan.Profile == "team").Status!;
        Assert.Equal(later, status.Condition(ProfileCondition.InUse)!.LastTransitionTime);
    }

    [Fact]
    public void The_status_counts_the_workloads_of_the_namespaces_that_ask_and_those_that_carry_it()
    {
        cluster.Namespace("shop", ("istio-injection", "enabled"), ("accesslog.mesh/audit", "team")).Namespace("other", ("istio-injection", "enabled"))
            .Profile("team", Plain).Settle().Carrying("shop/api", "team").Carrying("other/api", "team").Pod("shop/plain").Pod("other/plain").Pod("shop/old", (AccessLogKeys.Profile, "json")).Settle();

        Assert.Equal(new VerdictCounts(Logged: 2, 0, Missing: 1, Conflicting: 1, 0, 0, 0), cluster.ObjectOf("team")!.Status.Workloads);
    }

    [Theory]
    [InlineData("nginx", "gateway.networking.k8s.io/gateway-class-name", "nginx")]
    [InlineData("nginx", "app", "edge")]
    [InlineData("istio-agentgateway", "gateway.istio.io/managed", "istio.io-agentgateway-controller")]
    public void A_gateway_that_is_not_Istios_Envoy_is_not_counted_as_one(string @class, string key, string value)
    {
        var gateway = (KubernetesGateway)Scene.Read(WorkloadKind.KubernetesGateway, Objects.KubernetesGateway(@class: @class));
        var mesh = MeshSnapshot.Empty with
        {
            Namespaces = MeshSnapshot.Empty.Namespaces.Add("shop", new NamespaceFacts("shop", LabelSet.Of(("accesslog.mesh/audit", "json"), ("istio-injection", "disabled")))),
            KubernetesGateways = MeshSnapshot.Empty.KubernetesGateways.Add(Scene.Key("shop/edge"), gateway),
            Pods = MeshSnapshot.Empty.Pods.Add(Scene.Key("shop/edge-1"), new PodFacts(LabelSet.Of(("gateway.networking.k8s.io/gateway-name", "edge"), (key, value)), LabelSet.Empty)),
        };

        Assert.Equal(new VerdictCounts(0, 0, 0, 0, 0, Inert: 2, 0), VerdictCounts.Of(mesh, PolicySettings.Default)["json"]);
    }

    private static string[] Conditions(ProfileStatus status) => [.. status.Conditions.Select(condition => $"{condition.Type} {condition.Status} {condition.Reason} {condition.Message}")];
}
