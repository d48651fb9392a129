using AccessLogWebhook.Hosting;
using AccessLogWebhook.Tests.Support;

namespace AccessLogWebhook.Tests.Hosting;

public sealed class HealthProbeTests
{
    [Fact]
    public async Task A_server_that_is_ready_has_no_problem()
    {
        await using var webhook = await RunningWebhook.StartAsync();

        Assert.Null(await HealthProbe.FindProblemAsync(webhook.Http.BaseAddress!, CancellationToken.None));
    }

    [Fact]
    public async Task A_server_that_is_not_ready_says_why()
    {
        await using var webhook = await RunningWebhook.StartAsync(withCertificate: false);

        Assert.Contains(
            "No serving certificate could be read yet.",
            await HealthProbe.FindProblemAsync(webhook.Http.BaseAddress!, CancellationToken.None),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_a_problem()
    {
        var webhook = await RunningWebhook.StartAsync();
        var address = webhook.Http.BaseAddress!;
        await webhook.DisposeAsync();

        Assert.NotNull(await HealthProbe.FindProblemAsync(address, CancellationToken.None));
    }
}
