using System.Collections.Immutable;
using AccessLogWebhook.Auditing;
using AccessLogWebhook.Cluster;
using AccessLogWebhook.Observability;
using AccessLogWebhook.Policy.Decisions;
using AccessLogWebhook.Policy.Mesh;

namespace AccessLogWebhook.Controllers.Reports;

/// <summary>
/// Keeps the reports of a live cluster, the gauges and the Events of findings, for as long as this replica leads. A change marks the namespaces in which it may matter;
/// those alone are judged again, when they have come to rest; and what comes out is written only where it is not what is there.
/// </summary>
/// <remarks>One for each leadership: what it remembers of the cluster's reports is worth nothing once another has led.</remarks>
internal sealed partial class ReportController
{
    // Of so many namespaces rows are held at a time.
    private const int MostAtOnce = 50;

    private readonly ClusterView view;
    private readonly IClusterSource source;
    private readonly Func<PolicySettings> settings;
    private readonly ReportTimings timings;
    private readonly ControllerMetrics metrics;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly ReportStore store;
    private readonly WorkloadEvents events;
    private readonly MarkedNamespaces marked;
    private readonly NamedProfiles named = new();
    private readonly HashSet<string> refused = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> problems = new(StringComparer.Ordinal);
    private MeshSnapshot judged = MeshSnapshot.Empty;
    private PolicySettings? judgedBy;
    private (ReportKind? Kind, string? Problem)? said;
    private long? listedAt;
    private bool mayBeGone;

    /// <param name="settings">Those in force at the moment.</param>
    /// <param name="identity">Of this replica, for Events.</param>
    public ReportController(
        ClusterView view,
        IClusterSource source,
        LiveConnection connection,
        Func<PolicySettings> settings,
        string identity,
        ReportTimings timings,
        ControllerMetrics metrics,
        TimeProvider time,
        ILogger<ReportController> logger)
    {
        (this.view, this.source, this.settings, this.timings) = (view, source, settings, timings);
        (this.metrics, this.time, this.logger) = (metrics, time, logger);
        var writes = new LeaderWrites(new LiveObjects(connection, timings.RequestTimeout, time), metrics);
        store = new ReportStore(writes, connection, time);
        events = new WorkloadEvents(writes, identity, time);
        marked = new MarkedNamespaces(timings, time);
    }

