using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Json;
using AccessLogWebhook.Cluster;
using AccessLogWebhook.Policy.Linting;
using AccessLogWebhook.Policy.Mesh;

namespace AccessLogWebhook.Linting;

/// <summary>
/// EnvoyFilters and Telemetries of a live cluster in whole, kept on their way into a snapshot, which holds whom they select only. Each kind is followed on its
/// own, so that objects come from several threads.
/// </summary>
internal sealed class LiveSubjects
{
    private readonly ConcurrentDictionary<(LoggingResourceKind Kind, ObjectKey Key), LintSubject> subjects = new();

    /// <summary>All kinds of the snapshot, those two listened to.</summary>
    public ImmutableArray<ClusterKind> Kinds => [.. ClusterKinds.All.Select(Listened)];

    /// <summary>By kind, namespace and name.</summary>
    public IEnumerable<LintSubject> All() => subjects.OrderBy(each => each.Key.Kind)
        .ThenBy(each => each.Key.Key.Namespace, StringComparer.Ordinal).ThenBy(each => each.Key.Key.Name, StringComparer.Ordinal)
        .Select(each => each.Value);

    private ClusterKind Listened(ClusterKind kind) => kind.Kind switch
    {
        "EnvoyFilter" => new HeardKind(kind, @object => Keep(LoggingResourceKind.EnvoyFilter, @object)),
        "Telemetry" => new HeardKind(kind, @object => Keep(LoggingResourceKind.Telemetry, @object)),
        _ => kind,
    };

    // The element is the page's, which is gone soon.
    private void Keep(LoggingResourceKind kind, JsonElement @object) =>
        subjects[(kind, ClusterKind.KeyOf(@object))] = LintSubject.Read(kind, @object.Clone());
}
