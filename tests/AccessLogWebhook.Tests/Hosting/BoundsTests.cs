using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using AccessLogWebhook.Cluster;
using AccessLogWebhook.Hosting;
using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Tests.Support;

namespace AccessLogWebhook.Tests.Hosting;

/// <summary>What a client may cost: whoever is slow is cut off, whoever is too much is turned away, and others do not notice.</summary>
public sealed class BoundsTests
{
    private static readonly byte[] Review = Encoding.UTF8.GetBytes(Reviews.Of("""{"metadata":{"name":"api"}}"""));

    private static readonly MeshSnapshot Mesh = MeshSnapshot.Empty with
    {
        Namespaces = MeshSnapshot.Empty.Namespaces
            .Add("shop", new NamespaceFacts("shop", LabelSet.Empty))
            .Add("strict", new NamespaceFacts("strict", LabelSet.Of(("accesslog.mesh/enforce", "json")))),
    };

    [Fact]
    public async Task Headers_that_come_a_byte_at_a_time_are_cut_off()
    {
        await using var webhook = await RunningWebhook.StartAsync(Mesh, serving: new ServingOptions { HeadersWithin = TimeSpan.FromSeconds(1) });
        await using var slow = await OpenAsync(webhook);
        await slow.SendAsync("POST /mutate HTTP/1.1\r\nHost: webhook\r\nX-Slow: ");

        var answer = await DribbleAsync(slow);

        Assert.True(answer.Length == 0 || answer.StartsWith("HTTP/1.1 408 ", StringComparison.Ordinal), answer);
        Assert.Equal(200, (await webhook.PostAsync("/mutate", Review)).Status);
    }

    [Fact]
    public async Task A_body_that_comes_a_byte_at_a_time_is_cut_off_however_long_the_request_may_take()
    {
        await using var webhook = await RunningWebhook.StartAsync(Mesh);
        await using var slow = await OpenAsync(webhook);
        await slow.SendAsync("POST /mutate?timeout=30s HTTP/1.1\r\nHost: webhook\r\nContent-Type: application/json\r\nContent-Length: 8192\r\n\r\n");

        var answer = await DribbleAsync(slow);

        Assert.StartsWith("HTTP/1.1 408 ", answer, StringComparison.Ordinal);
        Assert.Equal(200, (await webhook.PostAsync("/mutate", Review)).Status);
    }

