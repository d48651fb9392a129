using AccessLogWebhook.Observability;
using Microsoft.AspNetCore.Connections;

namespace AccessLogWebhook.Hosting;

/// <summary>Closes the connections of a port that are more than its limit, before they cost a handshake.</summary>
/// <param name="port">As the metrics name it.</param>
internal sealed partial class ConnectionLimit(string port, int most, WebhookMetrics metrics, TimeProvider time, ILogger<ConnectionLimit> logger)
{
    private readonly LogAllowance allowance = new(burst: 5, perSecond: 1, metrics, time);
    private int open;

    public string Port => port;

    public int Open => Volatile.Read(ref open);

    public ConnectionDelegate Enforce(ConnectionDelegate next) => async connection =>
    {
        try
        {
            if (Interlocked.Increment(ref open) <= most)
            {
                await next(connection).ConfigureAwait(false);
                return;
            }
        }
        finally
        {
            Interlocked.Decrement(ref open);
        }

        metrics.ConnectionRefused(port, "TooMany");
        if (allowance.TryTake(out var before))
        {
            Log.Refused(logger, port, most, before);
        }

        connection.Abort();
    };

    private static partial class Log
    {
        [LoggerMessage(5010, LogLevel.Warning, "A connection to the port of {Port} was closed: {Most} are open ({Suppressed} lines like this one were not logged)")]
        public static partial void Refused(ILogger logger, string port, int most, long suppressed);
    }
}
