using System.CommandLine;
using AccessLogWebhook.Cluster;
using AccessLogWebhook.Explaining;

namespace AccessLogWebhook.Cli;

/// <summary><c>accesslog explain</c>: why one workload is logged, or is not.</summary>
internal static class ExplainCommand
{
    public static Command Create()
    {
        var target = new Argument<string>("KIND/NAME") { Description = $"What is to be explained: {ExplainedKind.Known}." };
        target.Validators.Add(result =>
        {
            if (TryRead(result.GetValueOrDefault<string>(), out _, out _) is { } fault)
            {
                result.AddError(fault);
            }
        });
        var cluster = new ClusterOptions();
        var configuration = new Option<string?>("--config") { Description = "The webhook's configuration file.", HelpName = "FILE" };
        var @namespace = new Option<string>("--namespace", "-n")
        {
            Description = "Its namespace.",
            HelpName = "NAMESPACE",
            DefaultValueFactory = _ => ClusterManifests.DefaultNamespace,
        };
        var format = new Option<string>("--output", "-o") { Description = "text for people, json for programs.", HelpName = "text|json", DefaultValueFactory = _ => "text" };
        format.AcceptOnlyFromAmong("text", "json");
        var command = new Command(
            "explain",
            "Says why a workload is logged or not: how many lines a request has, which resources lead there, what was considered and does not count, and what to change. "
            + "Exit code 1 if it is not logged, or not as is asked.")
        {
            target, configuration, @namespace, format,
        };
        cluster.AddTo(command);
        command.SetAction((parse, cancellationToken) =>
        {
            TryRead(parse.GetRequiredValue(target), out var kind, out var name);
            return RunAsync(
                new ExplainRequest
                {
                    Kind = kind!,
                    Name = name,
                    Namespace = parse.GetRequiredValue(@namespace),
                    ClusterDirectory = parse.GetValue(cluster.Directory),
                    Kubeconfig = parse.GetValue(cluster.Kubeconfig),
                    ConfigurationFile = parse.GetValue(configuration),
                    Json = parse.GetRequiredValue(format) == "json",
                },
                parse.InvocationConfiguration,
                cancellationToken);
        });
        return command;
    }

    /// <returns>What is wrong with it; null where nothing is.</returns>
    private static string? TryRead(string? text, out ExplainedKind? kind, out string name)
    {
        var slash = text?.IndexOf('/', StringComparison.Ordinal) ?? -1;
        (kind, name) = slash > 0 ? (ExplainedKind.Named(text![..slash]), text[(slash + 1)..]) : (null, "");
        return slash <= 0 || name.Length == 0 || name.Contains('/', StringComparison.Ordinal) ? $"\"{text}\" is no KIND/NAME: write pod/NAME."
            : kind is null ? $"\"{text![..slash]}\" cannot be explained: give one of {ExplainedKind.Known}."
            : null;
    }

    private static async Task<int> RunAsync(ExplainRequest request, InvocationConfiguration invocation, CancellationToken cancellationToken)
    {
        try
        {
            var run = new ExplainRun(TerminalOutput.Utf8(invocation.Output), invocation.Error, new LiveExplainedCluster(TimeProvider.System));
            return await run.RunAsync(request, cancellationToken).ConfigureAwait(false);
        }
        catch (IOException unwritable)
        {
            await invocation.Error.WriteLineAsync($"The output cannot be written: {unwritable.Message}").ConfigureAwait(false);
            return ExitCodes.Usage;
        }
    }
}
