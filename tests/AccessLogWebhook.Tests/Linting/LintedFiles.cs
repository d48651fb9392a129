using System.CommandLine;
using System.Text;
using System.Text.Json.Nodes;
using AccessLogWebhook.Cli;
using AccessLogWebhook.Linting;
using AccessLogWebhook.Reviewing;
using AccessLogWebhook.Tests.Support;

namespace AccessLogWebhook.Tests.Linting;

/// <summary>What a linting printed.</summary>
internal sealed record LintOutcome(int ExitCode, string Output, string Error)
{
    public JsonArray Json => JsonNode.Parse(Output)!.AsArray();

    /// <summary>The ids of what was found, in order.</summary>
    public string Ids => string.Join(' ', Json.Select(finding => (string?)finding!["id"]));
}

/// <summary>Files to lint.</summary>
internal sealed class LintedFiles : IDisposable
{
    /// <summary>An EnvoyFilter with an error and a warning.</summary>
    public const string Faulty =
        """
        apiVersion: networking.istio.io/v1alpha3
        kind: EnvoyFilter
        metadata: {name: accesslog, namespace: shop}
        spec:
          workloadSelector: {labels: {}}
          configPatches:
          - applyTo: NETWORK_FILTER
            match:
              context: SIDECAR_INBOUND
              listener: {filterChain: {filter: {name: envoy.filters.network.http_connection_manager}}}
            patch:
              operation: MERGE
              value:
                typed_config:
                  "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                  access_log:
                  - name: envoy.access_loggers.file
                    filter: {}
                    typed_config:
                      "@type": type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog
                      path: /dev/stdout

        """;

    public const string Telemetry =
        """
        apiVersion: telemetry.istio.io/v1
        kind: Telemetry
        metadata: {name: accesslog, namespace: shop}
        spec:
          accessLogging:
          - filter: {expression: "response.code >= 400"}

        """;

    private readonly TemporaryDirectory directory = new();

    public string Path => directory.Path;

    public string this[string name] => directory[name];

    public string Write(string name, string text) => directory.Write(name, text);

    public Task<LintOutcome> LintTextAsync(string format, string text, params string[] arguments) =>
        RunAsync(["-f", Write("given.yaml", text), "-o", format, .. arguments]);

    /// <summary>Runs the command as the program does. Paths in what it prints are relative to the directory.</summary>
    public async Task<LintOutcome> RunAsync(params string[] arguments)
    {
        using StringWriter output = new(), error = new();
        var parsed = new RootCommand { LintCommand.Create() }.Parse(["lint", .. arguments]);
        var exitCode = await parsed.InvokeAsync(new InvocationConfiguration { Output = output, Error = error });
        return new LintOutcome(parsed.Errors.Count > 0 ? ExitCodes.Usage : exitCode, Relative(output.ToString()), Relative(error.ToString()));
    }

    /// <summary>Lints the standard input.</summary>
    public static async Task<LintOutcome> LintInputAsync(LintFormat format, string input)
    {
        using StringWriter output = new(), error = new();
        var run = new LintRun(
            output, TerminalOutput.ConsoleOn(output), error, () => new MemoryStream(Encoding.UTF8.GetBytes(input)), (_, _, _) => Task.FromResult(ReviewedCluster.OfFilesAlone));
        var exitCode = await run.RunAsync(new LintRequest { Files = ["-"], Format = format }, TestContext.Current.CancellationToken);
        return new LintOutcome(exitCode, output.ToString(), error.ToString());
    }

    public void Dispose() => directory.Dispose();

    private string Relative(string text) => text.Replace($"{Path}{System.IO.Path.DirectorySeparatorChar}", "", StringComparison.Ordinal);
}
