using System.Text.Json.Nodes;
using AccessLogWebhook.ClusterTests.Support;

namespace AccessLogWebhook.ClusterTests.Harness;

/// <summary>How the product is started, shown by a script that says what the product says.</summary>
public sealed class WebhookProcessTests : IDisposable
{
    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("accesslog-script-");

    [Fact]
    public async Task It_is_started_where_it_says_that_it_listens_and_is_ready()
    {
        await using var webhook = await StubWebhook.StartAsync((_, _) => new JsonObject());

        await using var process = await WebhookProcess.StartAsync(new()
        {
            Executable = Script($"""
                echo "arguments: $@"
                echo 'Listening on {Origin(webhook.Endpoint.Https)} and {Origin(webhook.Endpoint.Http)}; more' >&2
                exec sleep 600
                """),
            Kubeconfig = "/kubeconfig",
            Configuration = "defaults: {}",
            Arguments = ["--more"],
        });

        Assert.Equal((webhook.Endpoint.Https, webhook.Endpoint.Http), (process.Endpoint.Https, process.Endpoint.Http));
        Assert.Equal("ok", await process.MetricsAsync());
        var folder = Path.GetDirectoryName(process.ConfigurationFile);
        Assert.Contains(
            $"arguments: serve --bind 127.0.0.1 --https-port 0 --http-port 0 --cert {folder}/tls.crt --key {folder}/tls.key"
            + $" --kubeconfig /kubeconfig --config {process.ConfigurationFile} --more",
            process.Logs);
        Assert.True(await process.StopAsync());
    }

    [Fact]
    public async Task One_that_ends_before_it_listens_is_a_failure_that_shows_what_it_said()
    {
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            WebhookProcess.StartAsync(new() { Executable = Script("echo 'defaults.inject: no such profile' >&2; exit 2") }));

        Assert.Contains("it has exited.", failure.Message, StringComparison.Ordinal);
        Assert.Contains("--- accesslog (exited with 2)", failure.Message, StringComparison.Ordinal);
        Assert.EndsWith("defaults.inject: no such profile", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_is_to_refuse_says_how_and_why()
    {
        var refusal = await WebhookProcess.RefuseAsync(new() { Executable = Script("echo 'defaults.inject: no such profile'; exit 2") });

        Assert.Equal(new CommandResult(2, "", "defaults.inject: no such profile"), refusal);
    }

    public void Dispose() => directory.Delete(recursive: true);

    private static string Origin(Uri address) => address.GetLeftPart(UriPartial.Authority);

    private string Script(string text)
    {
        var path = Path.Combine(directory.FullName, "accesslog");
        File.WriteAllText(path, $"#!/bin/sh\n{text}\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return path;
    }
}
