using AccessLogWebhook.Tests.Support;

namespace AccessLogWebhook.Tests.Controllers;

/// <summary>Two replicas at one lease, and what may happen to them. A replica that is killed is started again under another name.</summary>
internal sealed class ElectionSchedule(FakeApiServer[] servers, string @namespace) : IAsyncDisposable
{
    private readonly LeaseStore store = new();
    private readonly List<ElectionReplica> all = [];
    private readonly ElectionReplica[] current = new ElectionReplica[2];

    // What the server has made of the request that a replica waits on, and not said.
    private readonly (int Code, string Body)?[] unsaid = new (int Code, string Body)?[2];

    // Requests that were given up and that the server has not got to.
    private readonly List<FakeRequest> underway = [];

    // Which replicas have seen the lease that there is: only they can know that it was removed.
    private readonly bool[] know = new bool[2];

    private bool isRemoved;
    private int stepsTaken;

    public int Leaders => current.Count(replica => replica.Leads);

    public int Terms => all.Sum(replica => replica.Terms.Count);

    public async Task StartAsync()
    {
        await StartAsync(0);
        await StartAsync(1);
    }

    public async Task StepAsync(int what, int much, double[] speeds)
    {
        // For a while all is left to chance, and then one is served promptly and the other not at all: its leadership runs out.
        var who = (stepsTaken / 20 % 3) switch { 0 => much % 2, 1 => 0, _ => 1 };
        if (stepsTaken++ / 20 % 3 > 0 && what < 80)
        {
            await PassAsync(TimeSpan.FromSeconds(much / 15.0), speeds);
            await ServeAsync(who);
            return;
        }

        switch (what)
        {
            case < 40:
                await PassAsync(TimeSpan.FromSeconds(much / 10.0), speeds);
                break;
            case < 60:
                Process(who);
                break;
            case < 85:
                Process(who);
                await AnswerAsync(who);
                break;
            case < 90 when current[who].Request is { } request:
                if (unsaid[who] is null)
                {
                    underway.Add(request);
                }

                unsaid[who] = null;
                await current[who].DropAsync();
                break;
            case < 93 when underway.Count > 0:
                store.Apply(underway[0]);
                underway.RemoveAt(0);
                break;
            case < 95:
                current[who].Clock.SetWallClock(TimeSpan.FromSeconds(much - 15) * 10);
                break;
            case < 97 when store.Exists:
                store.Annotate();
                break;
            case < 98:
                current[who].Fit = !current[who].Fit;
                break;
            // What starts while there is no lease cannot know that there was one, and makes it.
            case 98 when !isRemoved:
                await KillAsync(who);
                break;
            case 99 when store.Exists && know[0] && know[1]:
                store.Remove();
                isRemoved = true;
                Array.Clear(know);
                break;
        }
    }

    /// <summary>Everything is answered at once for long enough that somebody must lead.</summary>
    public async Task HealAsync()
    {
        foreach (var replica in current)
        {
            replica.Fit = true;
        }

        for (var second = 0; second < 25; second++)
        {
            await ServeAsync(0);
            await ServeAsync(1);
            await PassAsync(TimeSpan.FromSeconds(1), [1, 1]);
            Assert.True(Leaders <= 1, "two lead");
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var replica in all)
        {
            await replica.DisposeAsync();
        }
    }

    private async Task StartAsync(int who)
    {
        know[who] = false;
        current[who] = await ElectionReplica.StartAsync(servers[who], @namespace, $"replica-{all.Count}");
        all.Add(current[who]);
    }

    private async Task PassAsync(TimeSpan time, double[] speeds)
    {
        for (var who = 0; who < 2; who++)
        {
            var waiting = current[who].Request;
            await current[who].PassAsync(time * speeds[who]);
            if (waiting is not null && current[who].Request != waiting)
            {
                // It was given up for want of an answer; the server may still get to it.
                if (unsaid[who] is null)
                {
                    underway.Add(waiting);
                }

                unsaid[who] = null;
            }
        }
    }

    private async Task ServeAsync(int who)
    {
        while (current[who].Request is not null)
        {
            Process(who);
            await AnswerAsync(who);
            Assert.True(Leaders <= 1, "two lead");
        }
    }

    private void Process(int who)
    {
        if (current[who].Request is { } request)
        {
            unsaid[who] ??= store.Apply(request);
        }
    }

    private async Task AnswerAsync(int who)
    {
        if (unsaid[who] is { } answer)
        {
            unsaid[who] = null;
            know[who] |= answer.Code == 200;
            isRemoved &= !store.Exists;
            await current[who].AnswerAsync(answer);
        }
    }

    private async Task KillAsync(int who)
    {
        if (current[who].Request is { } request && unsaid[who] is null)
        {
            underway.Add(request);
        }

        unsaid[who] = null;
        await current[who].KillAsync();

        // Its paths are the next one's from here on.
        await StartAsync(who);
    }
}
