using AccessLogWebhook.Cluster;
using AccessLogWebhook.Observability;

namespace AccessLogWebhook.Controllers;

/// <summary>The one way by which controllers write: only while leading, and each write counted.</summary>
internal sealed class LeaderWrites(LiveObjects objects, ControllerMetrics metrics)
{
    /// <param name="operation">One word, the metrics' label.</param>
    /// <exception cref="OperationCanceledException">Leadership is lost; whether the write took effect is not known.</exception>
    public async Task<ObjectOutcome> DoAsync(
        string operation, Leadership leadership, Func<LiveObjects, CancellationToken, Task<ObjectOutcome>> write)
    {
        leadership.ThrowIfLost();
        var outcome = await write(objects, leadership.Token).ConfigureAwait(false);
        metrics.Wrote(operation, outcome.Result);
        return outcome;
    }
}
