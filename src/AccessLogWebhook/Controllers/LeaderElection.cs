using AccessLogWebhook.Cluster;

namespace AccessLogWebhook.Controllers;

/// <summary>
/// Elects one leader among the replicas by a Lease. The leader stops before another may start: it counts from before it sent its last renewal,
/// the others from after they have seen it, each by its own clock's progress and never by the lease's times, and its deadline is the
/// shorter. A lease that is removed counts as held for as long: see <see cref="MayMake"/>.
/// </summary>
/// <remarks>The loop alone touches the fields. Whatever the API server does, it goes on; only what leads can make it fail.</remarks>
/// <param name="isFit">Whether this replica sees the cluster well enough to lead. One that no longer does hands over.</param>
/// <param name="leads">Is told whether it leads, at the start and at each change.</param>
internal sealed partial class LeaderElection(
    LiveLease lease, string identity, LeaseTimings timings, Func<bool> isFit, Action<bool> leads, TimeProvider time, ILogger<LeaderElection> logger)
{
    // As often as another may write to the lease between a look and its release.
    private const int MostReleases = 3;

    private LeaseRecord? seen;
    private long seenSince;
    private string? problem;

    // The longest that a holder seen so far asked to be left alone; null where no lease was ever seen.
    private TimeSpan? asked;
    private long? absentSince;

    // Whether the end of a write to the lease is not known: it may have come through.
    private bool isUnsettled;
    private DateTimeOffset lastStamp = DateTimeOffset.MinValue;
    private Leadership? leadership;
    private Task work = Task.CompletedTask;

    /// <summary>Runs until cancelled, and then returns, with the lease given back.</summary>
    /// <param name="lead">Runs while this replica leads, and does not block. It is to end as soon as its leadership does.</param>
    public async Task RunAsync(Func<Leadership, Task> lead, CancellationToken cancellationToken)
    {
        leads(false);
        try
        {
            while (true)
            {
                var pause = await StepAsync(lead, cancellationToken).ConfigureAwait(false);
                var paused = Task.Delay(pause, time, cancellationToken);
                await (leadership is null ? paused : Task.WhenAny(paused, work)).ConfigureAwait(false);
                cancellationToken.ThrowIfCancellationRequested();
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The host stops.
        }
        finally
        {
            await ResignAsync().ConfigureAwait(false);
        }
    }

    private async Task<TimeSpan> StepAsync(Func<Leadership, Task> lead, CancellationToken cancellationToken)
    {
        if (leadership is { IsHeld: false } || (leadership is not null && work.IsCompleted))
        {
            await StopWorkAsync().ConfigureAwait(false);
        }

        if (!isFit())
        {
            await ResignAsync().ConfigureAwait(false);
            return timings.Retry;
        }

        if (leadership is not null)
        {
            return await RenewAsync(cancellationToken).ConfigureAwait(false) ? timings.Retry : timings.Retry / 2;
        }

        if (await CampaignAsync(cancellationToken).ConfigureAwait(false) is { } since)
        {
            Begin(lead, since, cancellationToken);
            return timings.Retry;
        }

        // Candidates that started together are not to ask together for ever.
        return timings.Retry * (1 + (0.2 * Random.Shared.NextDouble()));
    }

    /// <returns>When the request was sent that has made this replica the leader; null where none has.</returns>
    private async Task<long?> CampaignAsync(CancellationToken cancellationToken)
    {
        var read = await lease.ReadAsync(cancellationToken).ConfigureAwait(false);
        if (read is ObjectOutcome.NotFound ? !MayMake() : !See(read) || !MayTake())
        {
            return null;
        }

        var since = time.GetTimestamp();
        var before = seen;
        isUnsettled = true;
        var taken = await lease.TakeAsync(seen, identity, timings.LeaseDuration, Stamp(), cancellationToken).ConfigureAwait(false);
        isUnsettled = taken is ObjectOutcome.Unreachable;

        // A conflict means that another was quicker: the next look says who.
        return taken is not ObjectOutcome.Conflict && See(taken) && IsProof(before) ? since : null;
    }

    /// <summary>
    /// Whether a lease that is not there may be made: at once where none was ever seen. One that was seen and has been removed had a holder perhaps, who has not
    /// noticed yet, and has the time that it would have had with the lease.
    /// </summary>
    private bool MayMake()
    {
        if (asked is { } duration)
        {
            if (absentSince is not { } since)
            {
                absentSince = time.GetTimestamp();
                Log.Removed(logger, lease.Description, duration.TotalSeconds);
                return false;
            }

            if (time.GetElapsedTime(since) < duration)
            {
                return false;
            }
        }

        seen = null;
        return true;
    }

    private bool MayTake() =>
        seen!.Holder.Length == 0 || seen.Holder == identity || time.GetElapsedTime(seenSince) >= seen.Duration;

    /// <returns>Whether leadership has been proved anew.</returns>
    private async Task<bool> RenewAsync(CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var since = time.GetTimestamp();
            var before = seen;
            isUnsettled = true;
            var outcome = await lease.RenewAsync(seen!, timings.LeaseDuration, Stamp(), cancellationToken).ConfigureAwait(false);
            isUnsettled = outcome is ObjectOutcome.Unreachable;
            switch (outcome)
            {
                case ObjectOutcome.Done when See(outcome) && IsProof(before):
                    leadership!.Prolong(since);
                    return true;

                case ObjectOutcome.NotFound:
                    // Whoever removes the lease removes the leader.
                    await StopWorkAsync().ConfigureAwait(false);
                    return false;

                case ObjectOutcome.Conflict when See(await lease.ReadAsync(cancellationToken).ConfigureAwait(false)):
                    if (seen!.Holder != identity)
                    {
                        await StopWorkAsync().ConfigureAwait(false);
                        return false;
                    }

                    // Only something about it was changed, or a renewal that was given up has come through after all. Neither proves anything.
                    if (attempt == 1)
                    {
                        continue;
                    }

                    return false;

                default:
                    _ = See(outcome);
                    return false;
            }
        }
    }

    // An API server that finds nothing to change answers as if it had, and the others see no renewal.
    private bool IsProof(LeaseRecord? before) => seen!.Holder == identity && seen.ResourceVersion != before?.ResourceVersion;

    /// <summary>Takes in what the API server says of the lease.</summary>
    /// <returns>False where it says nothing, which is logged once.</returns>
    private bool See(ObjectOutcome outcome)
    {
        var record = outcome is ObjectOutcome.Done { Object: var @object } ? LeaseRecord.Of(@object) : null;
        if (record is null)
        {
            var now = outcome.Problem.Length > 0 ? outcome.Problem : "what the API server answers is no Lease.";
            if (now != problem)
            {
                problem = now;
                Log.Troubled(logger, lease.Description, now);
            }

            return false;
        }

        (problem, absentSince) = (null, null);
        asked = asked is { } longer && longer > record.Duration ? longer : record.Duration > timings.LeaseDuration ? record.Duration : timings.LeaseDuration;
        if (record.ResourceVersion != seen?.ResourceVersion)
        {
            if (record.Holder != seen?.Holder && record.Holder.Length > 0 && record.Holder != identity)
            {
                Log.AnotherLeads(logger, record.Holder, lease.Description);
            }

            (seen, seenSince) = (record, time.GetTimestamp());
        }

        return true;
    }

    private void Begin(Func<Leadership, Task> lead, long since, CancellationToken cancellationToken)
    {
        var term = new Leadership(since, timings.RenewDeadline, time, cancellationToken);
        leadership = term;
        leads(true);
        Log.Leads(logger, identity, lease.Description);
        work = lead(term);
    }

    /// <summary>Ends what leads and waits for it; the lease is left to run out.</summary>
    private async Task StopWorkAsync()
    {
        if (leadership is not { } term)
        {
            return;
        }

        term.End();
        leadership = null;
        await work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        term.Dispose();
        leads(false);
        Log.LeadsNoLonger(logger, identity, lease.Description);
        if (work.IsFaulted)
        {
            await work.ConfigureAwait(false);
        }
    }

    /// <summary>Ends what leads, and then gives the lease back, so that the next need not wait.</summary>
    private async Task ResignAsync()
    {
        try
        {
            await StopWorkAsync().ConfigureAwait(false);
        }
        finally
        {
            await ReleaseAsync().ConfigureAwait(false);
        }
    }

    private async Task ReleaseAsync()
    {
        for (var attempt = 1; attempt <= MostReleases && (isUnsettled || seen?.Holder == identity); attempt++)
        {
            // A write that was under way when it had to stop may have come through. The host's token is over by now; each request has its own time.
            if ((isUnsettled || attempt > 1) && !See(await lease.ReadAsync(CancellationToken.None).ConfigureAwait(false)))
            {
                break;
            }

            isUnsettled = false;
            if (seen is not { } held || held.Holder != identity)
            {
                break;
            }

            var released = await lease.ReleaseAsync(held, Stamp(), CancellationToken.None).ConfigureAwait(false);
            Log.Released(logger, lease.Description, released.Result);
            if (released is not ObjectOutcome.Conflict)
            {
                break;
            }
        }

        (seen, isUnsettled) = (null, false);
    }

    /// <summary>The time to write, later than the one before even where the clock has been set back: a renewal must be a change.</summary>
    private DateTimeOffset Stamp()
    {
        var now = time.GetUtcNow();
        lastStamp = now > lastStamp ? now : lastStamp.AddMicroseconds(1);
        return lastStamp;
    }

    private static partial class Log
    {
        [LoggerMessage(6000, LogLevel.Information, "{Identity} leads, by lease {Lease}")]
        public static partial void Leads(ILogger logger, string identity, string lease);

        [LoggerMessage(6001, LogLevel.Information, "{Identity} leads no longer, by lease {Lease}")]
        public static partial void LeadsNoLonger(ILogger logger, string identity, string lease);

        [LoggerMessage(6002, LogLevel.Information, "{Leader} leads, by lease {Lease}")]
        public static partial void AnotherLeads(ILogger logger, string leader, string lease);

        [LoggerMessage(6003, LogLevel.Warning, "Lease {Lease} cannot be had: {Problem}")]
        public static partial void Troubled(ILogger logger, string lease, string problem);

        [LoggerMessage(6005, LogLevel.Warning, "Lease {Lease} has been removed; whoever held it may not know, so it is not made anew before {WaitSeconds:0} s have passed")]
        public static partial void Removed(ILogger logger, string lease, double waitSeconds);

        [LoggerMessage(6004, LogLevel.Information, "Lease {Lease} is given back: {Result}")]
        public static partial void Released(ILogger logger, string lease, string result);
    }
}
