using System.CommandLine;
using AccessLogWebhook.Auditing;
using AccessLogWebhook.Cluster;
using AccessLogWebhook.Reviewing;

namespace AccessLogWebhook.Cli;

/// <summary><c>accesslog audit</c>: every workload's verdict.</summary>
internal static class AuditCommand
{
    private static readonly string[] Formats = ["table", "json", "yaml", "csv", "sarif", "junit", "markdown", "html", "policyreport"];
    private static readonly string[] Groupings = ["owner", "namespace", "verdict"];
    private static readonly string[] Verdicts = [.. AuditVerdict.All.Select(verdict => verdict.Name)];

    /// <summary>Ten thousand Pods take a second or two; a hundred thousand, over a slow line, have ten minutes.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    public static Command Create()
    {
        var cluster = new ClusterOptions();
        var configuration = new Option<string?>("--config") { Description = "The webhook's configuration file.", HelpName = "FILE" };
        var namespaces = new Option<string[]>("--namespace", "-n")
        {
            Description = "Only the workloads of these namespaces.",
            HelpName = "NAMESPACE",
            Arity = ArgumentArity.OneOrMore,
            AllowMultipleArgumentsPerToken = true,
        };
        var verdicts = VerdictOption("--verdict", "Only workloads with one of these verdicts.");
        var failOn = VerdictOption("--fail-on", "The verdicts with which the exit code is 1. Without it, it is 0 whatever is found.");
        var log = new Option<string?>("--from-log")
        {
            Description = "Summarises a Kubernetes audit log instead: who was refused, exempted, warned and changed. JSON lines; - for the standard input. With -o table|json|yaml|csv|markdown.",
            HelpName = "FILE",
        };
        var by = new Option<string>("--by")
        {
            Description = "What table and markdown have a line for. The other forms list every workload by its own name.",
            HelpName = "owner|namespace|verdict",
            DefaultValueFactory = _ => "owner",
        };
        by.AcceptOnlyFromAmong(Groupings);
        var format = new Option<string>("--output", "-o")
        {
            Description = "table for people; json, yaml and csv for programs; sarif for code scanning; junit for build servers; markdown; html, one page for auditors; policyreport for dashboards.",
            HelpName = string.Join('|', Formats),
            DefaultValueFactory = _ => "table",
        };
        format.AcceptOnlyFromAmong(Formats);
        var file = new Option<string?>("--output-file") { Description = "Writes there instead of to the standard output.", HelpName = "FILE" };
        var command = new Command("audit", "Says of every workload whether it is logged as its namespace asks, and why not. Exit code 1 with a verdict of --fail-on.")
        {
            configuration, namespaces, verdicts, by, failOn, log, format, file,
        };
        cluster.AddTo(command);
        command.Validators.Add(result =>
        {
            if (result.GetValue(log) is null)
            {
                return;
            }

            if (result.GetValue(cluster.Directory) is not null || result.GetValue(cluster.Kubeconfig) is not null
                || result.GetResult(verdicts) is not null || result.GetResult(failOn) is not null)
            {
                result.AddError("--from-log is about a log: leave out --cluster, --kubeconfig, --verdict and --fail-on.");
            }

            if (Enum.TryParse<AuditFormat>(result.GetValue(format), ignoreCase: true, out var asked) && !LogForms.Has(asked))
            {
                result.AddError("--from-log has the forms table, json, yaml, csv and markdown.");
            }
        });
        command.SetAction((parse, cancellationToken) => RunAsync(
            new AuditRequest
            {
                ClusterDirectory = parse.GetValue(cluster.Directory),
                Kubeconfig = parse.GetValue(cluster.Kubeconfig),
                ConfigurationFile = parse.GetValue(configuration),
                LogFile = parse.GetValue(log),
                Namespaces = [.. parse.GetValue(namespaces) ?? []],
                Verdicts = [.. (parse.GetValue(verdicts) ?? []).Select(Named)],
                FailOn = [.. (parse.GetValue(failOn) ?? []).Select(Named)],
                By = Enum.Parse<AuditGrouping>(parse.GetRequiredValue(by), ignoreCase: true),
                Format = Enum.Parse<AuditFormat>(parse.GetRequiredValue(format), ignoreCase: true),
                OutputFile = parse.GetValue(file),
            },
            parse.InvocationConfiguration,
            cancellationToken));
        return command;
    }

    private static Option<string[]> VerdictOption(string name, string description)
    {
        var option = new Option<string[]>(name)
        {
            Description = description,
            HelpName = string.Join('|', Verdicts),
            Arity = ArgumentArity.OneOrMore,
            AllowMultipleArgumentsPerToken = true,
        };
        option.Validators.Add(result =>
        {
            foreach (var verdict in result.GetValueOrDefault<string[]>() ?? [])
            {
                if (!Verdicts.Contains(verdict, StringComparer.OrdinalIgnoreCase))
                {
                    result.AddError($"{name}: there is no verdict {verdict}. Verdicts: {string.Join(", ", Verdicts)}.");
                }
            }
        });
        return option;
    }

    private static AuditVerdict Named(string name) => AuditVerdict.All.Single(verdict => string.Equals(verdict.Name, name, StringComparison.OrdinalIgnoreCase));

    private static async Task<int> RunAsync(AuditRequest request, InvocationConfiguration invocation, CancellationToken cancellationToken)
    {
        var isWatched = ReferenceEquals(invocation.Error, Console.Error) && !Console.IsErrorRedirected;
        try
        {
            var run = new AuditRun(
                TerminalOutput.Utf8(invocation.Output),
                // A table in UTF-8 goes to the console itself; a terminal is told by it.
                text => TerminalOutput.ConsoleOn(request.OutputFile is null ? invocation.Output : text),
                invocation.Error,
                new AuditProgress(isWatched ? invocation.Error : null, TimeProvider.System),
                TimeProvider.System,
                Console.OpenStandardInput,
                (kubeconfig, kinds, token) => LiveClusterReading.ReadAsync(
                    kubeconfig, new LiveClusterOptions { Kinds = kinds }, TimeProvider.System, token, Patience));
            return await run.RunAsync(request, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception unwritable) when (unwritable is IOException or UnauthorizedAccessException)
        {
            await invocation.Error.WriteLineAsync($"The output cannot be written: {unwritable.Message}").ConfigureAwait(false);
            return ExitCodes.Usage;
        }
    }
}
