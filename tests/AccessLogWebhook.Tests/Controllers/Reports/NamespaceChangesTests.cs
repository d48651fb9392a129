using System.Collections.Immutable;
using System.Text.Json;
using AccessLogWebhook.Cluster;
using AccessLogWebhook.Controllers.Reports;
using AccessLogWebhook.Policy.Decisions;
using AccessLogWebhook.Policy.Mesh;

namespace AccessLogWebhook.Tests.Controllers.Reports;

public sealed class NamespaceChangesTests
{
    private const string Asking = """{"metadata":{"name":"shop","labels":{"accesslog.mesh/audit":"team"}}}""";

    private static readonly MeshSnapshot Before = With(
        MeshSnapshot.Empty,
        ("namespaces", Asking),
        ("namespaces", """{"metadata":{"name":"bank"}}"""),
        ("namespaces", """{"metadata":{"name":"mesh","labels":{"istio.io/use-waypoint":"wp","istio.io/use-waypoint-namespace":"infra"}}}"""),
        ("accesslogprofiles", ControlledCluster.Profile("team")),
        ("pods", Pod("shop", "api", "api")),
        ("gateways.networking.istio.io", """{"metadata":{"namespace":"edge","name":"in"},"spec":{"selector":{"app":"in"}}}"""));

    [Fact]
    public void Nothing_changes_where_the_same_comes_again() =>
        Assert.Empty(Between(("namespaces", Asking), ("pods", Pod("shop", "api", "api", version: 2)), ("accesslogprofiles", ControlledCluster.Profile("team", status: """{"workloads":{"logged":7}}"""))));

    [Fact]
    public void A_Pod_marks_its_namespace_and_no_other() => Assert.Equal(["bank"], Between(("pods", Pod("bank", "db", "db"))));

    [Fact]
    public void A_Pod_that_a_Gateway_selects_marks_the_Gateway_s_too() => Assert.Equal(["bank", "edge"], Between(("pods", Pod("bank", "db", "in"))));

    [Fact]
    public void A_Pod_that_goes_marks_as_one_that_comes() =>
        Assert.Equal(["shop"], Between(Before with { Pods = ImmutableDictionary<ObjectKey, PodFacts>.Empty }));

    [Fact]
    public void A_waypoint_marks_those_that_use_it() => Assert.Equal(
        ["infra", "mesh"],
        Between(("gateways.gateway.networking.k8s.io", """{"metadata":{"namespace":"infra","name":"wp"},"spec":{"gatewayClassName":"istio-waypoint"}}""")));

    [Fact]
    public void A_profile_marks_those_that_are_judged_by_it() =>
        Assert.Equal(["shop"], Between(("accesslogprofiles", ControlledCluster.Profile("team", "{\"selectable\":true}", generation: 2))));

    [Fact]
    public void A_rendered_reference_marks_those_of_its_profile() => Assert.Equal(
        ["shop"],
        Between(("envoyfilters", """{"metadata":{"namespace":"istio-system","name":"x","labels":{"accesslog.mesh/profile":"team"}}}""")));

    [Fact]
    public void A_reference_of_others_for_the_whole_mesh_marks_all_that_are_judged_by_something() =>
        Assert.Equal(["shop"], Between(("telemetries", """{"metadata":{"namespace":"istio-system","name":"x"}}""")));

    [Fact]
    public void One_for_a_namespace_marks_that_namespace() =>
        Assert.Equal(["bank"], Between(("envoyfilters", """{"metadata":{"namespace":"bank","name":"x"}}""")));

    private static string Pod(string @namespace, string name, string app, int version = 1) =>
        $$$"""{"metadata":{"namespace":"{{{@namespace}}}","name":"{{{name}}}","resourceVersion":"{{{version}}}","labels":{"app":"{{{app}}}"} } }""";

    private static IEnumerable<string> Between(params ReadOnlySpan<(string Kind, string Object)> changes) => Between(With(Before, changes));

    private static IEnumerable<string> Between(MeshSnapshot after)
    {
        var named = new NamedProfiles();
        foreach (var @namespace in Before.Namespaces.Values)
        {
            named.Are(@namespace, PolicySettings.Default, []);
        }

        return NamespaceChanges.Between(Before, after, named, "istio-system").Order(StringComparer.Ordinal);
    }

    private static MeshSnapshot With(MeshSnapshot mesh, params ReadOnlySpan<(string Kind, string Object)> objects)
    {
        foreach (var (kind, @object) in objects)
        {
            mesh = ClusterKinds.All.Single(known => known.Title == kind).Upsert(mesh, [JsonElement.Parse(@object)]);
        }

        return mesh;
    }
}
