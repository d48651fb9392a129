using AccessLogWebhook.Configuration;
using AccessLogWebhook.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace AccessLogWebhook.Tests.Configuration;

public sealed class ConfigurationWatchTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();
    private readonly FakeTimeProvider time = new();
    private readonly LogCollector<ConfigurationWatch> log = new();
    private readonly List<WebhookOptions> changes = [];
    private readonly string path;
    private readonly ConfigurationWatch watch;

    public ConfigurationWatchTests()
    {
        path = directory.Write("c.yaml", "defaults: {inject: json}\n");
        watch = new ConfigurationWatch(path, changes.Add, time, log);
    }

    public void Dispose() => directory.Dispose();

    [Fact]
    public void The_first_reading_is_returned_and_not_called_back()
    {
        var reading = watch.LoadOnce();
        watch.Poll();
        watch.Poll();

        Assert.Equal("json", reading.Options!.Policy.Defaults.Inject);
        Assert.Empty(changes);
        Assert.Empty(log.Lines);
        Assert.Equal(time.GetUtcNow(), watch.State.AppliedAt);
    }

    [Fact]
    public void A_change_is_called_back_once_it_has_settled()
    {
        watch.LoadOnce();
        time.Advance(TimeSpan.FromSeconds(10));

        // An editor truncates first: the empty file is valid, and must not switch everything off for a second.
        directory.Write("c.yaml", "");
        watch.Poll();
        directory.Write("c.yaml", "defaults: {inject: text}\n");
        watch.Poll();
        Assert.Empty(changes);
        watch.Poll();
        watch.Poll();

        Assert.Equal("text", Assert.Single(changes).Policy.Defaults.Inject);
        Assert.Equal([$"Information 3000: Configuration file {path} has changed and is in force"], log.Lines);
        Assert.Equal(time.GetUtcNow(), watch.State.AppliedAt);
    }

    [Fact]
    public void A_faulty_change_is_logged_once_and_changes_nothing()
    {
        watch.LoadOnce();
        var appliedAt = watch.State.AppliedAt;
        time.Advance(TimeSpan.FromSeconds(10));

        directory.Write("c.yaml", "defaults: {inject: true}\n");
        for (var i = 0; i < 5; i++)
        {
            watch.Poll();
        }

        var error = $"{path}:1:20: defaults.inject: must be a profile's name or off; this is the switch true.";
        Assert.Empty(changes);
        Assert.Equal(
            [$"Error 3001: {error}", $"Error 3002: Configuration file {path} has 1 errors; the settings before them stay in force"], log.Lines);
        Assert.Equal((appliedAt, error), (watch.State.AppliedAt, Assert.Single(watch.State.Errors).ToString()));

        directory.Write("c.yaml", "defaults: {inject: json}\n");
        watch.Poll();
        watch.Poll();

        Assert.Single(changes);
        Assert.Empty(watch.State.Errors);
    }

    [Fact]
    public void A_file_that_goes_away_changes_nothing()
    {
        watch.LoadOnce();

        File.Delete(path);
        watch.Poll();
        watch.Poll();

        Assert.Empty(changes);
        Assert.Equal($"{path}: does not exist.", Assert.Single(watch.State.Errors).ToString());
    }

    [Fact]
    public async Task Running_follows_until_it_is_cancelled()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var changed = new TaskCompletionSource<WebhookOptions>(TaskCreationOptions.RunContinuationsAsynchronously);
        var followed = new ConfigurationWatch(path, options => changed.TrySetResult(options), time, log);
        followed.LoadOnce();

        var running = followed.RunAsync(stop.Token);
        directory.Write("c.yaml", "defaults: {audit: text}\n");
        while (!changed.Task.IsCompleted)
        {
            time.Advance(ConfigurationWatch.PollInterval);
            await Task.Yield();
        }

        Assert.Equal("text", (await changed.Task).Policy.Defaults.Audit);
        await stop.CancelAsync();
        await running;
    }
}
