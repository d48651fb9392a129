using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;

namespace AccessLogWebhook.ClusterTests.Support;

/// <summary>
/// The product as a user starts it, <c>accesslog serve</c>: the native executable that $ACCESSLOG_BINARY names, else accesslog.dll
/// beside these tests. It is ready when <see cref="StartAsync"/> returns.
/// </summary>
public sealed partial class WebhookProcess : IAsyncDisposable
{
    private readonly DirectoryInfo directory = Reaper.Instance.CreateDirectory();
    private readonly TestAuthority authority = new("accesslog-test-webhook");
    private readonly HttpClient http = new();
    private readonly ChildProcess process;
    private WebhookEndpoint? endpoint;

    private WebhookProcess(WebhookProcessOptions options)
    {
        ReplaceCertificate(authority.Issue("accesslog"));
        if (options.Configuration is not null)
        {
            File.WriteAllText(ConfigurationFile, options.Configuration);
        }

        var (file, first) = options.Executable is { } executable ? (executable, []) : TestEnvironment.Product;
        process = ChildProcess.Start(
            "accesslog",
            file,
            [
                .. first, "serve", "--bind", "127.0.0.1", "--https-port", "0", "--http-port", "0",
                .. options.SelfManaged is { } home ? ["--self-managed", home] : (string[])["--cert", CertificateFile, "--key", KeyFile],
                .. options.Kubeconfig is null ? Array.Empty<string>() : ["--kubeconfig", options.Kubeconfig],
                .. options.Configuration is null ? Array.Empty<string>() : ["--config", ConfigurationFile],
                .. options.Arguments,
            ],
            options.Environment);
    }

    public WebhookEndpoint Endpoint => endpoint ?? throw new InvalidOperationException("It has not listened yet.");

    /// <summary>The authority of its certificate, for another one: <see cref="ReplaceCertificate"/>.</summary>
    public TestAuthority Authority => authority;

    public string ConfigurationFile => Path.Combine(directory.FullName, "config.yaml");

    /// <summary>Every line that it has written, to either output.</summary>
    public IReadOnlyList<string> Logs => process.Lines;

    private string CertificateFile => Path.Combine(directory.FullName, "tls.crt");

    private string KeyFile => Path.Combine(directory.FullName, "tls.key");

    /// <summary>Starts it and waits until it says that it is ready.</summary>
    public static async Task<WebhookProcess> StartAsync(WebhookProcessOptions options)
    {
        var webhook = new WebhookProcess(options);
        try
        {
            webhook.endpoint = await webhook.ListensAsync();
            await webhook.IsReadyAsync();
            return webhook;
        }
        catch (Exception exception) when (exception is TimeoutException or InvalidOperationException)
        {
            if (webhook.process.HasExited)
            {
                // It has said all that it will say only when its output has been read to the end.
                await webhook.process.ExitCodeAsync();
            }

            var tail = webhook.process.Tail();
            await webhook.DisposeAsync();
            throw new InvalidOperationException($"accesslog serve did not start: {exception.Message}{Environment.NewLine}{tail}", exception);
        }
    }

    /// <summary>Starts it where it is to refuse to: how it ended, and what it said.</summary>
    public static async Task<CommandResult> RefuseAsync(WebhookProcessOptions options)
    {
        await using var webhook = new WebhookProcess(options);
        var exitCode = await webhook.process.ExitCodeAsync();
        return new CommandResult(exitCode, "", string.Join(Environment.NewLine, webhook.Logs));
    }

    /// <summary>Has the API server call it; see <see cref="WebhookRegistration"/>.</summary>
    public Task<WebhookRegistration> RegisterWebhooksAsync(ControlPlane plane, WebhookRegistrationOptions? options = null) =>
        WebhookRegistration.CreateAsync(plane, Endpoint, options);

    public async Task IsReadyAsync() => await Eventually.HoldsAsync("accesslog serve is ready", async () =>
    {
        AssertRunning();
        return await AsksToBeCalledAsync();
    });

    /// <summary>Whether its readiness is green now.</summary>
    public async Task<bool> AsksToBeCalledAsync()
    {
        using var response = await http.GetAsync(new Uri(Endpoint.Http, "/readyz"), TestContext.Current.CancellationToken);
        return response.StatusCode == HttpStatusCode.OK;
    }

    /// <summary>How much memory it holds now; null where the system does not say.</summary>
    public async Task<long?> ResidentBytesAsync()
    {
        var file = $"/proc/{process.Id}/status";
        return File.Exists(file) && (await File.ReadAllLinesAsync(file)).FirstOrDefault(line => line.StartsWith("VmRSS:", StringComparison.Ordinal)) is { } line
            ? long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) * 1024
            : null;
    }

    /// <summary>Puts another text into its configuration file, at once and whole.</summary>
    public void ReplaceConfiguration(string text) => Replace(ConfigurationFile, text);

    /// <summary>What /metrics says; <see cref="PrometheusText"/> reads it.</summary>
    public Task<string> MetricsAsync() => http.GetStringAsync(new Uri(Endpoint.Http, "/metrics"), TestContext.Current.CancellationToken);

    /// <summary>Puts other files in the place of its certificate and key, each at once and whole.</summary>
    public void ReplaceCertificate(IssuedCertificate certificate)
    {
        Replace(KeyFile, certificate.KeyPem);
        Replace(CertificateFile, certificate.CertificatePem);
    }

    /// <summary>Asks it to end, by SIGTERM.</summary>
    /// <returns>Whether it ended by itself within 30 s, the time that Kubernetes gives.</returns>
    public Task<bool> StopAsync() => process.StopAsync(TimeSpan.FromSeconds(30));

    public Task KillAsync() => process.KillAsync();

    public Task<int> ExitCodeAsync() => process.ExitCodeAsync();

    public async ValueTask DisposeAsync()
    {
        // Seen where the test fails.
        TestContext.Current.TestOutputHelper?.WriteLine(process.Tail());
        await process.DisposeAsync();
        http.Dispose();
        authority.Dispose();
        directory.Delete(recursive: true);
    }

    private static void Replace(string file, string text)
    {
        File.WriteAllText(file + ".new", text);
        File.Move(file + ".new", file, overwrite: true);
    }

    private Task<WebhookEndpoint> ListensAsync() => Eventually.ValueAsync("accesslog serve says where it listens", () =>
    {
        var found = Logs.Select(line => Listening().Match(line)).FirstOrDefault(match => match.Success);
        if (found is null)
        {
            AssertRunning();
        }

        return Task.FromResult(found is null
            ? null
            : new WebhookEndpoint(new Uri(found.Groups["https"].Value), new Uri(found.Groups["http"].Value), authority.CertificatePem));
    });

    private void AssertRunning()
    {
        if (process.HasExited)
        {
            throw new InvalidOperationException("it has exited.");
        }
    }

    [GeneratedRegex(@"Listening on (?<https>https://[0-9.]+:[0-9]+) and (?<http>http://[0-9.]+:[0-9]+)")]
    private static partial Regex Listening();
}
