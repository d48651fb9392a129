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

    private sealed class HeardKind(ClusterKind kind, Action<JsonElement> hear)
        : ClusterKind(kind.Group, kind.Version, kind.Plural, kind.Kind, kind.MetadataOnly, OlderVersions(kind))
    {
        public override int CountIn(MeshSnapshot snapshot) => kind.CountIn(snapshot);

        public override MeshSnapshot Upsert(MeshSnapshot snapshot, IEnumerable<JsonElement> objects) => kind.Upsert(snapshot, Heard(objects));

        public override MeshSnapshot Remove(MeshSnapshot snapshot, ObjectKey key) => kind.Remove(snapshot, key);

        public override MeshSnapshot Replace(MeshSnapshot snapshot, IEnumerable<JsonElement> objects) => kind.Replace(snapshot, Heard(objects));

        public override MeshSnapshot Adopt(MeshSnapshot snapshot, MeshSnapshot other) => kind.Adopt(snapshot, other);

        public override MeshSnapshot Merge(MeshSnapshot snapshot, MeshSnapshot other) => kind.Merge(snapshot, other);

        private IEnumerable<JsonElement> Heard(IEnumerable<JsonElement> objects)
        {
            foreach (var @object in objects)
            {
                hear(@object);
                yield return @object;
            }
        }

        // A path is apis/GROUP/VERSION/PLURAL.
        private static ImmutableArray<string> OlderVersions(ClusterKind kind) => [.. kind.CollectionPaths.Skip(1).Select(path => path.Split('/')[^2])];
    }
}
