using AccessLogWebhook.Admission;

namespace AccessLogWebhook.Tests.Admission;

public sealed class AdmissionCapacityTests
{
    private const long Mebibyte = 1024 * 1024;

    [Theory]
    [InlineData(32, 24)]
    [InlineData(384, 96)]
    [InlineData(64 * 1024, 256)]
    public void Bodies_may_take_a_quarter_of_the_memory_but_enough_for_the_largest(long memory, long bodies) =>
        Assert.Equal(bodies * Mebibyte, AdmissionCapacity.BodyBytesOf(memory * Mebibyte));

    [Fact]
    public void What_is_turned_away_takes_no_room()
    {
        var capacity = new AdmissionCapacity(mostRequests: 1, mostBodyBytes: 100);
        Assert.True(capacity.TryEnter());
        Assert.False(capacity.TryEnter());
        Assert.False(capacity.TryEnter());
        Assert.Equal(1, capacity.Requests);
        Assert.True(capacity.TryHold(60));
        Assert.False(capacity.TryHold(60));
        Assert.True(capacity.TryHold(40));

        capacity.Leave();
        capacity.Release(60);
        Assert.True(capacity.TryEnter());
        Assert.True(capacity.TryHold(60));
    }

    [Fact]
    public async Task As_many_as_there_is_room_for_are_in_whoever_comes_at_once()
    {
        var capacity = new AdmissionCapacity(mostRequests: 8, mostBodyBytes: 0);
        var (inside, most) = (0, 0);
        await Task.WhenAll(Enumerable.Range(0, 32).Select(_ => Task.Run(() =>
        {
            for (var times = 0; times < 2_000; times++)
            {
                if (!capacity.TryEnter())
                {
                    continue;
                }

                var now = Interlocked.Increment(ref inside);
                int seen;
                while ((seen = Volatile.Read(ref most)) < now && Interlocked.CompareExchange(ref most, now, seen) != seen)
                {
                }

                Interlocked.Decrement(ref inside);
                capacity.Leave();
            }
        })));

        Assert.InRange(most, 1, 8);
        Assert.Equal(0, capacity.Requests);
    }
}
