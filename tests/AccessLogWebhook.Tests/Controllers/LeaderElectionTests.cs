using AccessLogWebhook.Tests.Support;

namespace AccessLogWebhook.Tests.Controllers;

/// <summary>One lease and its candidates, request by request.</summary>
public sealed class LeaderElectionTests : IAsyncLifetime
{
    private readonly LeaseStore store = new();
    private FakeApiServer[] servers = [];
    private ElectionReplica first = null!;

    public async ValueTask InitializeAsync()
    {
        servers = [await FakeApiServer.StartAsync(), await FakeApiServer.StartAsync()];
        first = await ElectionReplica.StartAsync(servers[0], "mesh", "first");
    }

    public async ValueTask DisposeAsync()
    {
        await first.DisposeAsync();
        foreach (var server in servers)
        {
            await server.DisposeAsync();
        }
    }

    [Fact]
    public async Task The_first_to_come_makes_the_lease_and_leads()
    {
        Assert.Equal("GET", first.Request!.Method);
        await ServeAsync(first, until: "GET");
        Assert.Equal("POST application/json", $"{first.Request!.Method} {first.Request.ContentType}");
        Assert.False(first.Leads);
        await ServeAsync(first);

        Assert.True(first.Leads);
        Assert.Equal(
            """{"holderIdentity":"first","leaseDurationSeconds":10,"acquireTime":"2000-01-01T00:00:00.000000Z","renewTime":"2000-01-01T00:00:00.000000Z","leaseTransitions":0}""",
            store.Spec.ToJsonString());
    }

    [Fact]
    public async Task A_leader_renews_every_two_seconds_by_one_request()
    {
        await LeadAsync(first);
        await first.PassPauseAsync();

        Assert.Equal("PATCH application/merge-patch+json", $"{first.Request!.Method} {first.Request.ContentType}");
        await ServeAsync(first);
        Assert.Null(first.Request);
        Assert.Equal("2000-01-01T00:00:02.000000Z", (string?)store.Spec["renewTime"]);
        Assert.Equal("2000-01-01T00:00:00.000000Z", (string?)store.Spec["acquireTime"]);
        Assert.Single(first.Terms);
    }

    [Fact]
    public async Task Another_waits_while_the_lease_is_renewed_and_takes_it_ten_seconds_after_it_was()
    {
        await LeadAsync(first);
        await using var second = await ElectionReplica.StartAsync(servers[1], "mesh", "second");
        await ServeAsync(second);
        await first.PassPauseAsync();
        await ServeAsync(first);
        await first.KillAsync();

        // What it has seen is renewed once more; from when it sees that, it waits for ten seconds.
        await second.PassPauseAsync();
        await ServeAsync(second);
        var saw = second.Clock.Passing;
        while (!second.Leads)
        {
            await second.PassPauseAsync();
            await ServeAsync(second, until: "GET");
            Assert.Equal(second.Clock.Passing - saw >= TimeSpan.FromSeconds(10), second.Request?.Method == "PATCH");
            if (second.Request is not null)
            {
                await ServeAsync(second);
            }
        }

        Assert.True(second.Clock.Passing - saw < TimeSpan.FromSeconds(12.5));
        Assert.Equal(("second", 1), (store.Holder, (int)store.Spec["leaseTransitions"]!));
        Assert.Contains("Information 6002: first leads, by lease mesh/lock", second.Logs.Lines);
    }

    [Fact]
    public async Task A_lease_that_is_given_back_is_taken_at_the_next_look()
    {
        await LeadAsync(first);
        await using var second = await ElectionReplica.StartAsync(servers[1], "mesh", "second");
        await ServeAsync(second);
        await first.StopAsync(store);
        Assert.Equal("", store.Holder);
        Assert.True(first.Terms.Single().Token.IsCancellationRequested);

        await second.PassPauseAsync();
        await ServeAsync(second);

        Assert.True(second.Leads);
    }

