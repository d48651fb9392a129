using System.Text.Json;
using AccessLogWebhook.Policy.Json;

namespace AccessLogWebhook.Cluster;

/// <summary>
/// Watches one object by its name, with no more rights than for that name. The watch is a bell: whatever comes on it, the object is
/// read anew, so that no event can be misread, and a watch that has gone silent is over before anybody could rely on it for long.
/// </summary>
/// <remarks>Verbs: <c>list</c> and <c>watch</c>, which a rule with <c>resourceNames</c> grants for this field selector.</remarks>
internal sealed partial class LiveObjectWatch(
    LiveConnection connection, LiveObjects objects, ObjectPath path, ObjectWatchTimings timings, TimeProvider time, ILogger<LiveObjectWatch> logger)
{
    private readonly string selected = $"{path.Collection}?fieldSelector={Uri.EscapeDataString($"metadata.name={path.Name}")}";
    private readonly LiveBackoff backoff = new(timings.FirstBackoff, timings.LongestBackoff);
    private volatile ObjectSight sight = new(false, null, 0, "it has not been read yet.");
    private volatile TaskCompletionSource changed = NewBell();

    public ObjectSight Sight => sight;

    /// <summary>Ends when <see cref="Sight"/> is no longer what it was when this was asked for.</summary>
    public Task Changed => changed.Task;

    /// <summary>Runs until cancelled, and then returns.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                var since = time.GetTimestamp();
                var listed = await objects.ListAsync(selected, cancellationToken).ConfigureAwait(false);
                var problem = listed is ObjectOutcome.Done { Object: var list } ? Take(list, since) : listed.Problem;
                problem ??= await WaitForBellAsync(Version(listed), cancellationToken).ConfigureAwait(false);
                await PauseAsync(problem, since, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    private async Task PauseAsync(string? problem, long since, CancellationToken cancellationToken)
    {
        var pause = timings.Spacing - time.GetElapsedTime(since);
        if (problem is null)
        {
            backoff.Reset();
        }
        else
        {
            if (problem != sight.Problem)
            {
                Log.Failed(logger, path.ToString(), problem);
            }

            Show(sight with { Problem = problem });
            pause = backoff.Next();
        }

        if (pause > TimeSpan.Zero)
        {
            await Task.Delay(pause, time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <returns>Why the list says nothing; null where it does.</returns>
    private string? Take(JsonElement list, long since)
    {
        if (Version(list) is null || list.Member("items") is not { ValueKind: JsonValueKind.Array } items)
        {
            return "the API server's answer is no list.";
        }

        JsonElement? found = null;
        foreach (var item in items.EnumerateArray())
        {
            // A server that does not know the selector would send others, too.
            found = item.Object("metadata")?.Text("name") == path.Name ? item : found;
        }

        Show(new ObjectSight(true, found, since, null));
        return null;
    }

    /// <summary>Waits until something comes on the watch, or its time is over.</summary>
    /// <returns>What went wrong; null where nothing did.</returns>
    private async Task<string?> WaitForBellAsync(string? version, CancellationToken cancellationToken)
    {
        var seconds = (int)Math.Ceiling(timings.Watch.TotalSeconds);
        using var deadline = new CancellationTokenSource(timings.Watch + timings.Grace, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        var began = time.GetTimestamp();
        try
        {
            using var response = await connection.GetAsync(
                $"{selected}&watch=true&resourceVersion={Uri.EscapeDataString(version ?? "")}&timeoutSeconds={seconds}", LiveContent.Json, either.Token)
                .ConfigureAwait(false);
            if (!response.IsSuccessStatusCode)
            {
                return (await LiveRefusal.ExplainAsync(response, either.Token).ConfigureAwait(false)).Problem;
            }

            var stream = await response.Content.ReadAsStreamAsync(either.Token).ConfigureAwait(false);
            var rang = await stream.ReadAsync(new byte[1], either.Token).ConfigureAwait(false) > 0;
            return rang || time.GetElapsedTime(began) >= timings.Spacing ? null : "the API server ends the watch at once.";
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        catch (Exception) when (deadline.IsCancellationRequested)
        {
            // Silent for longer than it was asked to last: read anew.
            return null;
        }
        catch (Exception fault)
        {
            // Connections that fail, and credentials that cannot be had, which have no common type.
            return $"the API server cannot be asked: {LiveConnection.Describe(fault)}.";
        }
    }

    private void Show(ObjectSight now)
    {
        var before = sight;
        sight = now;
        if (before.IsKnown != now.IsKnown || VersionOf(before.Object) != VersionOf(now.Object) || before.Problem != now.Problem)
        {
            Interlocked.Exchange(ref changed, NewBell()).SetResult();
        }
    }

    private static string? Version(ObjectOutcome outcome) => outcome is ObjectOutcome.Done { Object: var list } ? Version(list) : null;

    private static string? Version(JsonElement list) => list.Object("metadata")?.Text("resourceVersion") is { Length: > 0 } version ? version : null;

    // With the uid: one that was removed and made again has another.
    private static string? VersionOf(JsonElement? @object) =>
        @object?.Object("metadata") is { } metadata ? $"{metadata.Text("uid")} {metadata.Text("resourceVersion")}" : null;

    private static TaskCompletionSource NewBell() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static partial class Log
    {
        [LoggerMessage(2020, LogLevel.Warning, "{Path} cannot be watched: {Problem}")]
        public static partial void Failed(ILogger logger, string path, string problem);
    }
}
