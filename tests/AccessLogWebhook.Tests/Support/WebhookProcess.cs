using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;

namespace AccessLogWebhook.Tests.Support;

/// <summary>The shipped executable, run as a user runs it, on a directory of manifests.</summary>
internal sealed partial class WebhookProcess : IAsyncDisposable
{
    private readonly Process process;
    private readonly string folder;
    private readonly ConcurrentQueue<string> log = new();

    private WebhookProcess(Process process, string folder) => (this.process, this.folder) = (process, folder);

    public HttpClient Https { get; private set; } = null!;

    public static async Task<WebhookProcess> StartAsync(string executable, string clusterDirectory, string? configuration)
    {
        var folder = Directory.CreateTempSubdirectory("accesslog-process-").FullName;
        var authority = Path.Combine(folder, "ca.pem");
        List<string> arguments =
        [
            "serve", "--cluster", clusterDirectory, "--bind", "127.0.0.1", "--https-port", "0", "--http-port", "0", "--ca-out", authority, "--log-format", "text",
            .. configuration is null ? (IEnumerable<string>)[] : ["--config", configuration],
        ];
        var process = Process.Start(new ProcessStartInfo(executable, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var webhook = new WebhookProcess(process, folder);
        try
        {
            var address = await webhook.ListensAsync().WaitAsync(TimeSpan.FromSeconds(60));
            webhook.Https = new HttpClient(TrustingHandler.Of(X509Certificate2.CreateFromPem(await File.ReadAllTextAsync(authority)))) { BaseAddress = address };
            return webhook;
        }
        catch
        {
            await webhook.DisposeAsync();
            throw;
        }
    }

    private Task<Uri> ListensAsync()
    {
        var address = new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously);
        process.ErrorDataReceived += (_, output) => log.Enqueue(output.Data ?? "");
        process.OutputDataReceived += (_, output) =>
        {
            log.Enqueue(output.Data ?? "");
            if (output.Data is null)
            {
                address.TrySetException(new InvalidOperationException($"The webhook ended before it listened:\n{string.Join('\n', log)}"));
            }
            else if (Listening().Match(output.Data) is { Success: true } match)
            {
                address.TrySetResult(new Uri(match.Groups[1].Value));
            }
        };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return address.Task;
    }

    public async Task<Answer> PostAsync(string path, byte[] body)
    {
        using var content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        using var response = await Https.PostAsync(new Uri(path, UriKind.Relative), content);
        return new Answer((int)response.StatusCode, response.Content.Headers.ContentType?.ToString() ?? "", await response.Content.ReadAsStringAsync());
    }

    public async ValueTask DisposeAsync()
    {
        Https?.Dispose();
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [GeneratedRegex(@"Listening on (https://\S+) and")]
    private static partial Regex Listening();
}
