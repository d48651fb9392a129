using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using AccessLogWebhook.Certificates;
using AccessLogWebhook.Cluster;
using AccessLogWebhook.Controllers;
using AccessLogWebhook.Issuance;
using AccessLogWebhook.Observability;
using AccessLogWebhook.Tests.Support;
using k8s;

namespace AccessLogWebhook.Tests.Issuance;

/// <summary>
/// The Secret and the two webhook configurations behind the wire, with resource versions as an API server keeps them, and a keeper that takes a step
/// when the test says so. A watch is answered at the next change.
/// </summary>
internal sealed class CertificateCluster : IAsyncDisposable
{
    public const string Secret = "accesslog-webhook-certificates";
    public const string Mutating = "mutatingwebhookconfigurations";
    public const string Validating = "validatingwebhookconfigurations";
    public const string Host = "accesslog-webhook.shop.svc";

    private readonly Lock gate = new();
    private readonly Dictionary<string, JsonObject> objects = [];
    private readonly List<(string Plural, FakeRequest Request)> watches = [];
    private readonly CancellationTokenSource stopping = new();
    private readonly FakeApiServer server;
    private readonly WebhookMetrics metrics = new();
    private int version = 100;

    private CertificateCluster(FakeApiServer server)
    {
        this.server = server;
        server.Others = new FakeCollection { Taker = Answer };
        Connection = new LiveConnection(new KubernetesClientConfiguration { Host = server.Address.ToString() });
        Objects = new LiveObjects(Connection, TestTime.Patience, TimeProvider.System);
        Time.SetUtcNow(TimeProvider.System.GetUtcNow());
        Leadership = new Leadership(Time.GetTimestamp(), TimeSpan.FromDays(20), Time, stopping.Token);
        Keeper = NewKeeper();
    }

    public static CertificateLifetimes Lifetimes { get; } = new();

    public IssuancePlace Place { get; } = new("shop");

    public LiveConnection Connection { get; }

    public LiveObjects Objects { get; }

    public TestTime Time { get; } = new();

    public Leadership Leadership { get; }

    public CertificateKeeper Keeper { get; private set; }

    public LogCollector<CertificateKeeper> Logs { get; } = new();

    /// <summary>What was written, <c>PATCH mutatingwebhookconfigurations</c>.</summary>
    public ConcurrentQueue<string> Writes { get; } = new();

    /// <summary>What an object cannot be asked for by, <c>GET secrets</c>.</summary>
    public string? Refused { get; set; }

    /// <summary>Is called when a write has come and nothing has been done about it yet.</summary>
    public Action<string> BeforeWrite { get; set; } = _ => { };

    public HeldCertificates Held
    {
        get
        {
            lock (gate)
            {
                return objects.TryGetValue("secrets", out var secret) ? CertificateSecret.Read(System.Text.Json.JsonElement.Parse(secret.ToJsonString())) : HeldCertificates.None;
            }
        }
    }

    public static async Task<CertificateCluster> StartAsync(bool withConfigurations = true)
    {
        var cluster = new CertificateCluster(await FakeApiServer.StartAsync());
        if (withConfigurations)
        {
            cluster.Put(Mutating, Configuration("inject.accesslog.mesh"));
            cluster.Put(Validating, Configuration("enforce.accesslog.mesh", "theirs.example.com", "warn.accesslog.mesh"));
        }

        return cluster;
    }

    public static string Configuration(params string[] webhooks) => new JsonObject
    {
        ["metadata"] = new JsonObject { ["name"] = "accesslog-webhook", ["uid"] = "u", ["labels"] = new JsonObject { ["app.kubernetes.io/name"] = "accesslog-webhook" } },
        ["webhooks"] = new JsonArray([.. webhooks.Select(name => new JsonObject
        {
            ["name"] = name,
            ["clientConfig"] = new JsonObject { ["service"] = new JsonObject { ["name"] = "accesslog-webhook", ["namespace"] = "shop" } },
        })]),
    }.ToJsonString();

    /// <summary>Another replica that has come to lead.</summary>
    public void Succeed() => Keeper = NewKeeper();

    /// <summary>Makes or changes an object, as somebody else would.</summary>
    public void Put(string plural, string @object)
    {
        lock (gate)
        {
            Save(plural, JsonNode.Parse(@object)!.AsObject());
        }
    }

    public void Change(string plural, Action<JsonObject> change)
    {
        lock (gate)
        {
            change(objects[plural]);
            Save(plural, objects[plural]);
        }
    }

    public void Remove(string plural)
    {
        lock (gate)
        {
            objects.Remove(plural);
            version++;
            Ring(plural);
        }
    }

    /// <summary>The <c>caBundle</c> of a webhook, as text.</summary>
    public string Bundle(string plural, int index = 0)
    {
        lock (gate)
        {
            return (string?)objects[plural]["webhooks"]![index]!["clientConfig"]!["caBundle"] is { } encoded ? Encoding.UTF8.GetString(Convert.FromBase64String(encoded)) : "";
        }
    }

