using System.Collections.Immutable;
using System.Diagnostics;
using AccessLogWebhook.Cluster;
using AccessLogWebhook.Observability;
using AccessLogWebhook.Policy.Decisions;
using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Policy.Rendering;

namespace AccessLogWebhook.Controllers;

/// <summary>
/// Keeps the references of a live cluster as its profiles ask for, for as long as this replica leads. It plans from the snapshot after every change, once
/// what follows a change closely has come; never from caches that are not all filled and current, nor before they show what it wrote itself.
/// </summary>
/// <remarks>One for each leadership: what it remembers of its own writes is worth nothing once another has led.</remarks>
internal sealed partial class ReferenceController
{
    private readonly ClusterView view;
    private readonly IClusterSource source;
    private readonly Func<PolicySettings> settings;
    private readonly ReferenceTimings timings;
    private readonly ControllerMetrics metrics;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly OwnWrites own;
    private readonly UnusedSince unused;
    private readonly StatusPace pace;
    private readonly ProfileAttempts attempts;
    private readonly ReferenceAttempts parts;
    private readonly ContestedReferences contests;
    private readonly ProfileEvents events;
    private readonly ProfileReconciler reconciler;
    private TimeSpan planning;
    private string? waitingFor;

    /// <param name="settings">Those in force at the moment.</param>
    /// <param name="identity">Of this replica, for Events.</param>
    public ReferenceController(
        ClusterView view,
        IClusterSource source,
        LiveConnection connection,
        Func<PolicySettings> settings,
        string identity,
        ReferenceTimings timings,
        ControllerMetrics metrics,
        TimeProvider time,
        ILogger<ReferenceController> logger)
    {
        (this.view, this.source, this.settings, this.timings) = (view, source, settings, timings);
        (this.metrics, this.time, this.logger) = (metrics, time, logger);
        own = new OwnWrites(timings.LongestLag, time);
        unused = new UnusedSince(timings, time);
        pace = new StatusPace(timings.StatusPace, time);
        attempts = new ProfileAttempts(timings, time);
        parts = new ReferenceAttempts(timings, time);
        contests = new ContestedReferences(timings, time);
        var writes = new LeaderWrites(new LiveObjects(connection, timings.RequestTimeout, time), metrics);
        var references = new ReferenceWriter(writes, own, logger);
        events = new ProfileEvents(writes, identity, time);
        var profiles = new ProfileWriter(writes, own, pace);
        var review = new RemovalReview(new LiveUsers(connection, new LiveClusterOptions(), time), unused, view, settings, time);
        reconciler = new ProfileReconciler(
            new ReferenceApplies(references, parts, contests, events),
            profiles,
            new ReferenceRemovals(review, references, profiles, parts, events),
            parts,
            events,
            time);
    }

