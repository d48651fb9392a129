using AccessLogWebhook.Manifests;

namespace AccessLogWebhook.Configuration;

/// <summary>
/// Follows the configuration file by reading it every second: the file is small, and its content tells what neither its time nor
/// inotify does, on a ConfigMap's volume as anywhere. A change counts once two reads in a row agree, since an editor may first
/// truncate the file, and an empty file is a valid one. A faulty change is logged and leaves the options as they are.
/// </summary>
/// <remarks><see cref="LoadOnce"/>, <see cref="RunAsync"/> and <see cref="Poll"/> belong to one caller at a time; <see cref="State"/> is for any thread.</remarks>
/// <param name="changed">Is called with the options of every good change, on the thread of <see cref="RunAsync"/>.</param>
internal sealed partial class ConfigurationWatch(string path, Action<WebhookOptions> changed, TimeProvider time, ILogger<ConfigurationWatch> logger)
{
    public static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(1);

    private volatile ConfigurationState state = new(null, []);
    private FileContent? taken;
    private FileContent? candidate;

    public ConfigurationState State => state;

    /// <summary>Reads the file for the start; later changes are measured against what was read here. Does not call back.</summary>
    public ConfigurationReading LoadOnce()
    {
        taken = FileContent.Read(path);
        return Take(taken);
    }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
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

    /// <summary>One look at the file; <see cref="RunAsync"/> does one on every tick.</summary>
    internal void Poll()
    {
        var content = FileContent.Read(path);
        if (Same(content, taken))
        {
            candidate = null;
            return;
        }

        if (!Same(content, candidate))
        {
            candidate = content;
            return;
        }

        taken = content;
        candidate = null;
        var reading = Take(content);
        if (reading.Options is { } options)
        {
            changed(options);
            Log.Applied(logger, path);
            return;
        }

        foreach (var error in reading.Errors)
        {
            Log.Faulty(logger, error);
        }

        Log.Kept(logger, path, reading.Errors.Length);
    }

    private ConfigurationReading Take(FileContent content)
    {
        var reading = content switch
        {
            FileContent.Readable(var utf8) => ConfigurationFile.Read(path, utf8),
            FileContent.Unreadable(var error) => new ConfigurationReading(null, [error]),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
        state = new ConfigurationState(reading.Options is null ? state.AppliedAt : time.GetUtcNow(), reading.Errors);
        return reading;
    }

    private static bool Same(FileContent content, FileContent? other) => (content, other) switch
    {
        (FileContent.Readable(var left), FileContent.Readable(var right)) => left.Span.SequenceEqual(right.Span),
        (FileContent.Unreadable(var left), FileContent.Unreadable(var right)) => left == right,
        _ => false,
    };

    private static partial class Log
    {
        [LoggerMessage(3000, LogLevel.Information, "Configuration file {Path} has changed and is in force")]
        public static partial void Applied(ILogger logger, string path);

        [LoggerMessage(3001, LogLevel.Error, "{Error}")]
        public static partial void Faulty(ILogger logger, ManifestError error);

        [LoggerMessage(3002, LogLevel.Error, "Configuration file {Path} has {Errors} errors; the settings before them stay in force")]
        public static partial void Kept(ILogger logger, string path, int errors);
    }
}
