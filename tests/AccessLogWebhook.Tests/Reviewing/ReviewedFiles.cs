using System.CommandLine;
using System.Text;
using System.Text.Json.Nodes;
using AccessLogWebhook.Cli;
using AccessLogWebhook.Reviewing;
using AccessLogWebhook.Tests.Support;

namespace AccessLogWebhook.Tests.Reviewing;

/// <summary>What a review printed.</summary>
internal sealed record Reviewed(int ExitCode, string Output, string Error)
{
    public JsonArray Json => JsonNode.Parse(Output)!.AsArray();

    /// <summary>The table's lines about objects: cells, without the blanks between them.</summary>
    public string[] Rows => [.. Output.Split('\n').Skip(1).TakeWhile(line => line.Length > 0).Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries)))];
}

/// <summary>Files to review, and a review of them without any cluster but the one given.</summary>
internal sealed class ReviewedFiles : IDisposable
{
    /// <summary>A patch by which an EnvoyFilter logs, as a member of its spec.</summary>
    public const string Logging =
        """
        configPatches: [{applyTo: NETWORK_FILTER, match: {context: ANY, listener: {filterChain: {filter: {name: envoy.filters.network.http_connection_manager}}}}, patch: {operation: MERGE, value: {typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager, access_log: [{name: x, typed_config: {"@type": type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog, path: /dev/stdout}}]}}}}]
        """;

    /// <summary>A namespace for each mode, and the profile json with its reference.</summary>
    public const string Cluster =
        $$$$"""
        apiVersion: v1
        kind: List
        items:
        - {apiVersion: v1, kind: Namespace, metadata: {name: shop, labels: {istio-injection: enabled, accesslog.mesh/inject: json}}}
        - {apiVersion: v1, kind: Namespace, metadata: {name: bank, labels: {istio-injection: enabled, accesslog.mesh/enforce: json}}}
        - {apiVersion: v1, kind: Namespace, metadata: {name: blog, labels: {istio-injection: enabled, accesslog.mesh/warn: json}}}
        - {apiVersion: v1, kind: Namespace, metadata: {name: archive, labels: {istio-injection: enabled, accesslog.mesh/audit: json}}}
        - {apiVersion: accesslog.mesh/v1alpha1, kind: AccessLogProfile, metadata: {name: json}, spec: {}, status: {revision: 0c4d}}
        - apiVersion: networking.istio.io/v1alpha3
          kind: EnvoyFilter
          metadata: {namespace: istio-system, name: accesslog-json-0c4d}
          spec: {workloadSelector: {labels: {accesslog.mesh/profile: json, accesslog.mesh/revision: 0c4d}}, {{{{Logging}}}}}

        """;

    private readonly TemporaryDirectory directory = new();

    public string Path => directory.Path;

    public string this[string name] => directory[name];

    public string Write(string name, string text) => directory.Write(name, text);

    /// <summary>Reviews files against <see cref="Cluster"/>.</summary>
    public Task<Reviewed> ReviewAsync(string format, params string[] arguments)
    {
        Write("cluster/cluster.yaml", Cluster);
        return RunAsync(["--cluster", this["cluster"], "-o", format, .. arguments]);
    }

    /// <summary>Reviews one text against <see cref="Cluster"/>.</summary>
    public Task<Reviewed> ReviewTextAsync(string format, string text, params string[] arguments) =>
        ReviewAsync(format, ["-f", Write("given.yaml", text), .. arguments]);

    /// <summary>Runs the command as the program does. Paths in what it prints are relative to the directory.</summary>
    public async Task<Reviewed> RunAsync(params string[] arguments)
    {
        using StringWriter output = new(), error = new();
        var parsed = new RootCommand { ReviewCommand.Create() }.Parse(["review", .. arguments]);
        var exitCode = await parsed.InvokeAsync(new InvocationConfiguration { Output = output, Error = error });
        return new Reviewed(parsed.Errors.Count > 0 ? ExitCodes.Usage : exitCode, Relative(output.ToString()), Relative(error.ToString()));
    }

    /// <summary>Reviews the standard input, where no cluster is known.</summary>
    public static async Task<Reviewed> ReviewInputAsync(ReviewFormat format, string input, params string[] files)
    {
        using StringWriter output = new(), error = new();
        var run = new ReviewRun(output, TerminalOutput.ConsoleOn(output), error, () => new MemoryStream(Encoding.UTF8.GetBytes(input)));
        var exitCode = await run.RunAsync(
            new ReviewRequest { Files = files.Length == 0 ? ["-"] : [.. files], Format = format },
            (_, _, _) => Task.FromResult(ReviewedCluster.OfFilesAlone),
            TestContext.Current.CancellationToken);
        return new Reviewed(exitCode, output.ToString(), error.ToString());
    }

    public void Dispose() => directory.Dispose();

    private string Relative(string text) => text.Replace($"{Path}{System.IO.Path.DirectorySeparatorChar}", "", StringComparison.Ordinal);
}
