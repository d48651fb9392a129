using AccessLogWebhook.Hosting;
using AccessLogWebhook.Tests.Support;

namespace AccessLogWebhook.Tests.Hosting;

/// <summary>Between being asked to stop and stopping.</summary>
public sealed class DrainingTests
{
    [Fact]
    public async Task A_server_that_is_asked_to_stop_answers_on_and_ends_each_connection_with_its_answer()
    {
        var time = new TestTime();
        await using var webhook = await RunningWebhook.StartAsync(serving: new ServingOptions { Drain = TimeSpan.FromSeconds(5) }, time: time);
        using var before = await PostAsync(webhook, new Version(1, 1));
        Assert.Null(before.Headers.ConnectionClose);

        var stopping = webhook.StopAsync();
        while (await time.PauseAsync() != TimeSpan.FromSeconds(5))
        {
        }

        Assert.Equal(503, (await webhook.GetAsync("/readyz")).Status);
        using (var during = await PostAsync(webhook, new Version(1, 1)))
        {
            Assert.Equal((200, true), ((int)during.StatusCode, during.Headers.ConnectionClose));
        }

        using (var during = await PostAsync(webhook, new Version(2, 0)))
        {
            Assert.Equal((200, null), ((int)during.StatusCode, during.Headers.ConnectionClose));
        }

        Assert.False(stopping.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(5));
        await stopping.WaitAsync(TestTime.Patience);
        await Assert.ThrowsAsync<HttpRequestException>(() => PostAsync(webhook, new Version(1, 1)));
    }

    private static async Task<HttpResponseMessage> PostAsync(RunningWebhook webhook, Version version)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/mutate", UriKind.Relative))
        {
            Version = version,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new StringContent(Reviews.Of("""{"metadata":{}}"""), System.Text.Encoding.UTF8, "application/json"),
        };
        return await webhook.Https.SendAsync(request);
    }
}
