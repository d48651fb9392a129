using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using AccessLogWebhook.Cluster;
using AccessLogWebhook.Manifests;
using AccessLogWebhook.Policy.Mesh;

namespace AccessLogWebhook.Tests.Cluster;

public sealed class ClusterManifestsTests
{
    [Fact]
    public void Manifests_are_put_over_a_snapshot()
    {
        var before = ClusterManifests.SnapshotOf(Read("""
            apiVersion: v1
            kind: Namespace
            metadata: {name: shop, labels: {accesslog.mesh/inject: json}}
            ---
            apiVersion: v1
            kind: Namespace
            metadata: {name: other}
            """));

        var after = ClusterManifests.Apply(before, Read("""
            apiVersion: v1
            kind: Namespace
            metadata: {name: shop, labels: {accesslog.mesh/inject: text}}
            ---
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: ignored}
            ---
            apiVersion: gateway.networking.k8s.io/v1beta1
            kind: GatewayClass
            metadata: {name: istio}
            spec: {controllerName: istio.io/gateway-controller}
            """));

        Assert.Equal("json", before.Namespaces["shop"].Labels["accesslog.mesh/inject"]);
        Assert.Equal("text", after.Namespaces["shop"].Labels["accesslog.mesh/inject"]);
        Assert.True(after.Namespaces.ContainsKey("other"));
        Assert.Equal("istio.io/gateway-controller", after.GatewayClasses["istio"]);
    }

    [Theory]
    [InlineData("metadata: {name: a}")]
    [InlineData("metadata: {name: a, namespace: }")]
    [InlineData("metadata: {name: a, namespace: ''}")]
    public void A_namespaced_object_without_a_namespace_is_in_default(string metadata)
    {
        var snapshot = ClusterManifests.SnapshotOf(Read($"apiVersion: networking.istio.io/v1alpha3\nkind: EnvoyFilter\n{metadata}\nspec: {{workloadSelector: {{labels: {{app: x}}}}}}\n"));

        var (key, filter) = Assert.Single(snapshot.EnvoyFilters);
        Assert.Equal(new ObjectKey("default", "a"), key);
        Assert.Equal(key, filter.Key);
        Assert.Equal("x", filter.Selector!["app"]);
    }

    [Fact]
    public void An_object_given_twice_is_a_conflict_that_names_both_places()
    {
        var manifests = Read("apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n", "one.yaml")
            .Concat(Read("# two\napiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: default}\n", "two.yaml"))
            .Concat(Read("apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: other}\n", "three.yaml"));

        Assert.Equal(
            "two.yaml:2:1: Pod default/a is at one.yaml:1, too: remove one of them.",
            Assert.Single(ClusterManifests.Conflicts(manifests)).ToString());
    }

    [Fact]
    public void An_object_of_a_cluster_has_a_name()
    {
        var manifests = Read("apiVersion: v1\nkind: Namespace\n---\napiVersion: v1\nkind: Pod\nmetadata: {generateName: a-}\n---\napiVersion: v1\nkind: Secret\n");

        Assert.Equal("f.yaml:1:1: Namespace has no metadata.name: give it one.", Assert.Single(ClusterManifests.Conflicts(manifests)).ToString());
        Assert.Equal(MeshSnapshot.Empty.Pods, ClusterManifests.SnapshotOf(manifests).Pods);
    }

    /// <summary>Keeps the list of cluster-scoped kinds true: two objects that differ in the namespace only are one object of such a kind.</summary>
    [Fact]
    public void Every_kind_is_known_to_be_namespaced_or_not()
    {
        var two = JsonElement.Parse("""[{"metadata":{"name":"istio","namespace":"x"},"data":{"mesh":""}},{"metadata":{"name":"istio","namespace":"y"},"data":{"mesh":""}}]""");

        Assert.All(ClusterKinds.All, kind => Assert.Equal(
            kind.CountIn(kind.Replace(MeshSnapshot.Empty, two.EnumerateArray())) == 2, ClusterManifests.IsNamespaced(kind)));
    }

    private static ImmutableArray<Manifest> Read(string text, string source = "f.yaml")
    {
        var reading = ManifestReader.Read(source, Encoding.UTF8.GetBytes(text));
        Assert.Empty(reading.Errors);
        return reading.Manifests;
    }
}
