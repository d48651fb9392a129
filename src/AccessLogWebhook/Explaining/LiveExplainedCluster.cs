using System.Text.Json;
using AccessLogWebhook.Cluster;
using AccessLogWebhook.Reviewing;

namespace AccessLogWebhook.Explaining;

/// <summary>The live cluster of an explanation: read once, and asked for the one object that a snapshot does not hold.</summary>
internal sealed class LiveExplainedCluster(TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <param name="rootNamespace">Where the mesh's configuration is.</param>
    public Task<ReviewedCluster> ReadAsync(string? kubeconfig, string rootNamespace, CancellationToken cancellationToken) =>
        LiveClusterReading.ReadAsync(kubeconfig, new LiveClusterOptions { Kinds = ClusterKinds.In(rootNamespace) }, time, cancellationToken);

    /// <returns>The object, or why it cannot be had.</returns>
    public async Task<(JsonElement? Object, string Problem)> GetAsync(string? kubeconfig, ObjectPath path, CancellationToken cancellationToken)
    {
        if (!LiveConnection.TryOpen(kubeconfig, null, out var connection, out var problem))
        {
            return (null, problem);
        }

        using (connection)
        {
            return await new LiveObjects(connection, Patience, time).GetAsync(path, cancellationToken).ConfigureAwait(false) switch
            {
                ObjectOutcome.Done done => (done.Object, ""),
                var refused => (null, refused.Problem),
            };
        }
    }
}
