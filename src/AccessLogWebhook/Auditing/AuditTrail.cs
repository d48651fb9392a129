using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Threading.Channels;
using AccessLogWebhook.Forms;
using AccessLogWebhook.Observability;

namespace AccessLogWebhook.Auditing;

/// <summary>
/// Writes entries as lines of JSON, one writer beside all requests. It cannot delay or fail an answer: what does not fit into its queue is dropped, and counted, and
/// so is what cannot be written.
/// </summary>
internal sealed partial class AuditTrail
{
    // A few seconds of a busy API server's admissions; at two kilobytes an entry, no more than twenty megabytes.
    private const int QueueLength = 10_000;

    // One write for what has gathered, up to this.
    private const int BatchBytes = 256 * 1024;

    // When the process is asked to stop, what is queued still goes out if it goes at all.
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(2);

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Channel<AuditEntry> queue;
    private readonly Func<Stream> open;
    private readonly WebhookMetrics metrics;
    private readonly TimeProvider time;
    private readonly ILogger logger;

    /// <param name="open">Opens the destination: a file for each batch, all else at the start and again after a write has failed.</param>
    public AuditTrail(Func<Stream> open, WebhookMetrics metrics, TimeProvider time, ILogger<AuditTrail> logger, int queueLength = QueueLength)
    {
        (this.open, this.metrics, this.time, this.logger) = (open, metrics, time, logger);
        queue = Channel.CreateBounded<AuditEntry>(new BoundedChannelOptions(queueLength) { SingleReader = true });
    }

    /// <summary>Returns at once, and never throws.</summary>
    public void Record(AuditEntry entry)
    {
        if (!queue.Writer.TryWrite(entry))
        {
            metrics.TrailEntries("dropped", 1);
        }
    }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        // A destination that blocks (a pipe that nobody reads) must block nobody else.
        var writing = Task.Factory.StartNew(WriteAll, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();
        await Task.WhenAny(writing, Task.Delay(Timeout.Infinite, cancellationToken)).ConfigureAwait(false);
        queue.Writer.TryComplete();
        await Task.WhenAny(writing, Task.Delay(LastWords, time, CancellationToken.None)).ConfigureAwait(false);
    }

    private async Task WriteAll()
    {
        var lines = new ArrayBufferWriter<byte>();
        Stream? destination = null;
        var isFailing = false;
        while (await queue.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            lines.ResetWrittenCount();
            var count = 0;
            try
            {
                while (lines.WrittenCount < BatchBytes && queue.Reader.TryRead(out var entry))
                {
                    count++;
                    lines.Write(Encoding.UTF8.GetBytes($"{LineOf(entry)}\n"));
                }

                destination ??= open();
                await destination.WriteAsync(lines.WrittenMemory).ConfigureAwait(false);
                await destination.FlushAsync().ConfigureAwait(false);
                metrics.TrailEntries("written", count);
                isFailing = false;
                if (AuditDestination.IsReopened(destination))
                {
                    // Between two batches it may be moved away, and this one's descriptor would follow it.
                    destination.Dispose();
                    destination = null;
                }
            }
            catch (Exception fault)
            {
                // Whatever it is, the trail loses lines, which is counted, and admission goes on.
                metrics.TrailEntries("failed", count);
                if (!isFailing)
                {
                    isFailing = true;
                    Log.Failed(logger, fault.Message);
                }

                destination?.Dispose();
                destination = null;
            }
        }

        destination?.Dispose();
    }

    private static string LineOf(AuditEntry entry)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            entry.Write(json);
        }

        return JsonText.Escaped(buffer.WrittenSpan);
    }

    private static partial class Log
    {
        [LoggerMessage(7000, LogLevel.Error, "The audit trail cannot be written, and loses what is not: {Problem}")]
        public static partial void Failed(ILogger logger, string problem);
    }
}
