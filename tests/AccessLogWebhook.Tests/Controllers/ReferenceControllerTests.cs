using System.Text.Json.Nodes;
using AccessLogWebhook.Tests.Support;

namespace AccessLogWebhook.Tests.Controllers;

/// <summary>What the controller writes, in which order, and when it does not: request by request.</summary>
public sealed class ReferenceControllerTests : IAsyncLifetime
{
    private const string Unguarded = "";

    private ControlledCluster cluster = null!;

    public async ValueTask InitializeAsync() => cluster = await ControlledCluster.StartAsync();

    public ValueTask DisposeAsync() => cluster.DisposeAsync();

    [Fact]
    public async Task Where_all_is_as_it_should_be_nothing_is_written()
    {
        cluster.Lead();

        Assert.Equal(TimeSpan.FromSeconds(60), await cluster.IdleAsync());
        Assert.Contains("accesslog_reconcile_duration_seconds_count 1\n", await cluster.MetricsAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_new_profile_gets_its_finalizer_then_its_reference_and_then_its_status()
    {
        var profile = ControlledCluster.Profile("team", metadata: Unguarded);
        var reference = ControlledCluster.ReferenceOf(profile);
        cluster.Put("accesslogprofiles", profile);
        cluster.Lead();

        await (await cluster.NextAsync("GET accesslogprofiles/team")).AnswerAsync(200, profile);
        var finalizer = await cluster.NextAsync("PATCH accesslogprofiles/team");
        Assert.Contains("\"finalizers\":[\"accesslog.mesh/in-use\"]", finalizer.Body, StringComparison.Ordinal);
        await finalizer.AnswerAsync(200, profile);
        var apply = await cluster.NextAsync($"PATCH envoyfilters/{reference.Key.Name}");
        Assert.Equal(reference.ToManifest().ToJsonString(), JsonNode.Parse(apply.Body)!.ToJsonString());
        await ControlledCluster.AnswerAppliedAsync(apply, "101");
        Assert.Equal($"Normal Rendered: EnvoyFilter {reference.Key} is in place.", await cluster.EventAsync());
        var status = await cluster.NextAsync("PATCH accesslogprofiles/team/status");
        Assert.Equal(reference.Labels["accesslog.mesh/revision"], (string?)JsonNode.Parse(status.Body)!["status"]!["revision"]);
        await status.AnswerAsync(200, profile);

        Assert.Equal(TimeSpan.FromSeconds(60), await cluster.IdleAsync());
        Assert.Contains("""accesslog_reference_operations_total{operation="apply",result="done"} 1""", await cluster.MetricsAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_written_is_not_written_again_before_the_cache_has_it()
    {
        var profile = ControlledCluster.Profile("team");
        await CreateAsync(profile);

        // Pods come; of the new reference and the status the cache knows nothing yet.
        cluster.Put("pods", Pod("other", "team", "0"));
        await cluster.SettleAsync();
        Assert.InRange(await cluster.IdleAsync(), TimeSpan.FromSeconds(9), TimeSpan.FromSeconds(10));

        // Now it does: of its own, of the reference, and of a status that counts the Pod not yet.
        cluster.Put("envoyfilters", ControlledCluster.Stored(ControlledCluster.ReferenceOf(profile), "u-applied", "101"));
        cluster.CachesAreAt("102");
        await cluster.SettleAsync();
        await (await cluster.NextAsync("PATCH accesslogprofiles/team/status")).AnswerAsync(200, profile);
        await cluster.IdleAsync();
    }

    [Fact]
    public async Task What_the_cache_never_shows_is_waited_for_ten_seconds()
    {
        await CreateAsync(ControlledCluster.Profile("team"));
        cluster.Put("pods", Pod("other", "team", "0"));
        await cluster.SettleAsync();
        var left = await cluster.IdleAsync();

        await cluster.PassAsync(left);

        await cluster.NextAsync($"PATCH {ControlledCluster.ReferenceOf(ControlledCluster.Profile("team")).Key.Name}");
    }

    [Fact]
    public async Task Nothing_is_written_from_a_cache_that_is_not_filled_or_not_current()
    {
        cluster.Put("accesslogprofiles", ControlledCluster.Profile("team"));
        var good = cluster.Source.Caches;
        cluster.Source.Caches = good.SetItem(3, good[3] with { IsCurrent = false });
        cluster.Lead();
        Assert.Equal(TimeSpan.FromSeconds(1), await cluster.IdleAsync());
        cluster.Put("pods", Pod("a", "team", "0"));
        await cluster.SettleAsync();
        Assert.Equal(TimeSpan.FromSeconds(1), await cluster.IdleAsync());

        cluster.Source.Caches = good;
        await cluster.PassAsync(TimeSpan.FromSeconds(1));

        await cluster.NextAsync($"PATCH envoyfilters/{ControlledCluster.ReferenceOf(ControlledCluster.Profile("team")).Key.Name}");
        Assert.Equal([$"Warning 6015: Nothing is applied while the cache of {good[3].Kind} is not current"], cluster.Logs.Lines);
    }

    [Fact]
    public async Task A_reference_that_cannot_be_applied_leaves_the_revision_as_it_was_and_the_old_reference()
    {
        var old = ControlledCluster.ReferenceOf(ControlledCluster.Profile("team"));
        var edited = ControlledCluster.Profile("team", """{"filter":{"minStatus":400}}""", generation: 2, status: Status(old.Labels["accesslog.mesh/revision"]!));
        cluster.Put("envoyfilters", ControlledCluster.Stored(old, "u-old", "50"));
        cluster.Put("accesslogprofiles", edited);
        cluster.Lead();

        await (await cluster.NextAsync($"PATCH {ControlledCluster.ReferenceOf(edited).Key.Name}")).RefuseAsync(403, "no EnvoyFilters here");
        var status = JsonNode.Parse((await AnsweredAsync("PATCH accesslogprofiles/team/status", edited)).Body)!["status"]!;
        Assert.Equal(old.Labels["accesslog.mesh/revision"], (string?)status["revision"]);
        var ready = status["conditions"]!.AsArray().Single(condition => (string?)condition!["type"] == "Ready")!;
        var problem = $"EnvoyFilter {ControlledCluster.ReferenceOf(edited).Key} cannot be applied: the API server does not allow it (HTTP 403): no EnvoyFilters here.";
        Assert.Equal(("False", "ApplyFailed", problem), ((string?)ready["status"], (string?)ready["reason"], (string?)ready["message"]));
        Assert.Equal($"Warning ApplyFailed: {problem}", await cluster.EventAsync());
        Assert.InRange(await cluster.IdleAsync(), TimeSpan.Zero, TimeSpan.FromSeconds(1));
        Assert.Equal([$"Warning 6012: Profile team cannot be brought in line: {problem}"], cluster.Logs.Lines);
        Assert.Contains("accesslog_reconcile_errors_total 1\n", await cluster.MetricsAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_profile_that_failed_is_tried_again_later_and_one_that_was_edited_at_once()
    {
        var profile = ControlledCluster.Profile("team");
        cluster.Put("accesslogprofiles", profile);
        cluster.Lead();
        await FailAsync(profile);
        var pause = await cluster.IdleAsync();
        cluster.CachesAreAt("200");
        await cluster.PassAsync(pause);
        await (await cluster.NextAsync($"PATCH {ControlledCluster.ReferenceOf(profile).Key.Name}")).RefuseAsync(403);
        await AnsweredAsync("PATCH accesslogprofiles/team/status", profile);
        await cluster.IdleAsync();

        var edited = ControlledCluster.Profile("team", """{"filter":{"minStatus":400}}""", generation: 2);
        cluster.Put("accesslogprofiles", edited);
        await cluster.SettleAsync();
        await ControlledCluster.AnswerAppliedAsync(await cluster.NextAsync($"PATCH {ControlledCluster.ReferenceOf(edited).Key.Name}"), "101");
        await cluster.EventAsync();
        await AnsweredAsync("PATCH accesslogprofiles/team/status", edited);

        await cluster.IdleAsync();
        Assert.Equal("Information 6014: Profile team is in line again", cluster.Logs.Lines.Last());
    }

    [Fact]
    public async Task An_API_server_that_does_not_answer_is_left_alone_by_all_profiles()
    {
        cluster.Put("accesslogprofiles", ControlledCluster.Profile("a"), ControlledCluster.Profile("b"));
        cluster.Lead();

        await (await cluster.NextAsync($"PATCH {ControlledCluster.ReferenceOf(ControlledCluster.Profile("a")).Key.Name}")).RefuseAsync(429, TimeSpan.FromSeconds(7));

        Assert.Equal(TimeSpan.FromSeconds(7), await cluster.IdleAsync());
    }

    [Fact]
    public async Task A_webhook_of_others_that_fails_is_told_and_holds_up_no_other_profile()
    {
        var (first, second) = (ControlledCluster.Profile("a"), ControlledCluster.Profile("b"));
        cluster.Put("accesslogprofiles", first, second);
        cluster.Lead();

        await (await cluster.NextAsync($"PATCH {ControlledCluster.ReferenceOf(first).Key.Name}")).AnswerAsync(
            500, """{"kind":"Status","message":"Internal error occurred: failed calling webhook \"theirs\": EOF","reason":"InternalError","code":500}""");
        var told = await AnsweredAsync("PATCH accesslogprofiles/a/status", first);
        Assert.Contains("failed calling webhook", told.Body, StringComparison.Ordinal);
        Assert.StartsWith($"Warning ApplyFailed: EnvoyFilter {ControlledCluster.ReferenceOf(first).Key} cannot be applied", await cluster.EventAsync(), StringComparison.Ordinal);

        await ControlledCluster.AnswerAppliedAsync(await cluster.NextAsync($"PATCH {ControlledCluster.ReferenceOf(second).Key.Name}"), "101");
        await cluster.EventAsync();
        await AnsweredAsync("PATCH accesslogprofiles/b/status", second);
        await cluster.IdleAsync();
    }

    [Fact]
    public async Task A_status_that_cannot_be_written_is_told_by_an_Event_and_holds_up_no_other_profile()
    {
        var (first, second) = (ControlledCluster.Profile("a"), ControlledCluster.Profile("b"));
        cluster.Put("accesslogprofiles", first, second);
        cluster.Put("envoyfilters", ((string[])[first, second]).Select(profile => ControlledCluster.Stored(ControlledCluster.ReferenceOf(profile), $"u-{profile.Length}", "7")));
        cluster.Lead();

        await (await cluster.NextAsync("PATCH accesslogprofiles/a/status")).RefuseAsync(403, "so it says");
        Assert.Equal("Warning StatusNotWritten: The status cannot be written: the API server does not allow it (HTTP 403): so it says.", await cluster.EventAsync());
        await AnsweredAsync("PATCH accesslogprofiles/b/status", second);
        await cluster.IdleAsync();
    }

    [Fact]
    public async Task A_profile_whose_writes_are_never_answered_comes_after_the_others_the_next_time()
    {
        var (first, second) = (ControlledCluster.Profile("a"), ControlledCluster.Profile("b"));
        cluster.Put("accesslogprofiles", first, second);
        cluster.Lead();
        await (await cluster.NextAsync($"PATCH {ControlledCluster.ReferenceOf(first).Key.Name}")).RefuseAsync(504);
        await cluster.PassAsync(await cluster.IdleAsync());

        await ControlledCluster.AnswerAppliedAsync(await cluster.NextAsync($"PATCH {ControlledCluster.ReferenceOf(second).Key.Name}"), "101");
        await cluster.EventAsync();
        await AnsweredAsync("PATCH accesslogprofiles/b/status", second);
        await (await cluster.NextAsync($"PATCH {ControlledCluster.ReferenceOf(first).Key.Name}")).RefuseAsync(504);
        await cluster.IdleAsync();
    }

    [Fact]
    public async Task A_fault_that_nobody_foresaw_is_logged_and_tried_again_and_ends_nothing()
    {
        var profile = ControlledCluster.Profile("team");
        cluster.Put("accesslogprofiles", profile);
        cluster.Settings = () => throw new InvalidOperationException("a bug");
        cluster.Lead();
        Assert.Equal(TimeSpan.FromSeconds(60), await cluster.IdleAsync());
        Assert.Equal(["Error 6016: References cannot be looked after, for a cause that was not foreseen; trying again in 60 s"], cluster.Logs.Lines);
        Assert.Contains("accesslog_reconcile_errors_total 1\n", await cluster.MetricsAsync(), StringComparison.Ordinal);

        cluster.Settings = () => Policy.Decisions.PolicySettings.Default;
        await cluster.PassAsync(TimeSpan.FromSeconds(60));

        await cluster.NextAsync($"PATCH {ControlledCluster.ReferenceOf(profile).Key.Name}");
    }

    [Fact]
    public async Task Nothing_is_written_once_leadership_is_lost()
    {
        cluster.Put("accesslogprofiles", ControlledCluster.Profile("team"));
        cluster.Lead();
        var apply = await cluster.NextAsync($"PATCH {ControlledCluster.ReferenceOf(ControlledCluster.Profile("team")).Key.Name}");
        cluster.Leadership.End();

        await apply.CutAsync();
        Assert.Equal(0, cluster.Waiting);
    }

    [Fact]
    public async Task What_others_put_beside_the_spec_is_taken_out_and_what_the_server_insists_on_is_left()
    {
        var profile = ControlledCluster.Profile("team");
        var reference = ControlledCluster.ReferenceOf(profile);
        cluster.Put("accesslogprofiles", profile);
        cluster.Lead();
        await (await cluster.NextAsync($"PATCH {reference.Key.Name}")).AnswerAsync(200, With(reference, "theirs", "101"));
        var replace = await cluster.NextAsync($"PATCH {reference.Key.Name}");
        Assert.Equal("application/json-patch+json", replace.ContentType);
        Assert.Equal("101", (string?)JsonNode.Parse(replace.Body)![0]!["value"]);
        await replace.AnswerAsync(200, With(reference, "default", "102"));
        await cluster.EventAsync();
        await AnsweredAsync("PATCH accesslogprofiles/team/status", profile);
        await cluster.IdleAsync();

        // What the server made of it is as good as it gets.
        cluster.CachesAreAt("200");
        cluster.Put("envoyfilters", With(reference, "default", "102"));
        await cluster.SettleAsync();
        await AnsweredAsync("PATCH accesslogprofiles/team/status", profile);
        await cluster.IdleAsync();

        // Any other change is not.
        cluster.Put("envoyfilters", With(reference, "again", "103"));
        await cluster.SettleAsync();
        await cluster.NextAsync($"PATCH {reference.Key.Name}");
    }

    [Fact]
    public async Task Whoever_undoes_each_repair_is_named_and_left_to_it_for_longer_and_longer_until_a_repair_stands()
    {
        var (profile, reference) = InPlace();
        var overwritten = Overwritten(reference, "their-operator");
        cluster.Lead();
        await cluster.IdleAsync();
        var version = await UndoAsync(overwritten, 200);
        await RepairAsync(reference, version);
        Assert.Equal($"Normal Repaired: EnvoyFilter {reference.Key} was not as it is rendered, and is again.", await cluster.EventAsync());
        await cluster.IdleAsync();
        version = await UndoAsync(overwritten, version);
        await RepairAsync(reference, version);
        await cluster.IdleAsync();

        version = await UndoAsync(overwritten, version);
        var problem = $"EnvoyFilter {reference.Key} is changed again and again, last by field manager \"their-operator\": change the profile instead, or keep others from it. "
            + "It is put right at growing intervals, up to 5 minutes.";
        var told = JsonNode.Parse((await AnsweredAsync("PATCH accesslogprofiles/team/status", Versioned(version))).Body)!["status"]!;
        var ready = told["conditions"]!.AsArray().Single(condition => (string?)condition!["type"] == "Ready")!;
        Assert.Equal(("False", "Contested", problem), ((string?)ready["status"], (string?)ready["reason"], (string?)ready["message"]));
        Assert.Equal($"Warning Contested: {problem}", await cluster.EventAsync());
        cluster.Put("accesslogprofiles", profile.Replace(StatusOf(profile), told.ToJsonString(), StringComparison.Ordinal));

        var pauses = new List<int>();
        for (var repair = 0; repair < 9; repair++)
        {
            var since = cluster.Time.GetTimestamp();
            await cluster.UntilWrittenAsync();
            pauses.Add((int)Math.Round(cluster.Time.GetElapsedTime(since).TotalSeconds));
            await RepairAsync(reference, version);
            await cluster.IdleAsync();
            if (repair < 8)
            {
                version = await UndoAsync(overwritten, version);
            }
        }

        Assert.True(pauses.Zip([1, 2, 4, 8, 16, 32, 64, 128, 256]).All(pair => pair.First >= pair.Second - 1 && pair.First <= pair.Second + 5), string.Join(' ', pauses));

        // Nobody undoes the last one.
        cluster.Put("envoyfilters", ControlledCluster.Stored(reference, "u-new", $"{version}"));
        await cluster.SettleAsync();
        var left = await cluster.IdleAsync();
        Assert.InRange(left, TimeSpan.FromSeconds(25), TimeSpan.FromSeconds(30));
        await cluster.PassAsync(left);
        Assert.Contains("\"reason\":\"Rendered\"", (await AnsweredAsync("PATCH accesslogprofiles/team/status", Versioned(version))).Body, StringComparison.Ordinal);
        await cluster.IdleAsync();
        Assert.Equal("Information 6014: Profile team is in line again", cluster.Logs.Lines.Last());
        await UndoAsync(overwritten, version);
        await cluster.NextAsync($"PATCH {reference.Key.Name}");
    }

    [Fact]
    public async Task A_reference_that_is_removed_again_and_again_is_contested_too()
    {
        var (_, reference) = InPlace();
        cluster.Lead();
        await cluster.IdleAsync();
        for (var (version, round) = (200, 0); round < 3; round++)
        {
            cluster.CachesAreAt($"{++version}");
            cluster.Remove("envoyfilters", ControlledCluster.Root, reference.Key.Name);
            await cluster.SettleAsync();
            if (round < 2)
            {
                await RepairAsync(reference, version);
                await (round == 0 ? cluster.EventAsync() : Task.CompletedTask);
                await cluster.IdleAsync();
                cluster.Put("envoyfilters", ControlledCluster.Stored(reference, "u-new", $"{version}"));
                await cluster.SettleAsync();
                await cluster.IdleAsync();
            }
        }

        var status = await AnsweredAsync("PATCH accesslogprofiles/team/status", Versioned(300));
        Assert.Contains($"EnvoyFilter {reference.Key} is removed again and again: change the profile instead", status.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_changed_now_and_then_is_put_right_at_once_each_time()
    {
        var (_, reference) = InPlace();
        cluster.Lead();
        await cluster.IdleAsync();
        for (var (version, round) = (200, 0); round < 5; round++)
        {
            version = await UndoAsync(Overwritten(reference, "kubectl-edit"), version);
            await RepairAsync(reference, version);
            await (round == 0 ? cluster.EventAsync() : Task.CompletedTask);
            await cluster.IdleAsync();
            cluster.Put("envoyfilters", ControlledCluster.Stored(reference, "u-new", $"{version}"));
            await cluster.SettleAsync();
            await cluster.IdleAsync();
            cluster.Time.Advance(TimeSpan.FromSeconds(30));
        }
    }

    [Fact]
    public async Task A_reference_goes_when_nobody_has_used_it_for_long_enough_and_nobody_does_when_asked()
    {
        var (profile, old) = InPlaceWithOld();
        cluster.Lead();
        Assert.Equal(TimeSpan.FromSeconds(50), await cluster.IdleAsync());
        await cluster.PassAsync(TimeSpan.FromSeconds(50));
        await cluster.AnswerUsageAsync();
        var removal = await cluster.NextAsync($"DELETE envoyfilters/{old.Key.Name}");
        Assert.Contains("\"uid\":\"u-old\"", removal.Body, StringComparison.Ordinal);
        await removal.AnswerAsync(200, """{"kind":"Status"}""");

        Assert.Equal($"Normal Removed: EnvoyFilter {old.Key} was removed: nobody uses its revision.", await cluster.EventAsync());
        await cluster.IdleAsync();
        cluster.Remove("envoyfilters", ControlledCluster.Root, old.Key.Name);
        await cluster.SettleAsync();
        Assert.Equal(TimeSpan.FromSeconds(60), await cluster.IdleAsync());
        Assert.NotNull(profile);
    }

    [Fact]
    public async Task The_time_of_an_old_reference_begins_when_the_status_no_longer_hands_it_out()
    {
        var old = ControlledCluster.ReferenceOf(ControlledCluster.Profile("team"));
        var edited = ControlledCluster.Profile("team", """{"filter":{"minStatus":400}}""", generation: 2, status: Status(old.Labels["accesslog.mesh/revision"]!));
        var reference = ControlledCluster.ReferenceOf(edited);
        cluster.Put("envoyfilters", ControlledCluster.Stored(old, "u-old", "50"));
        cluster.Put("accesslogprofiles", edited);
        cluster.Lead();
        await (await cluster.NextAsync($"PATCH {reference.Key.Name}")).RefuseAsync(403);
        await AnsweredAsync("PATCH accesslogprofiles/team/status", edited);
        await cluster.EventAsync();
        await cluster.IdleAsync();

        // Longer than a reference has to be unused for. All the time new Pods were handed the old revision, and one is on its way perhaps.
        await cluster.PassAsync(TimeSpan.FromSeconds(60));
        await ControlledCluster.AnswerAppliedAsync(await cluster.NextAsync($"PATCH {reference.Key.Name}"), "101");
        await cluster.EventAsync();
        var status = JsonNode.Parse((await AnsweredAsync("PATCH accesslogprofiles/team/status", """{"metadata":{"resourceVersion":"102"}}""")).Body)!["status"]!;
        await cluster.IdleAsync();
        cluster.Put("envoyfilters", ControlledCluster.Stored(reference, "u-applied", "101"));
        cluster.Put("accesslogprofiles", ControlledCluster.Profile("team", """{"filter":{"minStatus":400}}""", generation: 2, status: status.ToJsonString()));
        cluster.CachesAreAt("200");
        await cluster.SettleAsync();

        Assert.Equal(TimeSpan.FromSeconds(50), await cluster.IdleAsync());
    }

    [Fact]
    public async Task What_was_gone_already_or_is_another_by_now_is_not_said_to_be_removed()
    {
        var (_, old) = InPlaceWithOld();
        var others = ((int[])[500, 501]).Select(status => ControlledCluster.ReferenceOf(ControlledCluster.Profile("team", $$$"""{"filter":{"minStatus":{{{status}}}}}"""))).ToArray();
        cluster.Put("envoyfilters", others.Select(other => ControlledCluster.Stored(other, $"u-{other.Key.Name}", "40")));
        cluster.Lead();
        await cluster.PassAsync(await cluster.IdleAsync());
        await cluster.AnswerUsageAsync();
        var names = others.Append(old).Select(reference => reference.Key.Name).Order(StringComparer.Ordinal).ToArray();

        await (await cluster.NextAsync($"DELETE envoyfilters/{names[0]}")).RefuseAsync(409);
        await (await cluster.NextAsync($"DELETE envoyfilters/{names[1]}")).RefuseAsync(404);
        await AnsweredAsync($"DELETE envoyfilters/{names[2]}", "{}");

        Assert.Equal($"Normal Removed: EnvoyFilter {ControlledCluster.Root}/{names[2]} was removed: nobody uses its revision.", await cluster.EventAsync());
        await cluster.IdleAsync();
    }

    [Fact]
    public async Task An_Event_that_is_not_answered_delays_nothing()
    {
        var profile = ControlledCluster.Profile("team");
        cluster.Put("accesslogprofiles", profile);
        cluster.Lead();
        await ControlledCluster.AnswerAppliedAsync(await cluster.NextAsync($"PATCH {ControlledCluster.ReferenceOf(profile).Key.Name}"), "101");
        await cluster.EventComesAsync();

        await AnsweredAsync("PATCH accesslogprofiles/team/status", profile);

        await cluster.PauseAsync();
    }

    [Fact]
    public async Task A_plan_does_not_hold_up_the_election()
    {
        using var planned = new ManualResetEventSlim();
        cluster.Settings = () =>
        {
            planned.Wait(TestTime.Patience);
            return Policy.Decisions.PolicySettings.Default;
        };

        await Task.Run(cluster.Lead).WaitAsync(TestTime.Patience / 2);

        planned.Set();
        await cluster.IdleAsync();
    }

    [Fact]
    public async Task A_Pod_that_the_cache_does_not_know_yet_keeps_its_reference()
    {
        var (_, old) = InPlaceWithOld();
        cluster.Lead();
        await cluster.PassAsync(await cluster.IdleAsync());
        await cluster.AnswerUsageAsync(Pod("late", "team", old.Labels["accesslog.mesh/revision"]!));

        await cluster.IdleAsync();
    }

    [Fact]
    public async Task A_reference_that_is_used_again_meanwhile_has_its_time_anew()
    {
        var (_, old) = InPlaceWithOld();
        cluster.Lead();
        await cluster.IdleAsync();
        cluster.Time.Advance(TimeSpan.FromSeconds(40));
        cluster.Put("pods", Pod("a", "team", old.Labels["accesslog.mesh/revision"]!));
        await cluster.SettleAsync();
        await AnsweredAsync("PATCH accesslogprofiles/team/status", """{"metadata":{"resourceVersion":"1"}}""");
        await cluster.IdleAsync();
        cluster.Remove("pods", "shop", "a");
        await cluster.SettleAsync();

        Assert.Equal(TimeSpan.FromSeconds(50), await cluster.IdleAsync());
    }

    [Fact]
    public async Task What_cannot_be_asked_is_not_removed()
    {
        InPlaceWithOld();
        cluster.Lead();
        await cluster.PassAsync(await cluster.IdleAsync());
        await (await cluster.NextAsync("GET api/v1/namespaces")).ListAsync("200");
        await (await cluster.NextAsync("GET api/v1/pods")).RefuseAsync(403, "so it says");

        await cluster.IdleAsync();
        Assert.Equal(
            ["Warning 6012: Profile team cannot be brought in line: Whether it is used cannot be told: pods cannot be listed: the API server does not allow it (HTTP 403): so it says."],
            cluster.Logs.Lines);
    }

    [Fact]
    public async Task A_deleted_profile_that_nobody_uses_loses_its_reference_after_ten_seconds_and_then_goes()
    {
        var going = ControlledCluster.Profile("team", metadata: ""","deletionTimestamp":"2026-11-25T10:00:00Z","finalizers":["accesslog.mesh/in-use"]""");
        var reference = ControlledCluster.ReferenceOf(going);
        cluster.Put("accesslogprofiles", going);
        cluster.Put("envoyfilters", ControlledCluster.Stored(reference, "u-team", "50"));
        cluster.Lead();
        Assert.Equal(TimeSpan.FromSeconds(10), await cluster.IdleAsync());
        await cluster.PassAsync(TimeSpan.FromSeconds(10));

        await cluster.AnswerUsageAsync();
        await (await cluster.NextAsync($"DELETE envoyfilters/{reference.Key.Name}")).AnswerAsync(200, "{}");
        await cluster.EventAsync();
        await (await cluster.NextAsync("GET accesslogprofiles/team")).AnswerAsync(200, going);
        var finalizer = await cluster.NextAsync("PATCH accesslogprofiles/team");
        Assert.Contains("\"finalizers\":[]", finalizer.Body, StringComparison.Ordinal);
        await finalizer.AnswerAsync(200, going);

        await cluster.IdleAsync();
    }

    [Fact]
    public async Task A_deleted_profile_with_a_Pod_that_the_cache_does_not_know_yet_stays()
    {
        cluster.Put("accesslogprofiles", ControlledCluster.Profile("team", metadata: ""","deletionTimestamp":"2026-11-25T10:00:00Z","finalizers":["accesslog.mesh/in-use"]"""));
        cluster.Lead();
        await cluster.PassAsync(await cluster.IdleAsync());

        await cluster.AnswerUsageAsync(Pod("late", "team", "0"));

        await cluster.IdleAsync();
    }

    [Fact]
    public async Task A_deleted_profile_that_a_namespace_asks_for_without_the_cache_knowing_keeps_its_reference_and_stays()
    {
        var going = ControlledCluster.Profile("team", metadata: ""","deletionTimestamp":"2026-11-25T10:00:00Z","finalizers":["accesslog.mesh/in-use"]""");
        cluster.Put("accesslogprofiles", going);
        cluster.Put("envoyfilters", ControlledCluster.Stored(ControlledCluster.ReferenceOf(going), "u-team", "50"));
        cluster.Put("namespaces", """{"metadata":{"name":"shop"}}""");
        cluster.Lead();
        await cluster.PassAsync(await cluster.IdleAsync());

        await cluster.AnswerUsageAsync([Asking("shop")], []);

        await cluster.IdleAsync();
    }

    [Fact]
    public async Task A_namespace_or_a_kind_that_is_missing_is_told_and_not_asked_for()
    {
        var profile = ControlledCluster.Profile("team");
        cluster.Remove("namespaces", "", ControlledCluster.Root);
        cluster.Put("accesslogprofiles", profile);
        cluster.Lead();
        var status = await AnsweredAsync("PATCH accesslogprofiles/team/status", profile);
        Assert.Contains($"namespace {ControlledCluster.Root} does not exist. Create it, or correct mesh.rootNamespace.", status.Body, StringComparison.Ordinal);
        await cluster.EventAsync();
        Assert.Equal(TimeSpan.FromSeconds(60), await cluster.IdleAsync());

        cluster.CachesAreAt("200");
        cluster.Source.Caches = [.. cluster.Source.Caches.Select(cache => cache.Kind == "envoyfilters" ? cache with { Installed = false } : cache)];
        cluster.Put("namespaces", $$$"""{"metadata":{"name":"{{{ControlledCluster.Root}}}"}}""");
        await cluster.SettleAsync();
        status = await AnsweredAsync("PATCH accesslogprofiles/team/status", profile);
        Assert.Contains("The API server does not serve envoyfilters: install Istio's custom resource definitions.", status.Body, StringComparison.Ordinal);
        await cluster.EventAsync();
        await cluster.IdleAsync();
    }

    [Fact]
    public async Task A_root_namespace_that_is_being_deleted_is_told_and_not_asked_for()
    {
        var profile = ControlledCluster.Profile("team");
        cluster.Put("namespaces", $$$"""{"metadata":{"name":"{{{ControlledCluster.Root}}}","deletionTimestamp":"2026-11-25T10:00:00Z"}}""");
        cluster.Put("accesslogprofiles", profile);
        cluster.Lead();

        var status = await AnsweredAsync("PATCH accesslogprofiles/team/status", profile);
        Assert.Contains($"namespace {ControlledCluster.Root} is being deleted. Create it again when it is gone", status.Body, StringComparison.Ordinal);
        await cluster.EventAsync();
        await cluster.IdleAsync();
    }

    [Fact]
    public async Task A_namespace_that_refuses_its_reference_leaves_the_others_with_theirs_and_the_status_names_it()
    {
        var profile = ControlledCluster.Profile("team", """{"backend":"Telemetry"}""");
        var (name, old) = (ControlledCluster.ReferenceOf(profile).Key.Name, ControlledCluster.ReferenceOf(ControlledCluster.Profile("team")));
        cluster.Put("envoyfilters", ControlledCluster.Stored(old, "u-old", "50"));
        cluster.Put("namespaces", Asking("a"), Asking("b"));
        cluster.Put("accesslogprofiles", profile);
        cluster.Lead();

        await (await cluster.NextAsync($"PATCH namespaces/a/telemetries/{name}")).RefuseAsync(403, "no Telemetry here");
        await ControlledCluster.AnswerAppliedAsync(await cluster.NextAsync($"PATCH namespaces/b/telemetries/{name}"), "101");
        Assert.Equal($"Normal Rendered: Telemetry b/{name} is in place.", await cluster.EventAsync());
        var status = JsonNode.Parse((await AnsweredAsync("PATCH accesslogprofiles/team/status", """{"metadata":{"resourceVersion":"102"}}""")).Body)!["status"]!;
        var problem = $"Telemetry a/{name} cannot be applied: the API server does not allow it (HTTP 403): no Telemetry here.";
        Assert.Equal(problem, (string?)status["conditions"]!.AsArray().Single(condition => (string?)condition!["type"] == "Ready")!["message"]);
        Assert.Contains("2 namespaces ask for it", status.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal($"Warning ApplyFailed: {problem}", await cluster.EventAsync());
        Assert.InRange(await cluster.IdleAsync(), TimeSpan.Zero, TimeSpan.FromSeconds(1));
        Assert.Equal($"Warning 6012: Profile team cannot be brought in line: {problem}", cluster.Logs.Lines.Last());

        // The one that failed comes last from then on, and what nobody uses goes in its time all the same.
        await cluster.PassAsync(TimeSpan.FromSeconds(50));
        await ControlledCluster.AnswerAppliedAsync(await cluster.NextAsync($"PATCH namespaces/b/telemetries/{name}"), "103");
        await (await cluster.NextAsync($"PATCH namespaces/a/telemetries/{name}")).RefuseAsync(403, "no Telemetry here");
        await AnsweredAsync("PATCH accesslogprofiles/team/status", profile);
        await cluster.AnswerUsageAsync();
        await AnsweredAsync($"DELETE envoyfilters/{old.Key.Name}", "{}");
        Assert.StartsWith("Normal Removed", await cluster.EventAsync(), StringComparison.Ordinal);
        await cluster.IdleAsync();
        Assert.Contains("accesslog_reconcile_errors_total 2\n", await cluster.MetricsAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reference_that_cannot_be_removed_keeps_no_other_from_going()
    {
        var (profile, old) = InPlaceWithOld();
        var older = ControlledCluster.ReferenceOf(ControlledCluster.Profile("team", """{"filter":{"minStatus":500}}"""));
        cluster.Put("envoyfilters", ControlledCluster.Stored(older, "u-older", "40"));
        cluster.Lead();
        await cluster.PassAsync(await cluster.IdleAsync());
        await cluster.AnswerUsageAsync();
        var names = new[] { old.Key.Name, older.Key.Name }.Order(StringComparer.Ordinal).ToArray();

        await (await cluster.NextAsync($"DELETE envoyfilters/{names[0]}")).RefuseAsync(403, "so it says");
        await AnsweredAsync($"DELETE envoyfilters/{names[1]}", "{}");

        Assert.StartsWith("Normal Removed", await cluster.EventAsync(), StringComparison.Ordinal);
        Assert.InRange(await cluster.IdleAsync(), TimeSpan.Zero, TimeSpan.FromSeconds(1));
        Assert.Equal(
            $"Warning 6012: Profile team cannot be brought in line: EnvoyFilter {ControlledCluster.Root}/{names[0]} cannot be removed: the API server does not allow it (HTTP 403): so it says.",
            cluster.Logs.Lines.Last());
        Assert.NotNull(profile);
    }

    [Fact]
    public async Task Counts_are_written_every_ten_seconds_and_not_with_every_Pod()
    {
        var profile = ControlledCluster.Profile("team");
        await CreateAsync(profile);
        cluster.CachesAreAt("200");
        cluster.Put("envoyfilters", ControlledCluster.Stored(ControlledCluster.ReferenceOf(profile), "u-applied", "101"));
        cluster.Put("pods", Pod("a", "team", ControlledCluster.ReferenceOf(profile).Labels["accesslog.mesh/revision"]!));
        await cluster.SettleAsync();
        var first = JsonNode.Parse((await AnsweredAsync("PATCH accesslogprofiles/team/status", profile)).Body)!["status"]!.ToJsonString();
        await cluster.IdleAsync();
        cluster.Put("accesslogprofiles", ControlledCluster.Profile("team", status: first));
        await cluster.SettleAsync();
        Assert.Equal(TimeSpan.FromSeconds(60), await cluster.IdleAsync());

        cluster.Put("pods", Pod("b", "team", ControlledCluster.ReferenceOf(profile).Labels["accesslog.mesh/revision"]!));
        await cluster.SettleAsync();
        var left = await cluster.IdleAsync();
        Assert.InRange(left, TimeSpan.FromSeconds(9), TimeSpan.FromSeconds(10));
        await cluster.PassAsync(left);
        Assert.Contains("2 Pods carry it", (await AnsweredAsync("PATCH accesslogprofiles/team/status", profile)).Body, StringComparison.Ordinal);
        await cluster.IdleAsync();
    }

    /// <summary>Makes the profile's reference and status, of which the cache then knows nothing yet.</summary>
    private async Task CreateAsync(string profile)
    {
        cluster.Put("accesslogprofiles", profile);
        cluster.Lead();
        await ControlledCluster.AnswerAppliedAsync(await cluster.NextAsync($"PATCH {ControlledCluster.ReferenceOf(profile).Key.Name}"), "101");
        await cluster.EventAsync();
        await AnsweredAsync("PATCH accesslogprofiles/team/status", """{"metadata":{"resourceVersion":"102"}}""");
        await cluster.IdleAsync();
    }

    private async Task FailAsync(string profile)
    {
        await (await cluster.NextAsync($"PATCH {ControlledCluster.ReferenceOf(profile).Key.Name}")).RefuseAsync(403);
        await AnsweredAsync("PATCH accesslogprofiles/team/status", profile);
        await cluster.EventAsync();
    }

    /// <summary>A profile with its reference and its status, beside the reference of a revision before.</summary>
    private (string Profile, Policy.Rendering.RenderedResource Old) InPlaceWithOld()
    {
        var old = ControlledCluster.ReferenceOf(ControlledCluster.Profile("team", """{"filter":{"minStatus":400}}"""));
        cluster.Put("envoyfilters", ControlledCluster.Stored(old, "u-old", "50"));
        return (InPlace().Profile, old);
    }

    /// <summary>A profile with its reference and its status.</summary>
    private (string Profile, Policy.Rendering.RenderedResource Reference) InPlace()
    {
        var reference = ControlledCluster.ReferenceOf(ControlledCluster.Profile("team"));
        var revision = reference.Labels["accesslog.mesh/revision"];
        var profile = ControlledCluster.Profile("team", status: $$$"""
            {"observedGeneration":1,"revision":"{{{revision}}}",
             "references":[{"kind":"EnvoyFilter","namespace":"istio-system","name":"{{{reference.Key.Name}}}","revision":"{{{revision}}}"}],
             "conditions":[{"type":"InUse","status":"False","observedGeneration":1,"lastTransitionTime":"2000-01-01T00:00:00Z","reason":"Unused","message":"Nobody carries it or asks for it."},
                           {"type":"Ready","status":"True","observedGeneration":1,"lastTransitionTime":"2000-01-01T00:00:00Z","reason":"Rendered","message":"The references of revision {{{revision}}} are in place."}],
             "workloads":{}}
            """);
        cluster.Put("accesslogprofiles", profile);
        cluster.Put("envoyfilters", ControlledCluster.Stored(reference, "u-new", "51"));
        return (profile, reference);
    }

    /// <summary>Somebody changes it, and the cache has that and all before it.</summary>
    private async Task<int> UndoAsync(string overwritten, int version)
    {
        cluster.CachesAreAt($"{++version}");
        cluster.Put("envoyfilters", overwritten);
        await cluster.SettleAsync();
        return version;
    }

    private async Task RepairAsync(Policy.Rendering.RenderedResource reference, int version) =>
        await ControlledCluster.AnswerAppliedAsync(await cluster.NextAsync($"PATCH envoyfilters/{reference.Key.Name}"), $"{version}");

    private static string Overwritten(Policy.Rendering.RenderedResource reference, string manager)
    {
        var stored = JsonNode.Parse(ControlledCluster.Stored(reference, "u-new", "60"))!;
        stored["spec"]!["priority"] = 99;
        stored["metadata"]!["managedFields"] = JsonNode.Parse($$$"""
            [{"manager":"{{{manager}}}","operation":"Update","time":"2026-11-25T10:00:01Z","fieldsV1":{"f:spec":{"f:priority":{} } } },
             {"manager":"accesslog-webhook","operation":"Apply","time":"2026-11-25T10:00:02Z","fieldsV1":{"f:spec":{} } },
             {"manager":"reporter","operation":"Update","time":"2026-11-25T10:00:03Z","fieldsV1":{"f:status":{} } },
             {"manager":"earlier","operation":"Update","time":"2026-11-25T09:00:00Z","fieldsV1":{"f:spec":{} } }]
            """);
        return stored.ToJsonString();
    }

    private static string StatusOf(string profile) => profile[(profile.IndexOf("\"status\":", StringComparison.Ordinal) + "\"status\":".Length)..^2].TrimEnd();

    private static string Versioned(int version) => $$$"""{"metadata":{"resourceVersion":"{{{version}}}"} }""";

    private async Task<FakeRequest> AnsweredAsync(string methodAndEnd, string answer)
    {
        var request = await cluster.NextAsync(methodAndEnd);
        await request.AnswerAsync(200, answer);
        return request;
    }

    private static string Asking(string name) => $$$"""{"metadata":{"name":"{{{name}}}","labels":{"accesslog.mesh/inject":"team"} } }""";

    private static string Status(string revision) => $$"""{"revision":"{{revision}}"}""";

    private static string With(Policy.Rendering.RenderedResource reference, string value, string version)
    {
        var stored = JsonNode.Parse(ControlledCluster.Stored(reference, "u-applied", version))!;
        stored["spec"]!["theirs"] = value;
        return stored.ToJsonString();
    }

    private static string Pod(string name, string profile, string revision) =>
        $$$"""{"metadata":{"namespace":"shop","name":"{{{name}}}","resourceVersion":"7","labels":{"accesslog.mesh/profile":"{{{profile}}}","accesslog.mesh/revision":"{{{revision}}}"} } }""";
}
