using System.IO.Pipelines;
using System.Net;
using System.Text.Json;
using AccessLogWebhook.Policy.Mesh;

namespace AccessLogWebhook.Cluster;

/// <summary>One kind at the wire: lists it and watches it, once each time it is asked to. Whatever goes wrong is an outcome.</summary>
internal sealed class LiveCollection(ClusterKind kind, LiveConnection connection, LiveClusterOptions options, TimeProvider time)
{
    // The version is spelled v1; with "v=1" an API server sends whole objects without a word. Servers without the transformation do too.
    private const string MetadataOfList = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json";

    /// <summary>Asks for an object's metadata alone.</summary>
    public const string MetadataOfObject = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json";

    private const string Whole = "application/json";

    /// <summary>
    /// The whole list, gathered aside. It is asked for without a resource version, which means the newest: with <c>0</c>, as client-go
    /// begins, a server that lags may answer with yesterday's labels, and the page's limit counts for nothing.
    /// </summary>
    /// <param name="labelSelector">Empty for all.</param>
    public Task<LiveOutcome> ListAsync(string path, CancellationToken cancellationToken, string labelSelector = "") => GuardedAsync(
        options.ListTimeout,
        () => new LiveOutcome.Failed("timeout", "the API server did not finish a list in time."),
        (deadline, token) => ListPagesAsync(path, labelSelector, deadline, token),
        cancellationToken);

    /// <param name="connected">Called when the API server has taken the watch on.</param>
    /// <param name="apply">Called with what has come, and when; the resource version has advanced when it returns.</param>
    public Task<LiveOutcome> WatchAsync(
        string path, string resourceVersion, Action connected, Action<LiveWatchBatch, long> apply, CancellationToken cancellationToken) => GuardedAsync(
        options.StallDeadline,
        () => new LiveOutcome.Failed(LiveOutcome.Stalled, $"nothing came on the watch for {options.StallDeadline.TotalSeconds:0} s.", MustList: true),
        (deadline, token) => WatchEventsAsync(path, resourceVersion, connected, apply, deadline, token),
        cancellationToken);

    private async Task<LiveOutcome> ListPagesAsync(
        string path, string labelSelector, CancellationTokenSource deadline, CancellationToken cancellationToken)
    {
        var objects = MeshSnapshot.Empty;
        var selector = labelSelector.Length == 0 ? "" : $"&labelSelector={Uri.EscapeDataString(labelSelector)}";
        var limit = $"limit={options.PageSize}{selector}";
        var next = "";
        while (true)
        {
            deadline.CancelAfter(options.ListTimeout);
            var query = next.Length == 0 ? limit : $"{limit}&continue={Uri.EscapeDataString(next)}";
            using var response = await connection.GetAsync($"{path}?{query}", kind.MetadataOnly ? MetadataOfList : Whole, cancellationToken)
                .ConfigureAwait(false);
            if (response.StatusCode == HttpStatusCode.Gone && next.Length > 0)
            {
                // The list took longer than the server remembers. In pages it may never end, so it is asked for in one.
                (objects, limit, next) = (MeshSnapshot.Empty, $"limit=0{selector}", "");
                continue;
            }

            if (!response.IsSuccessStatusCode)
            {
                return await LiveRefusal.ReadAsync(response, time.GetUtcNow(), cancellationToken).ConfigureAwait(false);
            }

            var body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            var page = await LiveListPage.ReadAsync(
                body, options.LargestObjectBytes, item => objects = kind.Upsert(objects, [item]), cancellationToken).ConfigureAwait(false);
            if (page.Continue.Length == 0)
            {
                return new LiveOutcome.Listed(objects, page.ResourceVersion);
            }

            next = page.Continue;
        }
    }

    private async Task<LiveOutcome> WatchEventsAsync(
        string path, string resourceVersion, Action connected, Action<LiveWatchBatch, long> apply, CancellationTokenSource deadline, CancellationToken cancellationToken)
    {
        var seconds = Random.Shared.Next((int)options.ShortestWatch.TotalSeconds, (int)options.LongestWatch.TotalSeconds + 1);
        using var response = await connection.GetAsync(
            $"{path}?watch=true&allowWatchBookmarks=true&resourceVersion={Uri.EscapeDataString(resourceVersion)}&timeoutSeconds={seconds}",
            kind.MetadataOnly ? MetadataOfObject : Whole,
            cancellationToken).ConfigureAwait(false);
        if (!response.IsSuccessStatusCode)
        {
            return await LiveRefusal.ReadAsync(response, time.GetUtcNow(), cancellationToken).ConfigureAwait(false);
        }

        connected();
        var pipe = PipeReader.Create(
            await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false), LiveJson.PipeOptions);
        try
        {
            while (true)
            {
                var read = await pipe.ReadAsync(cancellationToken).ConfigureAwait(false);
                var readAt = time.GetTimestamp();
                SequencePosition consumed;
                using (var batch = LiveWatchBatch.Read(read.Buffer, options.LargestObjectBytes))
                {
                    consumed = batch.Consumed;
                    if (batch.ResourceVersion.Length > 0)
                    {
                        deadline.CancelAfter(options.StallDeadline);
                        apply(batch, readAt);
                    }

                    if (batch.End is { } end)
                    {
                        return end;
                    }
                }

                if (read.IsCompleted)
                {
                    return read.Buffer.Slice(consumed).IsEmpty
                        ? new LiveOutcome.Closed()
                        : new LiveOutcome.Failed("dropped", "the watch ended in the middle of an event.");
                }

                pipe.AdvanceTo(consumed, read.Buffer.End);
            }
        }
        finally
        {
            await pipe.CompleteAsync().ConfigureAwait(false);
        }
    }

    private async Task<LiveOutcome> GuardedAsync(
        TimeSpan within,
        Func<LiveOutcome> late,
        Func<CancellationTokenSource, CancellationToken, Task<LiveOutcome>> act,
        CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(within, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            return await act(deadline, either.Token).ConfigureAwait(false);
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        catch (Exception) when (deadline.IsCancellationRequested)
        {
            return late();
        }
        catch (JsonException)
        {
            // Its message would quote the body.
            return new LiveOutcome.Failed("garbled", "the API server's answer is not JSON.", MustList: true);
        }
        catch (InvalidDataException fault)
        {
            return new LiveOutcome.Failed("garbled", $"the API server's answer cannot be read: {fault.Message}.", MustList: true);
        }
        catch (OperationCanceledException)
        {
            // The connection was not made in its time.
            return new LiveOutcome.Failed("timeout", "the API server did not answer in time.");
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException)
        {
            return new LiveOutcome.Failed("dropped", $"the connection failed: {LiveConnection.Describe(fault)}.");
        }
        catch (Exception fault)
        {
            // Credentials that cannot be had, an object that no reader expected. The cache keeps what it has, and is seen to be doubtful.
            return new LiveOutcome.Failed("fault", $"following it failed: {LiveConnection.Describe(fault)}.", MustList: true, Cause: fault);
        }
    }
}
