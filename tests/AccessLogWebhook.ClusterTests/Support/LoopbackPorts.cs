using System.Net;
using System.Net.Sockets;

namespace AccessLogWebhook.ClusterTests.Support;

/// <summary>
/// Ports for servers that want to be told theirs. They lie below the range from which systems take the ports of outgoing
/// connections (Linux 32768, IANA 49152), so that a server that is restarted finds its own port still free.
/// </summary>
internal static class LoopbackPorts
{
    private const int First = 20_000;
    private const int Count = 12_000;

    // Test hosts that run side by side start at different places.
    private static int next = Environment.ProcessId * 16;

    public static int Take()
    {
        for (var tries = 0; tries < Count; tries++)
        {
            var port = First + ((Interlocked.Increment(ref next) & int.MaxValue) % Count);
            using var listener = new TcpListener(IPAddress.Loopback, port);
            try
            {
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Another server's: the next one then.
            }
        }

        throw new InvalidOperationException("No free port on the loopback address.");
    }
}
