using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.RegularExpressions;
using AccessLogWebhook.Hosting;
using AccessLogWebhook.Tests.Support;
using Microsoft.Extensions.Logging;

namespace AccessLogWebhook.Tests.Hosting;

/// <summary>The life of <c>serve</c>: what is wrong is said before it listens; then it listens, follows its files and stops when asked.</summary>
public sealed partial class ServingProcessTests : IDisposable
{
    private static readonly ServingOptions FreePorts = new() { Address = IPAddress.Loopback, HttpsPort = 0, HttpPort = 0 };

    private readonly string folder = Directory.CreateTempSubdirectory("accesslog-serving-").FullName;
    private readonly CollectedLogs logs = new();
    private readonly StringWriter errors = new();

    public void Dispose()
    {
        logs.Dispose();
        errors.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Every_error_of_the_configuration_is_said_before_it_listens()
    {
        var configuration = Write("config.yaml", "defaults: {injct: json}\nfailure: {inject: maybe}\n");

        Assert.Equal(2, await RunAsync(FreePorts, configuration: configuration));

        Assert.Equal(
            $"{configuration}:1:12: defaults.injct: is no field; did you mean inject?\n{configuration}:2:19: failure.inject: must be open or closed; this is \"maybe\".\n",
            errors.ToString());
        Assert.Empty(logs.Lines);
    }

    [Fact]
    public async Task Every_error_of_the_manifests_is_said_before_it_listens()
    {
        var first = Write("cluster/a.yaml", "kind: [\n");
        var second = Write("cluster/b.yaml", "apiVersion: v1\n");

        Assert.Equal(2, await RunAsync(FreePorts));

        Assert.Equal(
            $"{first}:2:1: invalid YAML: while parsing a node, did not find expected node content.\n{second}:1:1: kind is missing; give one, for instance kind: Pod.\n",
            errors.ToString());
    }

    [Fact]
    public async Task A_port_that_is_taken_is_named()
    {
        Write("cluster/a.yaml", "");
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;

        Assert.Equal(2, await RunAsync(FreePorts with { HttpsPort = port }));

        Assert.StartsWith("Cannot listen: ", errors.ToString(), StringComparison.Ordinal);
        Assert.Contains($":{port}", errors.ToString(), StringComparison.Ordinal);
        Assert.EndsWith(" Choose others with --bind, --https-port and --http-port.\n", errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_that_is_not_this_machine_s_is_named()
    {
        Write("cluster/a.yaml", "");

        Assert.Equal(2, await RunAsync(FreePorts with { Address = IPAddress.Parse("192.0.2.1") }));

        Assert.StartsWith("Cannot listen: ", errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_kubeconfig_that_is_not_there_is_named()
    {
        var files = new ServingFiles(null, null, null, null, null, Path.Combine(folder, "kubeconfig"));

        Assert.Equal(2, await new ServingProcess(FreePorts, files, TimeProvider.System, logging => logging.AddProvider(logs), errors).RunAsync(CancellationToken.None));

        Assert.Equal(
            $"The kubeconfig {folder}/kubeconfig cannot be used: kubeconfig file not found at {folder}/kubeconfig. Give --kubeconfig FILE, or a directory of manifests with --cluster DIR.\n",
            errors.ToString());
    }

    [Fact]
    public async Task An_authority_of_clients_that_cannot_be_used_is_named_before_it_listens()
    {
        Write("cluster/a.yaml", "");
        var authority = Write("clients.crt", "");
        var files = new ServingFiles(null, null, null, null, Path.Combine(folder, "cluster"), null, ClientAuthority: authority);

        Assert.Equal(2, await new ServingProcess(FreePorts, files, TimeProvider.System, logging => logging.AddProvider(logs), errors).RunAsync(CancellationToken.None));

        Assert.Equal($"{authority}: no certificate is in it; it must hold those of the authorities of clients, PEM.\n", errors.ToString());
        Assert.DoesNotContain(logs.Lines, line => line.Contains("Listening", StringComparison.Ordinal));
    }

    [Fact]
    public async Task It_follows_its_files_keeps_what_was_good_and_stops_when_asked()
    {
        Write("cluster/a.yaml", "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n");
        var configuration = Write("config.yaml", "defaults: {enforce: json}\n");
        var authority = Path.Combine(folder, "ca.pem");
        using var stop = new CancellationTokenSource();
        var running = RunAsync(FreePorts, configuration, authority, stop.Token);
        await UntilAsync(() => Addresses() is not null);
        using var https = new HttpClient(TrustingHandler.Of(X509Certificate2.CreateFromPem(await File.ReadAllTextAsync(authority)))) { BaseAddress = Addresses()!.Value.Https };
        using var http = new HttpClient { BaseAddress = Addresses()!.Value.Http };

        Assert.Contains("the cluster-wide default of enforce is json", await ValidateAsync(https), StringComparison.Ordinal);
        Assert.Equal("ok\n", await http.GetStringAsync(new Uri("/readyz", UriKind.Relative)));

        await File.WriteAllTextAsync(configuration, "defaults: {enforce: [\n");
        await UntilAsync(() => logs.Lines.Any(line => line.StartsWith("Error 3002:", StringComparison.Ordinal)));
        Assert.Contains("\"allowed\":false", await ValidateAsync(https), StringComparison.Ordinal);
        Assert.Contains("accesslog_configuration_errors 1\n", await http.GetStringAsync(new Uri("/metrics", UriKind.Relative)), StringComparison.Ordinal);

        await File.WriteAllTextAsync(configuration, "defaults: {enforce: \"off\"}\n");
        await UntilAsync(() => logs.Lines.Any(line => line.StartsWith("Information 3000:", StringComparison.Ordinal)));
        Assert.Contains("\"reason\":\"NotRequested\"", await ValidateAsync(https), StringComparison.Ordinal);

        Write("cluster/a.yaml", "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {accesslog.mesh/enforce: text}}\n");
        await UntilAsync(() => logs.Lines.Any(line => line.StartsWith("Information 2090:", StringComparison.Ordinal)));
        Assert.Contains("namespace shop is labelled accesslog.mesh/enforce=text", await ValidateAsync(https), StringComparison.Ordinal);

        await stop.CancelAsync();
        Assert.Equal(0, await running);
        Assert.Equal("", errors.ToString());
    }

    private static async Task<string> ValidateAsync(HttpClient https)
    {
        using var content = new StringContent(Reviews.Of("""{"metadata":{"name":"api"}}"""), Encoding.UTF8, "application/json");
        using var response = await https.PostAsync(new Uri("/validate", UriKind.Relative), content);
        return await response.Content.ReadAsStringAsync();
    }

    private Task<int> RunAsync(ServingOptions serving, string? configuration = null, string? authority = null, CancellationToken cancellationToken = default) =>
        new ServingProcess(
            serving,
            new ServingFiles(null, null, authority, configuration, Path.Combine(folder, "cluster"), null),
            TimeProvider.System,
            logging => logging.AddProvider(logs),
            errors).RunAsync(cancellationToken);

    private string Write(string name, string text)
    {
        var path = Path.Combine(folder, name);
        Directory.CreateDirectory(Path.Combine(folder, "cluster"));
        File.WriteAllText(path, text);
        return path;
    }

    private (Uri Https, Uri Http)? Addresses() =>
        logs.Lines.Select(line => Listening().Match(line)).FirstOrDefault(match => match.Success) is { } match
            ? (new Uri(match.Groups[1].Value), new Uri(match.Groups[2].Value))
            : null;

    /// <summary>Waits for what the process does by the real clock, with a deadline far beyond it.</summary>
    private static async Task UntilAsync(Func<bool> isSo)
    {
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        for (var patience = Stopwatch.StartNew(); !isSo(); await tick.WaitForNextTickAsync())
        {
            Assert.True(patience.Elapsed < TimeSpan.FromSeconds(60), "it did not come about");
        }
    }

    [GeneratedRegex(@"Listening on (https://\S+) and (http://[^;]+);")]
    private static partial Regex Listening();
}
