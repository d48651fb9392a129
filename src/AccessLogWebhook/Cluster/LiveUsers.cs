using System.Collections.Immutable;
using AccessLogWebhook.Policy.Mesh;

namespace AccessLogWebhook.Cluster;

/// <summary>
/// Asks a live cluster who asks for a profile and who carries it at this moment. A cache is behind by as much as a watch takes, and a Pod that was
/// created in that time must not lose what it was created with.
/// </summary>
internal sealed class LiveUsers(LiveConnection connection, LiveClusterOptions options, TimeProvider time)
{
    private static readonly ImmutableArray<ClusterKind> Gateways = [.. ClusterKinds.All.Where(kind => kind.Plural == "gateways")];

    private static readonly ClusterKind Pods = ClusterKinds.All.Single(kind => kind.Plural == "pods");

    /// <summary>
    /// Adds to a snapshot every namespace, every Pod that carries the profile and every Gateway, as they are now. What has gone meanwhile is left in it: it
    /// keeps a reference for a moment longer.
    /// </summary>
    /// <returns>The snapshot, or what is in the way, a sentence to come after a colon.</returns>
    public async Task<(MeshSnapshot? Snapshot, string Problem)> RefreshAsync(MeshSnapshot snapshot, string profile, CancellationToken cancellationToken)
    {
        // Namespaces first: whoever is given the profile before its namespace stops asking is found after that. A Gateway may name a reference by its
        // annotation alone, which no selector finds.
        foreach (var (kind, selector) in Gateways.Select(kind => (kind, "")).Prepend((Pods, $"{AccessLogKeys.Profile}={profile}")).Prepend((ClusterKinds.Namespaces, "")))
        {
            switch (await ListAsync(kind, selector, cancellationToken).ConfigureAwait(false))
            {
                case LiveOutcome.Listed listed:
                    snapshot = kind.Merge(snapshot, listed.Objects);
                    break;
                case LiveOutcome.NotServed:
                    break;
                case LiveOutcome.Failed failed:
                    return (null, $"{kind.Title} cannot be listed: {failed.Problem}");
                default:
                    return (null, $"{kind.Title} cannot be listed.");
            }
        }

        return (snapshot, "");
    }

    private async Task<LiveOutcome> ListAsync(ClusterKind kind, string selector, CancellationToken cancellationToken)
    {
        var collection = new LiveCollection(kind, connection, options, time);
        LiveOutcome outcome = new LiveOutcome.NotServed();
        foreach (var path in kind.CollectionPaths)
        {
            outcome = await collection.ListAsync(path, cancellationToken, selector).ConfigureAwait(false);
            if (outcome is not LiveOutcome.NotServed)
            {
                break;
            }
        }

        return outcome;
    }
}