    /// <summary>Runs as long as leadership lasts, and then ends. It does not hold up whoever calls it.</summary>
    public async Task RunAsync(Leadership leadership)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            await Task.WhenAll(FollowAsync(leadership), events.SendAsync(leadership)).ConfigureAwait(false);
        }
        finally
        {
            metrics.ForgetWorkloads();
        }
    }

    private async Task FollowAsync(Leadership leadership)
    {
        var token = leadership.Token;
        try
        {
            while (true)
            {
                // Before the look, so that what comes while it is under way is not missed.
                var changed = view.Changed;
                var next = await LookGuardedAsync(leadership).ConfigureAwait(false);
                using (var pause = CancellationTokenSource.CreateLinkedTokenSource(token))
                {
                    await Task.WhenAny(changed, Task.Delay(next, time, pause.Token)).ConfigureAwait(false);
                    await pause.CancelAsync().ConfigureAwait(false);
                }

                await Task.Delay(timings.Settle, time, token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested)
        {
            // Another leads, or the host stops.
        }
    }

    /// <summary>A fault of ours that nobody foresaw leaves reports as they are. It must not end the process: admission would go with it.</summary>
    private async Task<TimeSpan> LookGuardedAsync(Leadership leadership)
    {
        try
        {
            return await LookAsync(leadership).ConfigureAwait(false);
        }
        catch (Exception fault) when (!leadership.Token.IsCancellationRequested)
        {
            metrics.ReportFailed();
            Log.Fault(logger, fault, timings.AbsentKindPoll.TotalSeconds);
            await Task.Delay(timings.AbsentKindPoll, time, leadership.Token).ConfigureAwait(false);
            return TimeSpan.Zero;
        }
    }

    /// <returns>After how long there is more to do if nothing changes.</returns>
    private async Task<TimeSpan> LookAsync(Leadership leadership)
    {
        if (source.CacheStatuses().Any(cache => !cache.IsCurrent))
        {
            return timings.CacheRetry;
        }

        if (ListingIn() <= TimeSpan.Zero)
        {
            await ListAsync(leadership).ConfigureAwait(false);
        }

        var (mesh, current) = (view.Snapshot, settings());
        Mark(mesh, current);
        var due = marked.TakeDue(MostAtOnce);
        if (due.Count > 0)
        {
            await JudgeAsync(due, mesh, current, leadership).ConfigureAwait(false);
        }

        return marked.Left() is { } left && left < ListingIn() ? left : ListingIn();
    }

    private TimeSpan ListingIn()
    {
        if (listedAt is not { } at)
        {
            return TimeSpan.Zero;
        }

        var left = (store.Kind is null || mayBeGone ? timings.AbsentKindPoll : timings.Relist) - time.GetElapsedTime(at);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    private async Task ListAsync(Leadership leadership)
    {
        var before = store.Kind;
        var isFirst = listedAt is null;
        var (changed, problem) = await store.ListAsync(report =>
        {
            if (isFirst)
            {
                events.Remember(report);
            }
        }, leadership.Token).ConfigureAwait(false);
        (listedAt, mayBeGone) = (time.GetTimestamp(), false);
        foreach (var @namespace in changed.Concat(refused))
        {
            marked.MarkNow(@namespace);
        }

        refused.Clear();
        if (store.Kind != before)
        {
            foreach (var @namespace in view.Snapshot.Namespaces.Keys)
            {
                marked.MarkNow(@namespace);
            }
        }

        Say(problem);
        await store.RemoveLeftoversAsync(leadership).ConfigureAwait(false);
    }

    private void Mark(MeshSnapshot mesh, PolicySettings current)
    {
        if (judgedBy is null || !ReferenceEquals(judgedBy, current))
        {
            foreach (var @namespace in mesh.Namespaces.Keys.Concat(judged.Namespaces.Keys))
            {
                marked.MarkNow(@namespace);
            }
        }
        else
        {
            foreach (var @namespace in NamespaceChanges.Between(judged, mesh, named, current.RootNamespace))
            {
                marked.Mark(@namespace);
            }
        }

        (judged, judgedBy) = (mesh, current);
    }

    private async Task JudgeAsync(IReadOnlyList<string> due, MeshSnapshot mesh, PolicySettings current, Leadership leadership)
    {
        var subjects = SubjectsOf(due.ToHashSet(StringComparer.Ordinal), mesh);
        for (var index = 0; index < due.Count; index++)
        {
            var @namespace = due[index];
            var failure = await JudgeAsync(@namespace, [.. subjects[@namespace]], mesh, current, leadership).ConfigureAwait(false);
            Say(@namespace, failure?.Problem);
            if (failure is not { Outcome: var outcome })
            {
                continue;
            }

            metrics.ReportFailed();
            switch (outcome)
            {
                case ObjectOutcome.Unreachable:
                    // Others would fare no better.
                    foreach (var rest in due.Skip(index))
                    {
                        marked.MarkLater(rest);
                    }

                    return;

                case ObjectOutcome.Conflict:
                    marked.MarkLater(@namespace);
                    break;

                default:
                    // Not before all are listed again, which is soon where the namespace or the kind is gone.
                    refused.Add(@namespace);
                    mayBeGone |= outcome is ObjectOutcome.NotFound;
                    break;
            }
        }
    }

    private async Task<(string Problem, ObjectOutcome Outcome)?> JudgeAsync(
        string @namespace, ImmutableArray<AuditSubject> subjects, MeshSnapshot mesh, PolicySettings current, Leadership leadership)
    {
        if (mesh.Namespaces.GetValueOrDefault(@namespace) is not { IsTerminating: false } facts)
        {
            // Its reports go with it, and nothing may be written into it.
            store.Forget(@namespace);
            events.Forget(@namespace);
            named.Forget(@namespace);
            metrics.WorkloadsAre(@namespace, []);
            return null;
        }

        named.Are(facts, current, subjects.Select(subject => subject.Workload!));
        var rows = AuditRows.Of(subjects, mesh, current);
        metrics.WorkloadsAre(@namespace, [.. rows.CountBy(row => row.Verdict.Name)]);
        var reports = PolicyReports.Of(rows, ReportStore.Name).ToList();
        events.Tell(@namespace, reports);
        return await store.BringAsync(@namespace, reports, leadership).ConfigureAwait(false);
    }

    // One walk over all Pods, however many namespaces are due.
    private static ILookup<string, AuditSubject> SubjectsOf(HashSet<string> namespaces, MeshSnapshot mesh) =>
        mesh.Pods.Where(pod => namespaces.Contains(pod.Key.Namespace)).Select(pod => AuditSubject.OfFacts(pod.Value, pod.Key, mesh))
            .Concat(AuditedCluster.GatewaysOf(mesh).Where(gateway => namespaces.Contains(gateway.Key.Namespace)))
            .ToLookup(subject => subject.Key.Namespace, StringComparer.Ordinal);

    // What is so for an hour is worth a line, not one for each look.
    private void Say(string? problem)
    {
        if (said == (store.Kind, problem))
        {
            return;
        }

        said = (store.Kind, problem);
        if (problem is not null)
        {
            Log.Failed(logger, problem);
        }
        else if (store.Kind is { } kind)
        {
            Log.Kept(logger, kind.Kind, kind.ApiVersion);
        }
        else
        {
            Log.NotInstalled(logger);
        }
    }

    private void Say(string @namespace, string? problem)
    {
        if (problem is null)
        {
            problems.Remove(@namespace);
        }
        else if (problems.GetValueOrDefault(@namespace) != problem)
        {
            problems[@namespace] = problem;
            Log.Failed(logger, problem);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(6030, LogLevel.Information, "Reports are kept as {Kind} of {ApiVersion}")]
        public static partial void Kept(ILogger logger, string kind, string apiVersion);

        [LoggerMessage(6031, LogLevel.Information, "No reports are kept: neither openreports.io nor wgpolicyk8s.io is installed")]
        public static partial void NotInstalled(ILogger logger);

        [LoggerMessage(6032, LogLevel.Warning, "Reports cannot be kept: {Problem}")]
        public static partial void Failed(ILogger logger, string problem);

        [LoggerMessage(6033, LogLevel.Error, "Reports cannot be looked after, for a cause that was not foreseen; trying again in {PauseSeconds:0} s")]
        public static partial void Fault(ILogger logger, Exception exception, double pauseSeconds);
    }
}
