using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;

namespace AccessLogWebhook.ClusterTests.Support;

/// <summary>
/// What kube-proxy is to a Service: connections to one port go to the replicas in turn, and past one that takes none. To the API server it is
/// a Service of type ExternalName, so that certificates are verified by the Service's own name.
/// </summary>
public sealed class ServiceBalancer : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stopping = new();
    private readonly Task accepting;
    private ImmutableArray<Uri> replicas = [];
    private int accepted;

    public ServiceBalancer()
    {
        listener.Start();
        Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        accepting = AcceptAsync();
    }

    public int Port { get; }

    /// <summary>
    /// Whether a connection that a replica does not take goes to the next. kube-proxy does not: until it is told that a replica is gone, it sends it its share.
    /// </summary>
    public bool PassesOver { get; set; } = true;

    /// <summary>How many connections have come, each a handshake.</summary>
    public int Accepted => Volatile.Read(ref accepted);

    /// <summary>Where new connections go from now on.</summary>
    public void Use(params IEnumerable<WebhookProcess> webhooks) => replicas = [.. webhooks.Select(webhook => webhook.Endpoint.Https)];

    /// <summary>Makes the Service by which the API server comes here.</summary>
    public static async Task CreateServiceAsync(ControlPlane plane, string @namespace, string name) => (await plane.Admin.PostAsync(
        $"/api/v1/namespaces/{@namespace}/services",
        $$$"""{"metadata":{"name":"{{{name}}}"},"spec":{"type":"ExternalName","externalName":"localhost"}}""")).Successful();

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        listener.Stop();
        await accepting;
        stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                var client = await listener.AcceptTcpClientAsync(stopping.Token);
                _ = ServeAsync(client, Interlocked.Increment(ref accepted));
            }
            catch (Exception ended) when (ended is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(TcpClient client, int turn)
    {
        using (client)
        {
            client.NoDelay = true;
            var candidates = replicas;
            for (var attempt = 0; attempt < candidates.Length; attempt++)
            {
                using var replica = new TcpClient { NoDelay = true };
                try
                {
                    var address = candidates[(turn + attempt) % candidates.Length];
                    await replica.ConnectAsync(address.Host, address.Port, stopping.Token);
                }
                catch (SocketException) when (PassesOver)
                {
                    continue;
                }
                catch (SocketException)
                {
                    return;
                }

                await Task.WhenAny(CopyAsync(client, replica), CopyAsync(replica, client));
                return;
            }
        }
    }

    private async Task CopyAsync(TcpClient from, TcpClient to)
    {
        try
        {
            await from.GetStream().CopyToAsync(to.GetStream(), stopping.Token);
        }
        catch (Exception ended) when (ended is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // One side has gone; the other goes with it.
        }
    }
}
