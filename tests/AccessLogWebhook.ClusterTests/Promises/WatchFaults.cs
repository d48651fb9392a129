namespace AccessLogWebhook.ClusterTests.Promises;

/// <summary>What can become of what replicas read: by name, how it begins and how it ends.</summary>
internal static class WatchFaults
{
    public static IReadOnlyList<(string Name, Func<Task> Begin, Action End)> Of(FaultyApiServer faults) =>
    [
        ("watches cut", At(faults.CutWatches), Nothing),
        ("connections cut", At(faults.CutConnections), Nothing),
        ("watches slowed", At(() => faults.Slowing = TimeSpan.FromSeconds(1)), () => faults.Slowing = TimeSpan.Zero),
        ("garbage on watches", () => faults.SayAsync("\u0001{\"type\":\n"), Nothing),
        ("half an event, and the end", async () =>
        {
            await faults.SayAsync("{\"type\":\"MODIFIED\",\"object\":{\"metadata\":{\"name\":");
            faults.CutWatches();
        }, Nothing),
        ("410 on watches", () => faults.SayAsync("""{"type":"ERROR","object":{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"Expired","code":410}}""" + "\n"), Nothing),
        ("500 on watches", () => faults.SayAsync("""{"type":"ERROR","object":{"kind":"Status","apiVersion":"v1","status":"Failure","code":500}}""" + "\n"), Nothing),
        ("410 for all reads", At(() => Refuse(faults, new(410, "Expired"))), () => faults.Refusing = null),
        ("429 for all reads", At(() => Refuse(faults, new(429, "TooManyRequests", "1"))), () => faults.Refusing = null),
        ("503 for all reads", At(() => Refuse(faults, new(503, "ServiceUnavailable"))), () => faults.Refusing = null),
        ("401 for all reads", At(() => Refuse(faults, new(401, "Unauthorized"))), () => faults.Refusing = null),
        ("lists cut short", At(() => Garble(faults, """{"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"1"},"items":[""")), () => faults.Garbling = null),
        ("a page of HTML for all reads", At(() => Garble(faults, "<html><body>Please sign in</body></html>")), () => faults.Garbling = null),
    ];

    private static void Refuse(FaultyApiServer faults, FaultyApiServer.Refusal refusal)
    {
        faults.Refusing = refusal;
        faults.CutWatches();
    }

    private static void Garble(FaultyApiServer faults, string text)
    {
        faults.Garbling = text;
        faults.CutWatches();
    }

    private static Func<Task> At(Action action) => () =>
    {
        action();
        return Task.CompletedTask;
    };

    private static void Nothing()
    {
    }
}
