using AccessLogWebhook.Cluster;
using AccessLogWebhook.Hosting;
using AccessLogWebhook.Tests.Support;

namespace AccessLogWebhook.Tests.Hosting;

public sealed class FirstReadingTests
{
    [Fact]
    public async Task What_the_first_reading_took_is_given_back_once_the_caches_are_filled()
    {
        var time = new TestTime();
        var source = new FixedSource();
        CacheStatus filled = source.Caches[0];
        source.Caches = [filled with { Synced = false }];
        var collections = GC.CollectionCount(GC.MaxGeneration);
        var waiting = FirstReading.GiveBackAsync(source, time, CancellationToken.None);

        time.Advance(TimeSpan.FromSeconds(3));
        await Task.Yield();
        Assert.False(waiting.IsCompleted);

        source.Caches = [filled];
        time.Advance(TimeSpan.FromSeconds(1));
        await waiting.WaitAsync(TestTime.Patience);
        Assert.True(GC.CollectionCount(GC.MaxGeneration) > collections);
    }
}
