using System.Collections.Immutable;
using System.Text;
using AccessLogWebhook.Cluster;
using AccessLogWebhook.Configuration;
using AccessLogWebhook.Manifests;
using AccessLogWebhook.Reviewing;
using Spectre.Console;

namespace AccessLogWebhook.Auditing;

/// <summary><c>accesslog audit</c>, from the cluster to the exit code. Where something cannot be read, that is said, and nothing is audited: half a truth would pass for one.</summary>
/// <param name="output">Where programs read.</param>
/// <param name="console">Makes where people read, on a writer.</param>
/// <param name="liveCluster">Reads the kinds given of a live cluster, with the kubeconfig given.</param>
internal sealed class AuditRun(
    TextWriter output,
    Func<TextWriter, IAnsiConsole> console,
    TextWriter error,
    AuditProgress progress,
    TimeProvider time,
    Func<Stream> standardInput,
    Func<string?, ImmutableArray<ClusterKind>, CancellationToken, Task<ReviewedCluster>> liveCluster)
{
    public async Task<int> RunAsync(AuditRequest request, CancellationToken cancellationToken)
    {
        return request.LogFile is { } log
            ? await SummariseAsync(request, log).ConfigureAwait(false)
            : await AuditAsync(request, cancellationToken).ConfigureAwait(false);
    }

    private async Task<int> AuditAsync(AuditRequest request, CancellationToken cancellationToken)
    {
        var configuration = ConfigurationFile.ReadOrDefault(request.ConfigurationFile);
        if (await error.ReportAsync(configuration.Errors).ConfigureAwait(false))
        {
            return ExitCodes.Usage;
        }

        var cluster = request.ClusterDirectory is { } directory
            ? AuditedDirectory.Read(directory, progress, cancellationToken)
            : await AuditedCluster.OfLiveAsync(
                (kinds, token) => liveCluster(request.Kubeconfig, kinds, token), configuration.Options!.Policy.RootNamespace, progress, cancellationToken).ConfigureAwait(false);
        if (await error.ReportAsync(cluster.Errors).ConfigureAwait(false))
        {
            return ExitCodes.Usage;
        }

        var rows = Listed(request, AuditRows.Of(Chosen(request, cluster.Subjects), cluster.Mesh, configuration.Options!.Policy));
        foreach (var note in cluster.Notes.Concat(Absent(request, cluster)))
        {
            await error.WriteLineAsync(TerminalText.Safe(note)).ConfigureAwait(false);
        }

        Send(request, text => Write(text, request, rows));
        return rows.Any(row => request.FailOn.Contains(row.Verdict)) ? ExitCodes.Finding : ExitCodes.Fine;
    }

    private async Task<int> SummariseAsync(AuditRequest request, string log)
    {
        LogSummary summary;
        try
        {
            using var stream = log == ReviewFiles.StandardInput ? standardInput() : new FileStream(log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            summary = LogSummary.Read(stream, line => progress.Report("Lines read:", line));
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            progress.End();
            await error.ReportAsync([new ManifestError(log, 0, 0, $"cannot be read: {unreadable.Message}")]).ConfigureAwait(false);
            return ExitCodes.Usage;
        }

        progress.End();
        if (summary.Junk > 0)
        {
            await error.WriteLineAsync(FormattableString.Invariant(
                $"{summary.Junk} of {summary.Lines} lines are no audit events (audit.k8s.io/v1, JSON), line {summary.FirstJunk} first; they are passed over.")).ConfigureAwait(false);
        }

        if (summary.Uncounted > 0)
        {
            await error.WriteLineAsync(FormattableString.Invariant($"{summary.Uncounted} decisions are of too many kinds to be told apart, and are left out.")).ConfigureAwait(false);
        }

        var groups = summary.Groups();
        Send(request, text => LogForms.Write(
            text, console, request.Format, request.Namespaces.IsEmpty ? groups : groups.RemoveAll(group => !request.Namespaces.Contains(group.Example.Namespace))));
        return ExitCodes.Fine;
    }

    private void Send(AuditRequest request, Action<TextWriter> write)
    {
        if (request.OutputFile is { } file)
        {
            WriteFile(file, write);
        }
        else
        {
            write(output);
            output.Flush();
        }
    }

    private static ImmutableArray<AuditSubject> Chosen(AuditRequest request, ImmutableArray<AuditSubject> subjects) =>
        request.Namespaces.IsEmpty ? subjects : subjects.RemoveAll(subject => !request.Namespaces.Contains(subject.Key.Namespace));

    private static ImmutableArray<AuditRow> Listed(AuditRequest request, ImmutableArray<AuditRow> rows) =>
        request.Verdicts.IsEmpty ? rows : rows.RemoveAll(row => !request.Verdicts.Contains(row.Verdict));

    private static IEnumerable<string> Absent(AuditRequest request, AuditedCluster cluster) =>
        from @namespace in request.Namespaces
        where !cluster.Mesh.Namespaces.ContainsKey(@namespace) && !cluster.Subjects.Any(subject => subject.Key.Namespace == @namespace)
        select $"There is no namespace {@namespace}.";

    // Whoever looks at the file meanwhile sees the one before it, or none.
    private static void WriteFile(string file, Action<TextWriter> write)
    {
        var aside = $"{file}.{Environment.ProcessId}.tmp";
        try
        {
            using (var text = new StreamWriter(aside, append: false, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)))
            {
                write(text);
            }

            File.Move(aside, file, overwrite: true);
        }
        finally
        {
            File.Delete(aside);
        }
    }

    private void Write(TextWriter text, AuditRequest request, ImmutableArray<AuditRow> rows)
    {
        switch (request.Format)
        {
            case AuditFormat.Json:
                AuditJson.Write(text, rows);
                break;
            case AuditFormat.Yaml:
                AuditJson.WriteYaml(text, rows);
                break;
            case AuditFormat.Csv:
                AuditCsv.Write(text, rows);
                break;
            case AuditFormat.Sarif:
                AuditSarif.Write(text, rows);
                break;
            case AuditFormat.Junit:
                AuditJunit.Write(text, rows, request.FailOn);
                break;
            case AuditFormat.Markdown:
                AuditMarkdown.Write(text, rows, request.By);
                break;
            case AuditFormat.Html:
                AuditPage.Write(text, rows, time.GetUtcNow());
                break;
            case AuditFormat.PolicyReport:
                AuditPolicyReport.Write(text, rows);
                break;
            default:
                AuditTable.Write(console(text), rows, request.By);
                break;
        }
    }
}
