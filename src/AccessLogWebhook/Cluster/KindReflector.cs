using System.Collections.Immutable;

namespace AccessLogWebhook.Cluster;

/// <summary>
/// Keeps one kind of the snapshot as the API server has it: a list, then a watch from where the list ended, and again a watch from where
/// the last one ended, as long as the server remembers that point. What fails leaves the cache as it is and says so in its status.
/// </summary>
/// <remarks>The loop alone writes the fields; <see cref="Status"/> reads the standing from any thread.</remarks>
internal sealed partial class KindReflector
{
    // As in client-go: a watch that ends sooner than this without an event is not followed by another at once.
    private static readonly TimeSpan SuspiciouslyShort = TimeSpan.FromSeconds(1);

    private readonly ClusterKind kind;
    private readonly LiveCollection collection;
    private readonly ClusterView view;
    private readonly LiveClusterOptions options;
    private readonly TimeProvider time;
    private readonly ILogger logger;

    // Getting through and making headway fail apart: a server that is back after a long absence is asked for a list at once, and one whose
    // every watch expires is not asked for lists without end.
    private readonly LiveBackoff reaching;
    private readonly LiveBackoff relisting;
    private volatile Standing standing;
    private string? resourceVersion;
    private int version;
    private int versionsMissing;
    private long watchBegan;
    private bool heard;

    public KindReflector(
        ClusterKind kind, LiveConnection connection, ClusterView view, LiveClusterOptions options, TimeProvider time, ILogger logger)
    {
        this.kind = kind;
        this.view = view;
        this.options = options;
        this.time = time;
        this.logger = logger;
        collection = new LiveCollection(kind, connection, options, time);
        reaching = new LiveBackoff(options.FirstBackoff, options.LongestBackoff);
        relisting = new LiveBackoff(options.FirstBackoff, options.LongestBackoff);
        standing = new Standing(
            Synced: false, Installed: true, time.GetTimestamp(), "it has not been listed yet.", ImmutableDictionary<string, long>.Empty);
    }

    private string Path => kind.CollectionPaths[version];

