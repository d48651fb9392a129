using System.Globalization;
using System.Text.Json;
using AccessLogWebhook.Auditing;
using AccessLogWebhook.Cluster;
using AccessLogWebhook.Policy.Json;
using AccessLogWebhook.Policy.Mesh;

namespace AccessLogWebhook.Controllers.Reports;

/// <summary>
/// The reports in the cluster. Ours are those that bear our label and one of our names; no other is ever changed or removed. Of each only fingerprints are held, and what is as it should be is not written.
/// </summary>
internal sealed class ReportStore(LeaderWrites writes, LiveConnection connection, TimeProvider time)
{
    public const string Name = "accesslog-webhook";

    private readonly string ours = $"{MeshKeys.ManagedBy}={MeshKeys.ManagedByThis}";
    private Dictionary<string, Dictionary<string, StoredReport>> stored = new(StringComparer.Ordinal);
    private List<(ObjectPath Path, string Uid)> leftovers = [];

    /// <summary>The kind that reports are written as; null while the cluster has none.</summary>
    public ReportKind? Kind { get; private set; }

    /// <summary>Lists all that are there, by the kind that is preferred of those installed.</summary>
    /// <param name="hear">Gets each report of ours.</param>
    /// <returns>In which namespaces they are not as they were left, and what is in the way, a sentence; where that is something, all is as before.</returns>
    public async Task<(IReadOnlyCollection<string> Changed, string? Problem)> ListAsync(Action<JsonElement> hear, CancellationToken cancellationToken)
    {
        ReportKind? preferred = null;
        var found = new Dictionary<string, Dictionary<string, StoredReport>>(StringComparer.Ordinal);
        var others = new List<(ObjectPath, string)>();
        var groups = new HashSet<string>(StringComparer.Ordinal);
        foreach (var kind in ReportKind.All.Where(kind => !groups.Contains(kind.Group)))
        {
            var isPreferred = preferred is null;
            switch (await ListAsync(kind, isPreferred ? Keep : Leave, cancellationToken).ConfigureAwait(false))
            {
                case LiveOutcome.Listed:
                    preferred ??= kind;
                    groups.Add(kind.Group);
                    break;

                case LiveOutcome.Failed failed when isPreferred:
                    return ([], $"{kind.Plural}.{kind.Group} cannot be listed: {failed.Problem}");

                default:
                    break;
            }

            void Keep(JsonElement report)
            {
                if (KeyOf(report) is { } key)
                {
                    (found.TryGetValue(key.Namespace, out var parts) ? parts : found[key.Namespace] = new(StringComparer.Ordinal))[key.Name] = StoredReport.Of(report);
                    hear(report);
                }
            }

            void Leave(JsonElement report)
            {
                if (KeyOf(report) is { } key)
                {
                    others.Add((new ObjectPath(kind.ApiVersion, kind.Plural, key.Namespace, key.Name), report.Object("metadata")?.Text("uid") ?? ""));
                }
            }
        }

        leftovers = others;
        return (Take(preferred, found), null);
    }

    /// <summary>Removes what is left of another kind than the one that reports are written as now.</summary>
    public async Task RemoveLeftoversAsync(Leadership leadership)
    {
        foreach (var (path, uid) in leftovers)
        {
            await DeleteAsync(path, uid, leadership).ConfigureAwait(false);
        }

        leftovers = [];
    }

    /// <summary>Brings the reports of a namespace in line with these, and removes what is beyond them.</summary>
    /// <returns>Null where they are; else what is in the way, a sentence, and how the request ended that failed.</returns>
    public async Task<(string Problem, ObjectOutcome Outcome)?> BringAsync(string @namespace, IReadOnlyList<NamespaceReport> reports, Leadership leadership)
    {
        if (Kind is not { } kind)
        {
            return null;
        }

        if (!stored.TryGetValue(@namespace, out var parts))
        {
            parts = new(StringComparer.Ordinal);
        }

        foreach (var report in reports)
        {
            var outcome = await WriteAsync(kind, report, parts, leadership).ConfigureAwait(false);
            Keep(@namespace, parts);
            if (outcome is not null and not ObjectOutcome.Done)
            {
                return ($"Report {@namespace}/{report.Name} cannot be written: {outcome.Problem}", outcome);
            }
        }

        foreach (var (name, part) in parts.Where(part => reports.All(report => report.Name != part.Key)).ToList())
        {
            var outcome = await DeleteAsync(new ObjectPath(kind.ApiVersion, kind.Plural, @namespace, name), part.Uid, leadership).ConfigureAwait(false);
            if (outcome is not (ObjectOutcome.Done or ObjectOutcome.NotFound or ObjectOutcome.Conflict))
            {
                return ($"Report {@namespace}/{name} cannot be removed: {outcome.Problem}", outcome);
            }

            parts.Remove(name);
        }

        Keep(@namespace, parts);
        return null;
    }