    [Fact]
    public async Task A_leader_that_cannot_renew_stops_seven_seconds_after_it_sent_the_last_renewal()
    {
        await LeadAsync(first);
        await first.PassPauseAsync();
        await first.PassAsync(TimeSpan.FromSeconds(1));
        await ServeAsync(first);

        // Sent at 2, answered at 3: it leads until 9.
        await first.PassPauseAsync();
        await first.DropAsync();
        await first.PassPauseAsync();
        await first.PassAsync(TimeSpan.FromSeconds(2.5));
        Assert.Equal(TimeSpan.FromSeconds(8.5), Since());
        await first.PassAsync(TimeSpan.FromSeconds(0.499));
        Assert.True(first.Leads && first.Terms[0].IsHeld);
        await first.PassAsync(TimeSpan.FromSeconds(0.001));

        Assert.False(first.Leads || first.Terms[0].IsHeld);
        Assert.Equal(TimeSpan.FromSeconds(9), Since());
        Assert.Equal("GET", first.Request!.Method);
    }

    [Fact]
    public async Task A_renewal_that_was_given_up_and_came_through_is_done_again()
    {
        await LeadAsync(first);
        await first.PassPauseAsync();
        store.Apply(first.Request!);
        await first.DropAsync();
        await first.PassPauseAsync();
        var methods = await ServeAsync(first);

        Assert.Equal("PATCH GET PATCH", methods);
        Assert.True(first.Leads);
        Assert.Single(first.Terms);
    }

    [Fact]
    public async Task What_others_write_on_the_lease_ends_nothing()
    {
        await LeadAsync(first);
        store.Annotate();
        await first.PassPauseAsync();

        Assert.Equal("PATCH GET PATCH", await ServeAsync(first));
        Assert.Single(first.Terms);
    }

    [Fact]
    public async Task A_lease_that_is_removed_removes_the_leader()
    {
        await LeadAsync(first);
        store.Remove();
        await first.PassPauseAsync();
        var term = first.Terms.Single();
        await ServeAsync(first);
        Assert.True(term.Token.IsCancellationRequested);

        Assert.InRange(await UntilMadeAnewAsync(first), TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(12.5));
        Assert.Equal(2, first.Terms.Count);
        Assert.Contains("Warning 6005: Lease mesh/lock has been removed; whoever held it may not know, so it is not made anew before 10 s have passed", first.Logs.Lines);
    }

