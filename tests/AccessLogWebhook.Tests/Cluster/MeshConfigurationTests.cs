using System.Text;
using AccessLogWebhook.Cluster;
using AccessLogWebhook.Manifests;
using AccessLogWebhook.Policy.Logging;
using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Tests.Support;

namespace AccessLogWebhook.Tests.Cluster;

/// <summary>The mesh's own settings: from manifests and from a live cluster, where they may be refused.</summary>
public sealed class MeshConfigurationTests
{
    private const string Logging = """{"metadata":{"namespace":"istio-system","name":"istio","resourceVersion":"1"},"data":{"mesh":"accessLogFile: /dev/stdout\n"}}""";
    private const string Another = """{"metadata":{"namespace":"istio-system","name":"istio-ca-root-cert","resourceVersion":"1"},"data":{"root-cert.pem":"x"}}""";

    private static readonly ObjectKey Unrevised = new("istio-system", "istio");

    [Fact]
    public void Manifests_have_one_for_each_revision_and_other_ConfigMaps_are_passed_over()
    {
        var snapshot = Read(
            """
            {apiVersion: v1, kind: ConfigMap, metadata: {namespace: istio-system, name: istio}, data: {mesh: "accessLogFile: /dev/stdout"}}
            ---
            {apiVersion: v1, kind: ConfigMap, metadata: {namespace: istio-system, name: istio-canary}, data: {mesh: "{}", meshNetworks: "x"}}
            ---
            {apiVersion: v1, kind: ConfigMap, metadata: {namespace: istio-system, name: istio-sidecar-injector}, data: {config: x}}
            ---
            {apiVersion: v1, kind: ConfigMap, metadata: {namespace: istio-system, name: other}, data: {mesh: "accessLogFile: /x"}}
            """);

        Assert.Equal(["istio-system/istio", "istio-system/istio-canary"], snapshot.Configurations.Keys.Select(key => key.ToString()).Order(StringComparer.Ordinal));
        Assert.Equal("/dev/stdout", snapshot.Configurations[Unrevised].AccessLogFile);
        Assert.Equal("", snapshot.Configurations[Unrevised with { Name = "istio-canary" }].AccessLogFile);
    }

    [Fact]
    public void Text_that_is_no_YAML_is_not_known_and_says_where()
    {
        var configuration = Read("{apiVersion: v1, kind: ConfigMap, metadata: {namespace: istio-system, name: istio}, data: {mesh: \"a: 1\\nb: [\"}}").Configurations[Unrevised];

        Assert.False(configuration.IsKnown);
        Assert.StartsWith("line ", configuration.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_text_is_istiods_defaults() =>
        Assert.True(Read("{apiVersion: v1, kind: ConfigMap, metadata: {namespace: istio-system, name: istio}, data: {mesh: \"\"}}").Configurations[Unrevised].Agrees(MeshLogging.Default));

    [Fact]
    public async Task A_live_cluster_is_asked_in_the_root_namespace_alone()
    {
        await using var cluster = await FollowedCluster.StartAsync("configmaps");
        await (await cluster.Collection.NextAsync()).ListAsync("10", Logging, Another);
        await cluster.Collection.NextAsync();

        Assert.Equal("api/v1/namespaces/istio-system/configmaps", FollowedCluster.Kind("configmaps").CollectionPaths[0]);
        Assert.Equal("api/v1/namespaces/mesh/configmaps", ClusterKinds.In("mesh").Single(kind => kind.Plural == "configmaps").CollectionPaths[0]);
        Assert.Equal([Unrevised], cluster.View.Snapshot.Configurations.Keys);
        Assert.True(cluster.Status.IsCurrent);
    }

    [Fact]
    public async Task A_cluster_that_refuses_them_keeps_nobody_from_being_ready_and_is_asked_again()
    {
        await using var cluster = await FollowedCluster.StartAsync("configmaps");
        Assert.False(cluster.Status.Synced);
        await (await cluster.Collection.NextAsync()).RefuseAsync(403);
        var again = await cluster.AfterPauseAsync();

        Assert.True(cluster.Status is { Synced: true, IsCurrent: true, Problem: not null });
        Assert.Empty(cluster.View.Snapshot.Configurations);

        await again.ListAsync("10", Logging);
        await cluster.Collection.NextAsync();
        Assert.Null(cluster.Status.Problem);
        Assert.Single(cluster.View.Snapshot.Configurations);
    }

    private static MeshSnapshot Read(string text)
    {
        var reading = ManifestReader.Read("f.yaml", Encoding.UTF8.GetBytes(text));
        Assert.Empty(reading.Errors);
        Assert.Empty(ClusterManifests.Conflicts(reading.Manifests));
        return ClusterManifests.SnapshotOf(reading.Manifests);
    }
}