    public void Overwrite(string plural, string bundle) => Change(plural, configuration =>
        configuration["webhooks"]![0]!["clientConfig"]!["caBundle"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(bundle)));

    /// <summary>Takes steps until there is nothing to do at once.</summary>
    public async Task<TimeSpan> SettleAsync()
    {
        for (var steps = 0; ; steps++)
        {
            Assert.True(steps < 10, "It does not come to rest.");
            if (await Keeper.StepAsync(Leadership).WaitAsync(TestTime.Patience) is var pause && pause > TimeSpan.Zero)
            {
                return pause;
            }
        }
    }

    public async Task<string> MetricsAsync()
    {
        using var output = new MemoryStream();
        await metrics.WriteAsync(output, CancellationToken.None);
        return Encoding.UTF8.GetString(output.ToArray());
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await server.DisposeAsync();
        Connection.Dispose();
        Leadership.Dispose();
        stopping.Dispose();
    }

    private CertificateKeeper NewKeeper() => new(Objects, Place, new CertificatePlan(Place.DnsNames, Lifetimes), metrics.Certificates, Time, Logs);

    private void Answer(FakeRequest request)
    {
        var parts = request.Path.Split('/');
        var isNamed = parts[^1] is Secret or "accesslog-webhook";
        var plural = isNamed ? parts[^2] : parts[^1];
        if (Refused == $"{request.Method} {plural}")
        {
            _ = request.RefuseAsync(403, "not allowed");
            return;
        }

        if (request.Method != "GET")
        {
            BeforeWrite(plural);
            Writes.Enqueue($"{request.Method} {plural}");
        }

        lock (gate)
        {
            if (request.IsWatch)
            {
                if (int.Parse(request.Query["resourceVersion"], System.Globalization.CultureInfo.InvariantCulture) < version)
                {
                    _ = RingAsync(request);
                }
                else
                {
                    watches.Add((plural, request));
                }

                return;
            }

            _ = request switch
            {
                { Method: "GET" } when !isNamed => request.ListAsync($"{version}", objects.TryGetValue(plural, out var one) ? [one.ToJsonString()] : []),
                { Method: "GET" } when objects.TryGetValue(plural, out var found) => request.AnswerAsync(200, found.ToJsonString()),
                { Method: "POST" } => objects.ContainsKey(plural) ? request.RefuseAsync(409) : Create(request, plural),
                { Method: "PATCH" } when objects.TryGetValue(plural, out var patched) => Patch(request, plural, patched),
                _ => request.RefuseAsync(404),
            };
        }
    }

    private Task Create(FakeRequest request, string plural)
    {
        var created = JsonNode.Parse(request.Body)!.AsObject();
        created["metadata"]!["uid"] = $"u-{version}";
        Save(plural, created);
        return request.AnswerAsync(201, created.ToJsonString());
    }

    private Task Patch(FakeRequest request, string plural, JsonObject before)
    {
        var after = before.DeepClone().AsObject();
        if (request.ContentType.StartsWith("application/json-patch+json", StringComparison.Ordinal))
        {
            foreach (var operation in JsonNode.Parse(request.Body)!.AsArray())
            {
                var parts = ((string)operation!["path"]!).Split('/')[1..];
                var parent = parts[..^1].Aggregate((JsonNode)after, (node, part) => node is JsonArray list ? list[int.Parse(part, System.Globalization.CultureInfo.InvariantCulture)]! : node[part]!);
                var isTest = (string)operation["op"]! == "test";
                if ((isTest || parts[^1] == "resourceVersion") && (string?)parent[parts[^1]] != (string?)operation["value"])
                {
                    return request.RefuseAsync(isTest ? 422 : 409);
                }

                parent[parts[^1]] = operation["value"]!.DeepClone();
            }
        }
        else
        {
            var patch = JsonNode.Parse(request.Body)!.AsObject();
            if ((string?)patch["metadata"]!["resourceVersion"] != (string?)before["metadata"]!["resourceVersion"])
            {
                return request.RefuseAsync(409);
            }

            Merge(after, patch);
        }

        Save(plural, after);
        return request.AnswerAsync(200, after.ToJsonString());
    }

    private static void Merge(JsonObject target, JsonObject patch)
    {
        foreach (var (name, value) in patch)
        {
            if (value is null)
            {
                target.Remove(name);
            }
            else if (value is JsonObject inner)
            {
                if (target[name] is not JsonObject)
                {
                    target[name] = new JsonObject();
                }

                Merge(target[name]!.AsObject(), inner);
            }
            else
            {
                target[name] = value.DeepClone();
            }
        }
    }

    private void Save(string plural, JsonObject saved)
    {
        objects[plural] = saved;
        saved["metadata"]!["resourceVersion"] = $"{++version}";
        Ring(plural);
    }

    private void Ring(string plural)
    {
        foreach (var watch in watches.Where(watch => watch.Plural == plural).ToList())
        {
            watches.Remove(watch);
            _ = RingAsync(watch.Request);
        }
    }

    private static async Task RingAsync(FakeRequest watch)
    {
        await watch.BeginAsync();
        await watch.SendAsync("MODIFIED", "{}");
    }
}