    [Fact]
    public async Task A_lease_that_is_removed_is_not_made_anew_while_a_leader_may_not_know_that()
    {
        await LeadAsync(first);
        await using var second = await ElectionReplica.StartAsync(servers[1], "mesh", "second");
        await ServeAsync(second);
        store.Remove();

        // The first is cut off.
        for (var tenth = 0; tenth < 160 && !second.Leads; tenth++)
        {
            await first.PassAsync(TimeSpan.FromSeconds(0.1));
            await second.PassAsync(TimeSpan.FromSeconds(0.1));
            await ServeAsync(second);
            Assert.False(first.Leads && second.Leads, "two lead");
        }

        Assert.True(second.Leads);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_lease_is_given_back_where_the_end_meets_a_renewal(bool comesThrough)
    {
        await LeadAsync(first);
        await first.PassPauseAsync();
        Assert.Equal("PATCH", first.Request!.Method);
        if (comesThrough)
        {
            store.Apply(first.Request);
        }

        await first.StopAsync(store, amidRequest: true);

        Assert.Equal("", store.Holder);
    }

    [Fact]
    public async Task A_lease_is_given_back_where_the_end_meets_its_making()
    {
        await ServeAsync(first, until: "GET");
        Assert.Equal("POST", first.Request!.Method);
        store.Apply(first.Request);

        await first.StopAsync(store, amidRequest: true);

        Assert.Equal((true, ""), (store.Exists, store.Holder));
    }

    [Fact]
    public async Task A_lease_that_others_write_to_at_the_end_is_given_back_all_the_same()
    {
        await LeadAsync(first);
        store.Annotate();

        await first.StopAsync(store);

        Assert.Equal("", store.Holder);
    }

    [Fact]
    public async Task A_renewal_that_changes_nothing_at_the_server_proves_nothing()
    {
        await LeadAsync(first);
        await first.PassPauseAsync();
        var unchanged = (200, $$"""{"metadata":{"resourceVersion":"{{store.Version}}"},"spec":{"holderIdentity":"first"} }""");
        await first.AnswerAsync(unchanged);
        await first.PassAsync(TimeSpan.FromSeconds(1));
        await first.AnswerAsync(unchanged);
        await first.PassAsync(TimeSpan.FromSeconds(1));
        await first.AnswerAsync(unchanged);
        for (var second = 0; second < 3; second++)
        {
            await first.PassAsync(TimeSpan.FromSeconds(1));
            if (first.Request is not null)
            {
                await first.AnswerAsync(unchanged);
            }
        }

        Assert.True(first.Terms[0].Token.IsCancellationRequested);
    }

    [Fact]
    public async Task A_clock_that_is_set_back_does_not_make_two_renewals_the_same()
    {
        await LeadAsync(first);
        first.Clock.SetWallClock(TimeSpan.FromSeconds(-2));
        await first.PassPauseAsync();
        await ServeAsync(first);

        Assert.Equal("2000-01-01T00:00:00.000001Z", (string?)store.Spec["renewTime"]);
        Assert.Single(first.Terms);
    }

    [Fact]
    public async Task A_replica_that_does_not_see_the_cluster_hands_over_and_stays_away()
    {
        await LeadAsync(first);
        first.Fit = false;
        await first.PassPauseAsync();
        Assert.Equal("PATCH", await ServeAsync(first));
        Assert.Equal("", store.Holder);
        Assert.False(first.Leads);

        await first.PassPauseAsync();
        Assert.Null(first.Request);
        first.Fit = true;
        await first.PassPauseAsync();
        Assert.Equal("GET PATCH", await ServeAsync(first));
        Assert.True(first.Leads);
    }

    [Fact]
    public async Task What_is_in_the_way_of_the_lease_is_logged_once()
    {
        for (var attempt = 0; attempt < 3; attempt++)
        {
            await first.AnswerAsync((403, """{"message":"leases is forbidden"}"""));
            await first.PassPauseAsync();
        }

        await first.AnswerAsync((500, "{}"));

        Assert.Equal(
            [
                "Warning 6003: Lease mesh/lock cannot be had: the API server does not allow it (HTTP 403): leases is forbidden.",
                "Warning 6003: Lease mesh/lock cannot be had: the API server failed (HTTP 500).",
            ],
            first.Logs.Lines);
    }

    private async Task LeadAsync(ElectionReplica replica)
    {
        await ServeAsync(replica);
        Assert.True(replica.Leads);
    }

    /// <summary>Answers until it pauses, or past the first request of that method.</summary>
    private async Task<string> ServeAsync(ElectionReplica replica, string until = "")
    {
        var methods = new List<string>();
        while (replica.Request is { } request)
        {
            methods.Add(request.Method);
            await replica.AnswerAsync(store.Apply(request));
            if (request.Method == until)
            {
                break;
            }
        }

        return string.Join(' ', methods);
    }

    /// <returns>How long it took.</returns>
    private async Task<TimeSpan> UntilMadeAnewAsync(ElectionReplica replica)
    {
        for (var began = replica.Clock.Passing; ;)
        {
            await replica.PassPauseAsync();
            if (await ServeAsync(replica) == "GET POST")
            {
                return replica.Clock.Passing - began;
            }
        }
    }

    private TimeSpan Since() => first.Clock.Passing - first.Clock.Start;
}
