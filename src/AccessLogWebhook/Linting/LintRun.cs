using System.Collections.Immutable;
using AccessLogWebhook.Manifests;
using AccessLogWebhook.Policy.Linting;
using AccessLogWebhook.Reviewing;
using Spectre.Console;

namespace AccessLogWebhook.Linting;

/// <summary><c>accesslog lint</c>, from the files or the cluster to the exit code. Where something cannot be read, that is said, and nothing is linted.</summary>
/// <param name="output">Where programs read.</param>
/// <param name="console">The same, where people read.</param>
/// <param name="liveCluster">Asks a live cluster, with the kubeconfig given, and keeps what is to be linted; asked only where it is the cluster.</param>
internal sealed class LintRun(
    TextWriter output,
    IAnsiConsole console,
    TextWriter error,
    Func<Stream> standardInput,
    Func<string?, LiveSubjects, CancellationToken, Task<ReviewedCluster>> liveCluster)
{
    public async Task<int> RunAsync(LintRequest request, CancellationToken cancellationToken)
    {
        // Files are linted by themselves unless a cluster is named: a check of files must not depend on where it runs.
        var isLive = request.ClusterDirectory is null && (request.Files.IsEmpty || request.Kubeconfig is not null);
        var cluster = isLive
            ? await LintedCluster.OfLiveAsync(request, standardInput, liveCluster, cancellationToken).ConfigureAwait(false)
            : LintedCluster.OfFiles(request, standardInput);
        if (await error.ReportAsync(cluster.Errors).ConfigureAwait(false))
        {
            return ExitCodes.Usage;
        }

        var linted = Lint(cluster, request.RootNamespace);
        await WriteAsync(request, linted).ConfigureAwait(false);
        return linted.Any(each => each.Findings.Any(found => found.Finding.Rule.Severity <= request.FailOn)) ? ExitCodes.Finding : ExitCodes.Fine;
    }

    private static ImmutableArray<LintedObject> Lint(LintedCluster cluster, string rootNamespace)
    {
        var context = new LintContext(cluster.Mesh, rootNamespace) { Others = cluster.Others };
        return
        [
            .. from each in cluster.Given
               where Linter.TouchesAccessLogs(each.Subject)
               let findings = Linter.Lint(each.Subject, context)
               select new LintedObject(
                   each.Subject, each.Manifest?.ApiVersion ?? "", each.Manifest?.Source ?? "", each.Manifest?.Line ?? 0, [.. findings.Select(finding => Place(finding, each.Manifest))]),
        ];
    }

    private static PlacedFinding Place(LintFinding finding, Manifest? manifest)
    {
        var (line, column) = manifest?.Root is { } root ? FieldPlaces.Of(root, finding.Path) : (0, 0);
        return new PlacedFinding(finding, line, column);
    }

    private async Task WriteAsync(LintRequest request, ImmutableArray<LintedObject> linted)
    {
        switch (request.Format)
        {
            case LintFormat.Json:
                await output.WriteAsync(LintJson.Write(linted)).ConfigureAwait(false);
                break;
            case LintFormat.Sarif:
                LintSarif.Write(output, linted);
                break;
            case LintFormat.Junit:
                LintJunit.Write(output, linted, request.FailOn);
                break;
            case LintFormat.Github:
                await output.WriteAsync(LintGithub.Write(linted)).ConfigureAwait(false);
                break;
            default:
                LintTable.Write(console, linted);
                break;
        }

        await output.FlushAsync().ConfigureAwait(false);
    }
}