    /// <summary>Runs as long as leadership lasts, and then ends. It does not hold up whoever calls it, who has a Lease to renew: in a large cluster a plan takes seconds.</summary>
    public async Task RunAsync(Leadership leadership)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        await Task.WhenAll(ReconcileAsync(leadership), events.SendAsync(leadership)).ConfigureAwait(false);
    }

    private async Task ReconcileAsync(Leadership leadership)
    {
        var token = leadership.Token;
        try
        {
            while (true)
            {
                // Before the run, so that what comes while it is under way is not missed.
                var changed = view.Changed;
                var next = await RunGuardedAsync(leadership).ConfigureAwait(false);
                using (var pause = CancellationTokenSource.CreateLinkedTokenSource(token))
                {
                    await Task.WhenAny(changed, Task.Delay(next, time, pause.Token)).ConfigureAwait(false);
                    await pause.CancelAsync().ConfigureAwait(false);
                }

                await Task.Delay(Settle(), time, token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested)
        {
            // Another leads, or the host stops.
        }
    }

    /// <summary>
    /// A fault of ours that nobody foresaw leaves references as they are. It must not end the process: admission would go with it, and with the next
    /// leader's the next one's.
    /// </summary>
    private async Task<TimeSpan> RunGuardedAsync(Leadership leadership)
    {
        try
        {
            return await RunOnceAsync(leadership).ConfigureAwait(false);
        }
        catch (Exception fault) when (!leadership.Token.IsCancellationRequested)
        {
            metrics.ProfileFailed();
            Log.Fault(logger, fault, timings.LongestBackoff.TotalSeconds);
            await Task.Delay(timings.LongestBackoff, time, leadership.Token).ConfigureAwait(false);
            return TimeSpan.Zero;
        }
    }

    /// <returns>After how long there is more to do if nothing changes.</returns>
    private async Task<TimeSpan> RunOnceAsync(Leadership leadership)
    {
        var caches = source.CacheStatuses();
        if (caches.FirstOrDefault(cache => !cache.IsCurrent) is { } behind)
        {
            if (waitingFor != behind.Kind)
            {
                waitingFor = behind.Kind;
                Log.Waiting(logger, behind.Kind);
            }

            return timings.CacheRetry;
        }

        waitingFor = null;
        var began = time.GetTimestamp();
        var (mesh, current) = (view.Snapshot, settings());
        var plan = ReferencePlan.For(mesh, current, VerdictCounts.Of(mesh, current), time.GetUtcNow());
        planning = time.GetElapsedTime(began);
        unused.Observe(plan.Profiles);
        var names = plan.Profiles.Select(profile => profile.Profile).ToHashSet(StringComparer.Ordinal);
        pace.Keep(names);
        attempts.Keep(names);
        parts.Keep(names);
        contests.Keep(names);
        var absent = caches.Where(cache => !cache.Installed).Select(cache => cache.Kind).ToHashSet(StringComparer.Ordinal);
        var next = timings.Resync;

        // First those that have not failed: one whose writes are never answered must not keep the others waiting each time.
        foreach (var profile in plan.Profiles.OrderBy(profile => attempts.IsFailing(profile.Profile)))
        {
            var (again, goesOn) = await TakeAsync(profile, mesh, caches, resource => Obstacle(resource, mesh, absent), leadership).ConfigureAwait(false);
            next = again < next ? again : next;
            if (!goesOn)
            {
                break;
            }
        }

        metrics.Reconciled(time.GetElapsedTime(began));
        return next;
    }

    /// <returns>After how long there is more to do for it, and whether there is any use in going on with others.</returns>
    private async Task<(TimeSpan Again, bool GoesOn)> TakeAsync(
        ProfilePlan plan, MeshSnapshot mesh, ImmutableArray<CacheStatus> caches, Func<RenderedResource, string?> obstacle, Leadership leadership)
    {
        if (own.Left(plan.Profile, caches, mesh) is var lag && lag > TimeSpan.Zero)
        {
            return (lag, true);
        }

        var generation = plan.Object?.Generation ?? 0;
        if (attempts.Left(plan.Profile, generation) is var pause && pause > TimeSpan.Zero)
        {
            return (pause, true);
        }

        switch (await reconciler.CarryOutAsync(plan, mesh, obstacle, leadership).ConfigureAwait(false))
        {
            case ProfileOutcome.Failed failed:
                metrics.ProfileFailed();
                (pause, var isNews) = attempts.Failed(plan.Profile, generation, failed.Problem, failed.RetryAfter);
                Report(plan.Profile, failed.Problem, isNews);
                return (pause, !failed.IsUnreachable);

            case ProfileOutcome.Incomplete incomplete:
                if (incomplete.WasTried)
                {
                    metrics.ProfileFailed();
                }

                Report(plan.Profile, incomplete.Problem, attempts.Incomplete(plan.Profile, incomplete.Problem));
                return (incomplete.Again ?? timings.Resync, true);

            case ProfileOutcome.Done done:
                if (attempts.Succeeded(plan.Profile))
                {
                    Log.InLine(logger, plan.Profile);
                }

                return (done.Again ?? timings.Resync, true);

            default:
                throw new UnreachableException();
        }
    }

    private TimeSpan Settle()
    {
        var share = planning * timings.PlanningShare;
        return share < timings.Settle ? timings.Settle : share < timings.LongestSettle ? share : timings.LongestSettle;
    }

    private void Report(string profile, string problem, bool isNews)
    {
        // What is in the way for an hour is worth a line, not one for each attempt.
        if (isNews)
        {
            Log.Failed(logger, profile, problem);
        }
        else
        {
            Log.StillFailed(logger, profile, problem);
        }
    }

    private static string? Obstacle(RenderedResource resource, MeshSnapshot mesh, HashSet<string> absent)
    {
        var kind = ControlledObjects.Plural(resource.Kind);
        return absent.Contains(kind)
            ? $"The API server does not serve {kind}: install Istio's custom resource definitions."
            : mesh.Namespaces.GetValueOrDefault(resource.Key.Namespace) switch
            {
                null => $"{resource.Kind} {resource.Key} cannot be applied: namespace {resource.Key.Namespace} does not exist. Create it, or correct mesh.rootNamespace.",
                { IsTerminating: true } => $"{resource.Kind} {resource.Key} cannot be applied: namespace {resource.Key.Namespace} is being deleted. Create it again when it is gone, or correct mesh.rootNamespace.",
                _ => null,
            };
    }

    private static partial class Log
    {
        [LoggerMessage(6012, LogLevel.Warning, "Profile {Profile} cannot be brought in line: {Problem}")]
        public static partial void Failed(ILogger logger, string profile, string problem);

        [LoggerMessage(6013, LogLevel.Debug, "Profile {Profile} still cannot be brought in line: {Problem}")]
        public static partial void StillFailed(ILogger logger, string profile, string problem);

        [LoggerMessage(6014, LogLevel.Information, "Profile {Profile} is in line again")]
        public static partial void InLine(ILogger logger, string profile);

        [LoggerMessage(6016, LogLevel.Error, "References cannot be looked after, for a cause that was not foreseen; trying again in {PauseSeconds:0} s")]
        public static partial void Fault(ILogger logger, Exception exception, double pauseSeconds);

        [LoggerMessage(6015, LogLevel.Warning, "Nothing is applied while the cache of {Kind} is not current")]
        public static partial void Waiting(ILogger logger, string kind);
    }
}