    /// <summary>Runs until cancelled, and then returns.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                var outcome = resourceVersion is null
                    ? await collection.ListAsync(Path, cancellationToken).ConfigureAwait(false)
                    : await WatchAsync(resourceVersion, cancellationToken).ConfigureAwait(false);
                var pause = Take(outcome);
                if (pause > TimeSpan.Zero)
                {
                    await Task.Delay(pause, time, cancellationToken).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    public CacheStatus Status()
    {
        var now = standing;
        var age = time.GetElapsedTime(now.ProvedAt);
        var stale = age > options.StaleAfter;
        return new CacheStatus(
            kind.Title,
            now.Synced,
            now.Installed,
            kind.CountIn(view.Snapshot),
            now.Installed || stale ? age : TimeSpan.Zero,
            now.Problem ?? (stale ? $"nothing has proved it current for {age.TotalSeconds:0} s." : null),
            IsCurrent: now.Synced && (kind.IsOptional || (!now.Stalled && !stale)),
            now.Restarts)
        {
            ResourceVersion = now.Seen,
        };
    }

    private Task<LiveOutcome> WatchAsync(string from, CancellationToken cancellationToken)
    {
        heard = false;
        watchBegan = time.GetTimestamp();
        return collection.WatchAsync(Path, from, Connected, Apply, cancellationToken);
    }

    private void Connected()
    {
        reaching.Reset();
        if (standing.Problem is not null)
        {
            standing = standing with { Problem = null };
            Log.Watching(logger, kind.Title);
        }
    }

    private void Apply(LiveWatchBatch batch, long readAt)
    {
        if (batch.HasChanges)
        {
            view.Publish(snapshot => batch.ApplyTo(snapshot, kind));
            var now = time.GetUtcNow();
            options.Applied(new AppliedChanges(kind.Title, time.GetElapsedTime(readAt), [.. batch.ChangedAt().Select(madeAt => now - madeAt)]));
        }

        // Only now: had publishing failed, the next watch would bring the same events again.
        resourceVersion = batch.ResourceVersion;
        heard = true;
        standing = standing with { ProvedAt = time.GetTimestamp(), Seen = batch.ResourceVersion };
        relisting.Reset();
    }

    /// <summary>Draws the consequences of an outcome.</summary>
    /// <returns>How long to wait before the next list or watch.</returns>
    private TimeSpan Take(LiveOutcome outcome)
    {
        switch (outcome)
        {
            case LiveOutcome.Listed listed:
                view.Publish(snapshot => kind.Adopt(snapshot, listed.Objects));
                (resourceVersion, versionsMissing) = (listed.ResourceVersion, 0);
                reaching.Reset();
                standing = standing with { Synced = true, Installed = true, ProvedAt = time.GetTimestamp(), Problem = null, Stalled = false, Seen = listed.ResourceVersion };
                Log.Listed(logger, kind.Title, Path, kind.CountIn(listed.Objects));
                return TimeSpan.Zero;

            case LiveOutcome.Closed:
                Count("closed");
                Log.Closed(logger, kind.Title);
                return !heard && time.GetElapsedTime(watchBegan) < SuspiciouslyShort ? relisting.Next() : TimeSpan.Zero;

            case LiveOutcome.Expired:
                Count("expired");
                resourceVersion = null;
                Log.Expired(logger, kind.Title);
                return relisting.Next();

            case LiveOutcome.NotServed:
                return TakeNotServed();

            case LiveOutcome.Failed failed:
                return TakeFailed(failed);

            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private TimeSpan TakeNotServed()
    {
        if (resourceVersion is not null)
        {
            // A watch is not enough to empty a cache by: a list of each version has to agree.
            (resourceVersion, version) = (null, 0);
            return relisting.Next();
        }

        version = (version + 1) % kind.CollectionPaths.Length;
        if (++versionsMissing < kind.CollectionPaths.Length)
        {
            return TimeSpan.Zero;
        }

        (version, versionsMissing) = (0, 0);
        if (!standing.Synced || standing.Installed)
        {
            Count("absent");
            Log.NotInstalled(logger, kind.Title, Path);
            view.Publish(snapshot => kind.Replace(snapshot, []));
        }

        standing = standing with { Synced = true, Installed = false, ProvedAt = time.GetTimestamp(), Problem = null, Stalled = false };
        return options.AbsentKindPoll * (0.8 + (0.4 * Random.Shared.NextDouble()));
    }

    private TimeSpan TakeFailed(LiveOutcome.Failed failed)
    {
        Count(failed.Reason);
        var isNews = failed.Problem != standing.Problem;
        // What is not needed holds nobody up once it has been asked for.
        standing = standing with { Problem = failed.Problem, Stalled = standing.Stalled || failed.Reason == LiveOutcome.Stalled, Synced = standing.Synced || kind.IsOptional };
        if (failed.MustList)
        {
            resourceVersion = null;
        }

        var asked = failed.RetryAfter < options.LongestRetryAfter ? failed.RetryAfter : options.LongestRetryAfter;
        var pause = asked > TimeSpan.Zero ? asked : (failed.MustList ? relisting : reaching).Next();
        if (!isNews)
        {
            // An API server that is away for an hour is worth a line for each kind, not one for each attempt.
            Log.StillFailed(logger, kind.Title, failed.Reason, pause.TotalMilliseconds);
        }
        else if (failed.Cause is { } cause)
        {
            Log.Fault(logger, cause, kind.Title, pause.TotalMilliseconds);
        }
        else
        {
            Log.Failed(logger, kind.Title, failed.Reason, failed.Problem, pause.TotalMilliseconds);
        }

        return pause;
    }

    private void Count(string reason) =>
        standing = standing with { Restarts = standing.Restarts.SetItem(reason, standing.Restarts.GetValueOrDefault(reason) + 1) };

    private sealed record Standing(
        bool Synced, bool Installed, long ProvedAt, string? Problem, ImmutableDictionary<string, long> Restarts, bool Stalled = false, string Seen = "");

    private static partial class Log
    {
        [LoggerMessage(2000, LogLevel.Information, "Listed {Kind} at {Path}: {Objects} objects")]
        public static partial void Listed(ILogger logger, string kind, string path, int objects);

        [LoggerMessage(2001, LogLevel.Information, "{Kind} are not installed: the API server does not serve {Path}")]
        public static partial void NotInstalled(ILogger logger, string kind, string path);

        [LoggerMessage(2002, LogLevel.Debug, "The watch of {Kind} has ended in order")]
        public static partial void Closed(ILogger logger, string kind);

        [LoggerMessage(2003, LogLevel.Information, "The API server no longer knows the changes of {Kind} since the last one seen: listing them again")]
        public static partial void Expired(ILogger logger, string kind);

        [LoggerMessage(2004, LogLevel.Warning, "{Kind} cannot be followed, {Reason}: {Problem} Trying again in {PauseMs:0} ms")]
        public static partial void Failed(ILogger logger, string kind, string reason, string problem, double pauseMs);

        [LoggerMessage(2005, LogLevel.Error, "{Kind} cannot be followed, for a cause that was not foreseen; trying again in {PauseMs:0} ms")]
        public static partial void Fault(ILogger logger, Exception exception, string kind, double pauseMs);

        [LoggerMessage(2006, LogLevel.Debug, "{Kind} still cannot be followed, {Reason}; trying again in {PauseMs:0} ms")]
        public static partial void StillFailed(ILogger logger, string kind, string reason, double pauseMs);

        [LoggerMessage(2007, LogLevel.Information, "{Kind} are watched again")]
        public static partial void Watching(ILogger logger, string kind);
    }
}
