namespace AccessLogWebhook.ClusterTests.Support;

/// <summary>
/// Waits for what another process brings about at a time that nobody announces: asks again every 25 ms until it holds or the
/// deadline has passed, which is a failure that says what was awaited.
/// </summary>
public static class Eventually
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(25);

    /// <summary>Long for a server on this machine, so that only a fault reaches it, even where all cores are busy.</summary>
    private static readonly TimeSpan DefaultDeadline = TimeSpan.FromSeconds(60);

    public static async Task HoldsAsync(string what, Func<Task<bool>> holds, TimeSpan? within = null) =>
        await ValueAsync<object>(what, async () => await holds() ? what : null, within);

    /// <summary>The first answer that is not null. A connection that fails counts as no answer yet.</summary>
    public static async Task<T> ValueAsync<T>(string what, Func<Task<T?>> ask, TimeSpan? within = null)
        where T : class
    {
        var deadline = within ?? DefaultDeadline;
        var start = TimeProvider.System.GetTimestamp();
        using var timer = new PeriodicTimer(Interval, TimeProvider.System);
        HttpRequestException? failure = null;
        do
        {
            try
            {
                if (await ask() is { } value)
                {
                    return value;
                }

                failure = null;
            }
            catch (HttpRequestException exception)
            {
                failure = exception;
            }
        }
        while (TimeProvider.System.GetElapsedTime(start) < deadline
            && await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken));

        throw new TimeoutException($"Not within {deadline.TotalSeconds:0.#} s: {what}.", failure);
    }
}