    [Fact]
    public async Task A_handshake_that_does_not_come_is_cut_off()
    {
        await using var webhook = await RunningWebhook.StartAsync(Mesh, serving: new ServingOptions { HandshakeWithin = TimeSpan.FromSeconds(1) });
        using var silent = new TcpClient();
        await silent.ConnectAsync(webhook.Https.BaseAddress!.Host, webhook.Https.BaseAddress.Port);

        Assert.Equal(0, await EndAsync(silent));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Noise_ends_its_connection_and_nothing_else(bool reviews)
    {
        await using var webhook = await RunningWebhook.StartAsync(Mesh);
        var server = (reviews ? webhook.Https : webhook.Http).BaseAddress!;
        using var noisy = new TcpClient();
        await noisy.ConnectAsync(server.Host, server.Port);
        await noisy.GetStream().WriteAsync("\0\u0001\u0002 GET nonsense\r\n\r\n"u8.ToArray());

        await EndAsync(noisy);

        Assert.Equal(200, (await webhook.PostAsync("/mutate", Review)).Status);
        Assert.Equal(200, (await webhook.GetAsync("/healthz")).Status);
        Assert.DoesNotContain(webhook.Logs.Lines, line => line.StartsWith("Error", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("/mutate?", 5_000, 0, 414)]
    [InlineData("/mutate", 0, 70, 431)]
    [InlineData("/mutate", 17_000, 1, 431)]
    public async Task Headers_beyond_what_an_API_server_sends_are_refused(string path, int length, int headers, int status)
    {
        await using var webhook = await RunningWebhook.StartAsync(Mesh);
        await using var connection = await OpenAsync(webhook);
        var padding = new string('x', length);
        var lines = string.Concat(Enumerable.Range(0, headers).Select(index => $"X-{index}: {padding}\r\n"));

        await connection.SendAsync($"POST {path}{(headers == 0 ? padding : "")} HTTP/1.1\r\nHost: webhook\r\n{lines}\r\n");

        Assert.StartsWith($"HTTP/1.1 {status} ", await connection.ReceiveToEndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reviews_beyond_what_is_answered_at_once_are_turned_away_before_their_bodies_are_read()
    {
        var release = new TaskCompletionSource<NamespaceLookup>(TaskCreationOptions.RunContinuationsAsynchronously);
        var asked = new SemaphoreSlim(0);
        var source = new FixedSource
        {
            LookUp = (_, _) =>
            {
                asked.Release();
                return release.Task;
            },
        };
        await using var webhook = await RunningWebhook.StartAsync(source: source, serving: new ServingOptions { MaxInFlight = 2 });
        var answered = Enumerable.Range(0, 2).Select(_ => webhook.PostAsync("/mutate?timeout=30s", Review)).ToArray();
        await asked.WaitAsync(TestTime.Patience);
        await asked.WaitAsync(TestTime.Patience);

        await using (var connection = await OpenAsync(webhook))
        {
            await connection.SendAsync("POST /validate HTTP/1.1\r\nHost: webhook\r\nContent-Type: application/json\r\nContent-Length: 8192\r\n\r\n");
            Assert.StartsWith("HTTP/1.1 429 ", Encoding.ASCII.GetString((await connection.ReceiveAsync()).Span), StringComparison.Ordinal);
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, "/validate")
        {
            Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact, Content = new NeverSent(),
        };
        using (var refused = await webhook.Https.SendAsync(request).WaitAsync(TestTime.Patience))
        {
            Assert.Equal(
                (429, "1", "As many reviews as are taken on at once are being answered.\n"),
                ((int)refused.StatusCode, refused.Headers.RetryAfter?.ToString(), await refused.Content.ReadAsStringAsync()));
        }

        var metrics = (await webhook.GetAsync("/metrics")).Body;
        Assert.Contains(
            "accesslog_reviews_total{endpoint=\"validate\",kind=\"unknown\",operation=\"unknown\",decision=\"shed\",reason=\"TooManyRequests\",dry_run=\"false\"} 2\n", metrics, StringComparison.Ordinal);
        Assert.Contains("accesslog_reviews_in_flight 2\n", metrics, StringComparison.Ordinal);

        release.SetResult(new NamespaceLookup.Unavailable("it does not exist."));
        Assert.All(await Task.WhenAll(answered), answer => Assert.Equal(200, answer.Status));
        Assert.Equal(200, (await webhook.PostAsync("/validate", Review)).Status);
    }

    [Fact]
    public async Task Bodies_beyond_the_memory_for_them_are_turned_away_and_leave_it_as_it_was()
    {
        await using var webhook = await RunningWebhook.StartAsync(Mesh, serving: new ServingOptions { MaxBodyBytesInFlight = 256 * 1024 });
        var large = new byte[1024 * 1024];
        Array.Fill(large, (byte)' ');

        for (var times = 0; times < 4; times++)
        {
            Assert.Equal(
                new Answer(429, "text/plain; charset=utf-8", "The bodies of the reviews that are being answered take all the memory that is for them.\n"),
                await webhook.PostAsync("/mutate", large));
            Assert.Equal(200, (await webhook.PostAsync("/mutate", Review)).Status);
        }

        Assert.Contains("reason=\"TooManyBytes\",dry_run=\"false\"} 4\n", (await webhook.GetAsync("/metrics")).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_length_that_is_announced_and_not_sent_costs_no_memory()
    {
        // Room for a few bodies as they begin, and for none that is as long as all of these say they are.
        await using var webhook = await RunningWebhook.StartAsync(Mesh, serving: new ServingOptions { MaxBodyBytesInFlight = 512 * 1024 });
        var waiting = new List<RawConnection>();
        for (var index = 0; index < 4; index++)
        {
            var connection = await OpenAsync(webhook);
            waiting.Add(connection);
            await connection.SendAsync("POST /mutate HTTP/1.1\r\nHost: webhook\r\nContent-Type: application/json\r\nContent-Length: 7000000\r\n\r\n");
        }

        await UntilAsync(async () => (await webhook.GetAsync("/metrics")).Body.Contains("accesslog_reviews_in_flight 4\n", StringComparison.Ordinal));
        Assert.Equal(200, (await webhook.PostAsync("/mutate", Review)).Status);
        foreach (var connection in waiting)
        {
            await connection.DisposeAsync();
        }
    }

    [Fact]
    public async Task Connections_beyond_the_limit_are_closed_and_the_other_port_is_as_it_was()
    {
        await using var webhook = await RunningWebhook.StartAsync(Mesh, serving: new ServingOptions { MaxConnections = 2 });
        var first = await OpenAsync(webhook);
        await using var second = await OpenAsync(webhook);

        Assert.True(await Record.ExceptionAsync(() => OpenAsync(webhook)) is IOException or SocketException);
        Assert.Equal(200, (await webhook.GetAsync("/readyz")).Status);
        var metrics = (await webhook.GetAsync("/metrics")).Body;
        Assert.Contains("accesslog_connections{port=\"https\"} 2\n", metrics, StringComparison.Ordinal);
        Assert.Contains("accesslog_connections_refused_total{port=\"https\",reason=\"TooMany\"} 1\n", metrics, StringComparison.Ordinal);
        Assert.Single(webhook.Logs.Lines, line => line.StartsWith("Warning 5010: ", StringComparison.Ordinal));

        await first.DisposeAsync();
        await UntilAsync(async () => (await webhook.GetAsync("/metrics")).Body.Contains("accesslog_connections{port=\"https\"} 1\n", StringComparison.Ordinal));
        Assert.Equal(200, (await webhook.PostAsync("/mutate", Review)).Status);
    }

    [Fact]
    public async Task A_thousand_idle_connections_leave_others_as_they_were()
    {
        await using var webhook = await RunningWebhook.StartAsync(Mesh);
        var idle = new List<RawConnection>();
        using var silent = new Sockets();
        for (var index = 0; index < 200; index++)
        {
            idle.Add(await OpenAsync(webhook));
        }

        for (var index = 0; index < 800; index++)
        {
            await silent.ConnectAsync(webhook.Https.BaseAddress!);
        }

        Assert.Equal(200, (await webhook.PostAsync("/mutate", Review)).Status);
        Assert.Equal(200, (await webhook.GetAsync("/readyz")).Status);
        // And they are still served.
        await idle[0].SendAsync(RawConnection.Request("/mutate", Review));
        Assert.StartsWith("HTTP/1.1 200 ", Encoding.ASCII.GetString((await idle[0].ReceiveAsync()).Span), StringComparison.Ordinal);
        foreach (var connection in idle)
        {
            await connection.DisposeAsync();
        }
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task No_answer_is_another_request_s(string version)
    {
        await using var webhook = await RunningWebhook.StartAsync(Mesh);

        await Task.WhenAll(Enumerable.Range(0, 64).Select(client => Task.Run(async () =>
        {
            for (var number = 0; number < 20; number++)
            {
                // From what fits into one packet to what must be read in many pieces, and every other one is refused with its name.
                var (uid, name) = ($"uid-{client}-{number}", $"pod-{client}-{number}");
                var padding = new string('x', (client * 7919 + number * 104_729) % 60_000);
                var review = Reviews.Of($$$"""{"metadata":{"name":"{{{name}}}","annotations":{"padding":"{{{padding}}}"} } }""", @namespace: number % 2 == 0 ? "strict" : "shop")
                    .Replace("0df28fbd-5f5f-11e8-bc74-36e6bb280816", uid, StringComparison.Ordinal);
                using var request = new HttpRequestMessage(HttpMethod.Post, "/validate")
                {
                    Version = new Version(version),
                    VersionPolicy = HttpVersionPolicy.RequestVersionExact,
                    Content = new StringContent(review, Encoding.UTF8, "application/json"),
                };
                using var answer = await webhook.Https.SendAsync(request);
                using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
                var response = json.RootElement.GetProperty("response");
                Assert.Equal((uid, number % 2 != 0), (response.GetProperty("uid").GetString(), response.GetProperty("allowed").GetBoolean()));
                if (number % 2 == 0)
                {
                    Assert.Contains($"Pod strict/{name} ", response.GetProperty("status").GetProperty("message").GetString(), StringComparison.Ordinal);
                }
            }
        })));
    }

    [Fact]
    public async Task A_flood_of_bad_requests_does_not_flood_the_log()
    {
        var time = new TestTime();
        await using var webhook = await RunningWebhook.StartAsync(Mesh, time: time);
        for (var index = 0; index < 300; index++)
        {
            await webhook.PostAsync("/mutate", "{");
        }

        Assert.Equal(20, Complaints(webhook).Count);
        Assert.Contains("accesslog_log_lines_suppressed_total 280\n", (await webhook.GetAsync("/metrics")).Body, StringComparison.Ordinal);

        time.Advance(TimeSpan.FromSeconds(1));
        await webhook.PostAsync("/mutate", "{");
        Assert.Equal("Warning 1006: 280 lines like the next one were not logged: there were too many", Complaints(webhook)[20]);
        Assert.Equal(22, Complaints(webhook).Count);
    }

    [Fact]
    public async Task Nothing_on_the_port_of_health_and_metrics_names_an_object()
    {
        await using var webhook = await RunningWebhook.StartAsync(Mesh);
        await webhook.PostAsync("/validate", Reviews.Of("""{"metadata":{"name":"secretive"}}""", @namespace: "strict", username: "mallory"));
        await webhook.PostAsync("/mutate", Reviews.Of("""{"metadata":{"name":"secretive"}}""", @namespace: "hidden"));

        foreach (var path in new[] { "/metrics", "/readyz", "/healthz", "/", "/mutate" })
        {
            var answer = (await webhook.GetAsync(path)).Body;
            Assert.All(["secretive", "mallory", "strict", "hidden", "shop"], name => Assert.DoesNotContain(name, answer, StringComparison.Ordinal));
        }
    }

    private static List<string> Complaints(RunningWebhook webhook) => [.. webhook.Logs.Lines.Where(line => line.StartsWith("Warning 100", StringComparison.Ordinal))];

    private static Task<RawConnection> OpenAsync(RunningWebhook webhook) => RawConnection.OpenAsync(webhook.Https.BaseAddress!, webhook.Authority.Certificate);

    /// <summary>Sends a byte now and then, for as long as the server lets it.</summary>
    /// <returns>What the server had to say.</returns>
    private static async Task<string> DribbleAsync(RawConnection slow)
    {
        var answer = slow.ReceiveToEndAsync();
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        while (!answer.IsCompleted && await pause.WaitForNextTickAsync())
        {
            try
            {
                await slow.SendAsync("x");
            }
            catch (IOException)
            {
                break;
            }
        }

        return await answer;
    }

    /// <summary>Waits for the other side to end a connection.</summary>
    /// <returns>How many bytes came before.</returns>
    private static async Task<int> EndAsync(TcpClient client)
    {
        using var patience = new CancellationTokenSource(TestTime.Patience);
        var (buffer, sum) = (new byte[1024], 0);
        try
        {
            while (await client.GetStream().ReadAsync(buffer, patience.Token) is > 0 and var read)
            {
                sum += read;
            }
        }
        catch (IOException)
        {
        }

        return sum;
    }

    private static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        for (var patience = Stopwatch.StartNew(); !await isSo(); await tick.WaitForNextTickAsync())
        {
            Assert.True(patience.Elapsed < TestTime.Patience, "it did not come about");
        }
    }

    /// <summary>A body that is announced, and whose first byte never comes.</summary>
    private sealed class NeverSent : HttpContent
    {
        public NeverSent() => Headers.ContentType = new("application/json");

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, default);

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            await stream.FlushAsync(cancellationToken);
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 8192;
            return true;
        }
    }

    /// <summary>Connections on which nothing is said.</summary>
    private sealed class Sockets : IDisposable
    {
        private readonly List<TcpClient> open = [];

        public async Task ConnectAsync(Uri server)
        {
            var client = new TcpClient();
            open.Add(client);
            await client.ConnectAsync(server.Host, server.Port);
        }

        public void Dispose()
        {
            foreach (var client in open)
            {
                client.Dispose();
            }
        }
    }
}