    /// <summary>The namespace is gone or going, and its reports with it.</summary>
    public void Forget(string @namespace) => stored.Remove(@namespace);

    private static ObjectKey? KeyOf(JsonElement report)
    {
        var key = ClusterKind.KeyOf(report);
        return key.Name == Name
            || (key.Name?.StartsWith($"{Name}-", StringComparison.Ordinal) == true
                && int.TryParse(key.Name.AsSpan(Name.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 1)
            ? key
            : null;
    }

    private async Task<LiveOutcome> ListAsync(ReportKind kind, Action<JsonElement> hear, CancellationToken cancellationToken)
    {
        var passing = new PassingKind(kind.Group, kind.Version, kind.Plural, kind.Kind, hear);
        return await new LiveCollection(passing, connection, new LiveClusterOptions(), time).ListAsync(passing.CollectionPaths[0], cancellationToken, ours).ConfigureAwait(false);
    }

    private List<string> Take(ReportKind? preferred, Dictionary<string, Dictionary<string, StoredReport>> found)
    {
        var changed = new List<string>();
        foreach (var @namespace in found.Keys.Union(stored.Keys))
        {
            var now = found.GetValueOrDefault(@namespace);
            var before = preferred == Kind ? stored.GetValueOrDefault(@namespace) : null;
            foreach (var (name, part) in now ?? [])
            {
                // The API server may have made something else of it than was sent; that is no change.
                if (before?.GetValueOrDefault(name) is { } known && known.Made == part.Made)
                {
                    now![name] = part with { Wanted = known.Wanted };
                }
            }

            if (before is null || now?.Count != before.Count || now.Any(part => before.GetValueOrDefault(part.Key)?.Made != part.Value.Made))
            {
                changed.Add(@namespace);
            }
        }

        (Kind, stored) = (preferred, found);
        return changed;
    }

    /// <returns>Null where nothing was to be written.</returns>
    private async Task<ObjectOutcome?> WriteAsync(ReportKind kind, NamespaceReport report, Dictionary<string, StoredReport> parts, Leadership leadership)
    {
        var path = new ObjectPath(kind.ApiVersion, kind.Plural, report.Namespace, report.Name);
        var document = ObjectJson.Of(json => report.Write(json, kind));
        var wanted = FingerprintOf(document);
        if (!parts.TryGetValue(report.Name, out var known))
        {
            var created = await writes.DoAsync("report", leadership, (objects, token) => objects.CreateAsync(path.Collection, document, token)).ConfigureAwait(false);
            if (created is not ObjectOutcome.Conflict)
            {
                return Taken(created);
            }

            // A leader before this one has made it a moment ago, or somebody else owns the name.
            var there = await writes.DoAsync("report_get", leadership, (objects, token) => objects.GetAsync(path, token)).ConfigureAwait(false);
            if (there is not ObjectOutcome.Done { Object: var found })
            {
                return there;
            }

            if (found.Object("metadata")?.Labels("labels")?.Has(MeshKeys.ManagedBy, MeshKeys.ManagedByThis) != true)
            {
                return new ObjectOutcome.Refused($"there is one of that name without the label {ours}. Remove or rename it.");
            }

            parts[report.Name] = known = StoredReport.Of(found);
        }

        if (known.Wanted == wanted)
        {
            return null;
        }

        var manifest = ObjectJson.Of(json => report.Write(json, kind, (known.Uid, known.ResourceVersion)));
        var applied = await writes.DoAsync("report", leadership, (objects, token) => objects.ApplyAsync(path, manifest, token)).ConfigureAwait(false);
        if (applied is ObjectOutcome.Conflict or ObjectOutcome.NotFound)
        {
            // It is another one by now, or gone: the next attempt looks.
            parts.Remove(report.Name);
        }

        return Taken(applied);

        ObjectOutcome Taken(ObjectOutcome outcome)
        {
            if (outcome is ObjectOutcome.Done { Object: var written })
            {
                parts[report.Name] = StoredReport.Of(written, wanted);
            }

            return outcome;
        }
    }

    private Task<ObjectOutcome> DeleteAsync(ObjectPath path, string uid, Leadership leadership) =>
        writes.DoAsync("report_delete", leadership, (objects, token) => objects.DeleteAsync(path, uid, null, token));

    private void Keep(string @namespace, Dictionary<string, StoredReport> parts)
    {
        if (parts.Count > 0)
        {
            stored[@namespace] = parts;
        }
        else
        {
            stored.Remove(@namespace);
        }
    }

    private static string FingerprintOf(ReadOnlyMemory<byte> document)
    {
        using var report = JsonDocument.Parse(document);
        return StoredReport.FingerprintOf(report.RootElement);
    }
}
