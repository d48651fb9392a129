using System.CommandLine;
using AccessLogWebhook.Cluster;
using AccessLogWebhook.Linting;
using AccessLogWebhook.Policy.Decisions;
using AccessLogWebhook.Policy.Linting;
using AccessLogWebhook.Reviewing;

namespace AccessLogWebhook.Cli;

/// <summary><c>accesslog lint</c>: EnvoyFilters and Telemetries that do nothing, double lines or break proxies.</summary>
internal static class LintCommand
{
    public static Command Create()
    {
        var files = new Option<string[]>("--filename", "-f")
        {
            Description = "Files, directories (recursively *.yaml, *.yml, *.json) and - for the standard input. Without it the cluster is linted.",
            HelpName = "FILE",
            Arity = ArgumentArity.OneOrMore,
            AllowMultipleArgumentsPerToken = true,
        };
        var cluster = new ClusterOptions();
        var @namespace = new Option<string>("--namespace", "-n")
        {
            Description = "The namespace of objects that name none.",
            HelpName = "NAMESPACE",
            DefaultValueFactory = _ => ClusterManifests.DefaultNamespace,
        };
        var rootNamespace = new Option<string>("--root-namespace")
        {
            Description = "Istio's meshConfig.rootNamespace.",
            HelpName = "NAMESPACE",
            DefaultValueFactory = _ => PolicySettings.Default.RootNamespace,
        };
        var format = new Option<string>("--output", "-o")
        {
            Description = "table for people; json; sarif for code scanning; junit for build servers; github for annotations of a pull request.",
            HelpName = "table|json|sarif|junit|github",
            DefaultValueFactory = _ => "table",
        };
        format.AcceptOnlyFromAmong("table", "json", "sarif", "junit", "github");
        var failOn = new Option<string>("--fail-on")
        {
            Description = "The lightest finding with which the exit code is 1.",
            HelpName = "error|warning|note",
            DefaultValueFactory = _ => "warning",
        };
        failOn.AcceptOnlyFromAmong("error", "warning", "note");
        var command = new Command(
            "lint",
            "Finds EnvoyFilters and Telemetries whose access logs do nothing, double lines or break proxies. With -f the files alone are known, unless a cluster is named.")
        {
            files, @namespace, rootNamespace, format, failOn,
        };
        cluster.AddTo(command);
        command.SetAction((parse, cancellationToken) => RunAsync(
            new LintRequest
            {
                Files = [.. parse.GetValue(files) ?? []],
                ClusterDirectory = parse.GetValue(cluster.Directory),
                Kubeconfig = parse.GetValue(cluster.Kubeconfig),
                Namespace = parse.GetRequiredValue(@namespace),
                RootNamespace = parse.GetRequiredValue(rootNamespace),
                Format = Enum.Parse<LintFormat>(parse.GetRequiredValue(format), ignoreCase: true),
                FailOn = Enum.Parse<LintSeverity>(parse.GetRequiredValue(failOn), ignoreCase: true),
            },
            parse.InvocationConfiguration,
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(LintRequest request, InvocationConfiguration invocation, CancellationToken cancellationToken)
    {
        try
        {
            var run = new LintRun(
                TerminalOutput.Utf8(invocation.Output),
                TerminalOutput.ConsoleOn(invocation.Output),
                invocation.Error,
                Console.OpenStandardInput,
                (kubeconfig, subjects, cancellation) =>
                    LiveClusterReading.ReadAsync(kubeconfig, new LiveClusterOptions { Kinds = subjects.Kinds }, TimeProvider.System, cancellation));
            return await run.RunAsync(request, cancellationToken).ConfigureAwait(false);
        }
        catch (IOException unwritable)
        {
            await invocation.Error.WriteLineAsync($"The output cannot be written: {unwritable.Message}").ConfigureAwait(false);
            return ExitCodes.Usage;
        }
    }
}
