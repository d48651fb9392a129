using System.Collections.Immutable;
using AccessLogWebhook.Manifests;
using AccessLogWebhook.Policy.Mesh;

namespace AccessLogWebhook.Cluster;

/// <summary>
/// A directory of manifests that is the whole cluster. It is followed by looking at it twice a second rather than by inotify,
/// which sees nothing on network and many container file systems. A change counts once two looks in a row agree, and it counts as
/// a whole: while anything in the directory is faulty, the last good snapshot stays.
/// </summary>
/// <remarks><see cref="LoadOnce"/>, <see cref="RunAsync"/> and <see cref="Poll"/> belong to one caller at a time; the rest is for any thread.</remarks>
internal sealed partial class DirectorySource : IClusterSource
{
    /// <summary>Twice a second: one look sees a change and the next confirms it, within a second together.</summary>
    public static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(500);

    // Enough to mend a directory by; a thousand lines every half second would bury them.
    private const int MostErrorsLogged = 20;

    private readonly string directory;
    private readonly ClusterView view;
    private readonly TimeProvider time;
    private readonly ILogger<DirectorySource> logger;
    private volatile State state;
    private DirectoryScan? loaded;
    private DirectoryScan? candidate;
    private ImmutableArray<ManifestError> errors = [];

    public DirectorySource(string directory, ClusterView view, TimeProvider time, ILogger<DirectorySource> logger)
    {
        this.directory = directory;
        this.view = view;
        this.time = time;
        this.logger = logger;
        state = new State(null, null, time.GetTimestamp());
    }

    public string Description => $"directory {directory}";

    /// <summary>Loads the directory and publishes the snapshot. With errors, all of which are returned, nothing is published.</summary>
    public ImmutableArray<ManifestError> LoadOnce()
    {
        var scan = DirectoryScan.Of(directory);
        var (snapshot, found) = Load(scan);
        Take(scan, snapshot, found);
        return found;
    }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (loaded is null)
        {
            LogErrors(LoadOnce());
        }

        using var timer = new PeriodicTimer(PollInterval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false))
            {
                Poll();
            }
        }
        catch (OperationCanceledException)
        {
            // The host stops.
        }
    }

    /// <summary>One look at the directory; <see cref="RunAsync"/> does one on every tick.</summary>
    internal void Poll()
    {
        var scan = DirectoryScan.Of(directory);
        if (loaded is not null && scan.SameAs(loaded))
        {
            candidate = null;
            if (errors.IsEmpty)
            {
                state = state with { ConfirmedAt = time.GetTimestamp() };
                return;
            }

            // A file that could not be read may become readable without a trace in its length and time.
            if (!errors.Any(error => error.Line == 0))
            {
                return;
            }
        }
        else if (candidate is null || !scan.SameAs(candidate))
        {
            candidate = scan;
            return;
        }

        var (snapshot, found) = Load(scan);
        if (DirectoryScan.Of(directory) is var after && !after.SameAs(scan))
        {
            candidate = after;
            return;
        }

        var news = !found.SequenceEqual(errors);
        Take(scan, snapshot, found);
        if (snapshot is not null)
        {
            Log.Reloaded(logger, directory, scan.Files.Length);
        }
        else if (news)
        {
            LogErrors(found);
        }
    }

    /// <summary>A directory is the whole truth: a namespace that is not in it has no labels.</summary>
    public Task<NamespaceLookup> LookUpNamespaceAsync(string name, CancellationToken cancellationToken) =>
        Task.FromResult<NamespaceLookup>(new NamespaceLookup.Found(new NamespaceFacts(name, LabelSet.Empty)));

    public ImmutableArray<CacheStatus> CacheStatuses()
    {
        var current = state;
        var age = time.GetElapsedTime(current.ConfirmedAt);
        return
        [
            .. ClusterKinds.All.Select(kind => new CacheStatus(
                kind.Title,
                Synced: current.Snapshot is not null,
                Installed: true,
                Objects: current.Snapshot is { } snapshot ? kind.CountIn(snapshot) : 0,
                age,
                current.Problem,
                IsCurrent: current.Snapshot is not null,
                ImmutableDictionary<string, long>.Empty)),
        ];
    }

    private static (MeshSnapshot? Snapshot, ImmutableArray<ManifestError> Errors) Load(DirectoryScan scan)
    {
        var readings = scan.Files.Select(file => ManifestReader.ReadFile(file.Path)).ToList();
        var manifests = readings.SelectMany(reading => reading.Manifests).ToList();
        ImmutableArray<ManifestError> errors =
        [
            .. scan.Errors,
            .. readings.SelectMany(reading => reading.Errors),
            .. ClusterManifests.Conflicts(manifests),
        ];
        return errors.IsEmpty ? (ClusterManifests.SnapshotOf(manifests), errors) : (null, errors);
    }

    private void Take(DirectoryScan scan, MeshSnapshot? snapshot, ImmutableArray<ManifestError> found)
    {
        loaded = scan;
        candidate = null;
        errors = found;
        if (snapshot is not null)
        {
            view.Publish(_ => snapshot);
            state = new State(snapshot, null, time.GetTimestamp());
        }
        else
        {
            var more = found.Length == 1 ? "" : $" ({found.Length - 1} more)";
            state = state with { Problem = $"{found[0]}{more}" };
        }
    }

    private void LogErrors(ImmutableArray<ManifestError> found)
    {
        foreach (var error in found.Take(MostErrorsLogged))
        {
            Log.Faulty(logger, error);
        }

        if (!found.IsEmpty)
        {
            Log.Kept(logger, directory, found.Length);
        }
    }

    private sealed record State(MeshSnapshot? Snapshot, string? Problem, long ConfirmedAt);

    private static partial class Log
    {
        [LoggerMessage(2090, LogLevel.Information, "Directory {Directory} has changed and was loaded again: {Files} files")]
        public static partial void Reloaded(ILogger logger, string directory, int files);

        [LoggerMessage(2091, LogLevel.Error, "{Error}")]
        public static partial void Faulty(ILogger logger, ManifestError error);

        [LoggerMessage(2092, LogLevel.Error, "Directory {Directory} has {Errors} errors; what was read before them stays in force")]
        public static partial void Kept(ILogger logger, string directory, int errors);
    }
}
