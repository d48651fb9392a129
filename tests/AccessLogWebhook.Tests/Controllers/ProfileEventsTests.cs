using System.Text.Json.Nodes;
using AccessLogWebhook.Cluster;
using AccessLogWebhook.Controllers;
using AccessLogWebhook.Observability;
using AccessLogWebhook.Policy.Profiles;
using AccessLogWebhook.Tests.Support;
using k8s;

namespace AccessLogWebhook.Tests.Controllers;

public sealed class ProfileEventsTests : IAsyncLifetime
{
    private static readonly ProfileObject Team = new("u-1", 1, IsBeingDeleted: false, HasFinalizer: true, ProfileStatus.Empty);

    private readonly TestTime time = new();
    private FakeApiServer server = null!;
    private LiveConnection connection = null!;
    private Leadership leadership = null!;
    private ProfileEvents events = null!;
    private FakeCollection requests = null!;
    private Task sending = Task.CompletedTask;

    public async ValueTask InitializeAsync()
    {
        server = await FakeApiServer.StartAsync();
        requests = server.Collection("apis/events.k8s.io/v1/namespaces/default/events");
        connection = new LiveConnection(new KubernetesClientConfiguration { Host = server.Address.ToString() });
        leadership = new Leadership(time.GetTimestamp(), TimeSpan.FromDays(1), time, CancellationToken.None);
        events = new ProfileEvents(new LeaderWrites(new LiveObjects(connection, TimeSpan.FromHours(1), time), new WebhookMetrics().Controllers), "replica", time);
        sending = events.SendAsync(leadership);
    }

    public async ValueTask DisposeAsync()
    {
        leadership.End();
        await sending.WaitAsync(TestTime.Patience);
        await server.DisposeAsync();
        connection.Dispose();
        leadership.Dispose();
    }

    [Fact]
    public async Task An_Event_is_about_the_profile_and_says_who_tells_it()
    {
        var told = JsonNode.Parse(await ToldAsync("It is in place."))!.AsObject();

        Assert.StartsWith("team.", (string)told["metadata"]!["name"]!, StringComparison.Ordinal);
        told.Remove("metadata");
        Assert.Equal(
            """
            {"apiVersion":"events.k8s.io/v1","kind":"Event","eventTime":"2000-01-01T00:00:00.000000Z","reportingController":"accesslog.mesh/accesslog-webhook",
            "reportingInstance":"replica","type":"Normal","action":"Apply","reason":"Rendered","note":"It is in place.",
            "regarding":{"apiVersion":"accesslog.mesh/v1alpha1","kind":"AccessLogProfile","name":"team","uid":"u-1"}}
            """.ReplaceLineEndings(""),
            told.ToJsonString());
    }

    [Fact]
    public async Task A_note_is_as_long_as_the_API_server_takes_it_whatever_is_in_it()
    {
        var note = (string)JsonNode.Parse(await ToldAsync(new string('\u754C', 2000)))!["note"]!;

        Assert.InRange(System.Text.Encoding.UTF8.GetByteCount(note), 900, 1024);
    }

    [Fact]
    public async Task The_same_is_not_told_again_within_ten_minutes()
    {
        await ToldAsync("a");
        Tell("a");
        await ToldAsync("b");
        time.Advance(TimeSpan.FromMinutes(10) - TimeSpan.FromTicks(1));
        Tell("a");
        await ToldAsync("c");

        time.Advance(TimeSpan.FromTicks(1));
        await ToldAsync("a");
    }

    [Fact]
    public async Task Only_so_much_is_remembered_and_the_oldest_is_forgotten_first()
    {
        for (var number = 0; number < 257; number++)
        {
            await ToldAsync($"{number}");
            time.Advance(TimeSpan.FromMilliseconds(1));
        }

        Tell("1");
        await ToldAsync("0");
    }

    [Fact]
    public async Task A_built_in_profile_has_no_Events_and_a_refusal_is_no_harm()
    {
        events.Done("json", null, "Apply", "Rendered", "a");
        Tell("b");
        await (await requests.NextAsync()).RefuseAsync(403);

        await ToldAsync("c");
    }

    [Fact]
    public async Task Of_too_many_that_wait_the_oldest_are_not_told()
    {
        Tell("first");
        var first = await requests.NextAsync();
        for (var number = 0; number < 257; number++)
        {
            Tell($"{number}");
        }

        await first.AnswerAsync(201, "{}");

        Assert.Equal("1", NoteOf(await requests.NextAsync()));
    }

    /// <summary>Tells what must be the next to be told.</summary>
    private async Task<string> ToldAsync(string note)
    {
        Tell(note);
        var request = await requests.NextAsync();
        await request.AnswerAsync(201, "{}");
        Assert.StartsWith(NoteOf(request).TrimEnd('\u2026'), note, StringComparison.Ordinal);
        return request.Body;
    }

    private void Tell(string note) => events.Done("team", Team, "Apply", "Rendered", note);

    private static string NoteOf(FakeRequest request) => (string)JsonNode.Parse(request.Body)!["note"]!;
}
