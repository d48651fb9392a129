using AccessLogWebhook.Tests.Support;
using CsCheck;

namespace AccessLogWebhook.Tests.Controllers;

/// <summary>
/// Two replicas over any schedule: requests that are slow, lost on the way there, lost on the way back or late beyond their deadline,
/// clocks that run at different speeds or are set, kills, a lease that others write to.
/// </summary>
public sealed class LeaderElectionProperties
{
    private static int schedules;

    [Fact]
    public async Task Two_never_lead_at_once_and_one_leads_in_the_end()
    {
        await using var first = await FakeApiServer.StartAsync();
        await using var second = await FakeApiServer.StartAsync();
        var terms = 0;

        await Gen.Select(Gen.Int[100, 130], Gen.Int[100, 130], Gen.Select(Gen.Int[0, 99], Gen.Int[1, 30]).Array[20, 160])
            .SampleAsync(
                async (slow, fast, steps) => Interlocked.Add(ref terms, await RunAsync([first, second], [slow / 100.0, fast / 100.0], steps)), iter: 120, threads: 1);

        Assert.True(terms > 100, $"only {terms} terms: the schedules prove little");
    }

    private static async Task<int> RunAsync(FakeApiServer[] servers, double[] speeds, (int What, int Much)[] steps)
    {
        var space = $"s{Interlocked.Increment(ref schedules)}";
        var schedule = new ElectionSchedule(servers, space);
        await schedule.StartAsync();
        try
        {
            foreach (var (what, much) in steps)
            {
                await schedule.StepAsync(what, much, speeds);
                Assert.True(schedule.Leaders <= 1, "two lead");
            }

            await schedule.HealAsync();
            Assert.Equal(1, schedule.Leaders);
            return schedule.Terms;
        }
        finally
        {
            await schedule.DisposeAsync();
        }
    }
}
