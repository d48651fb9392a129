using System.CommandLine;
using AccessLogWebhook.Cluster;
using AccessLogWebhook.Reviewing;

namespace AccessLogWebhook.Cli;

/// <summary><c>accesslog review</c>: the webhook's decisions about manifests, without a webhook.</summary>
internal static class ReviewCommand
{
    public static Command Create()
    {
        var files = new Option<string[]>("--filename", "-f")
        {
            Description = "Files, directories (recursively *.yaml, *.yml, *.json) and - for the standard input.",
            HelpName = "FILE",
            Arity = ArgumentArity.OneOrMore,
            AllowMultipleArgumentsPerToken = true,
        };
        var asOf = new Option<string[]>("--as-of")
        {
            Description = "What if: manifests (AccessLogProfiles, Namespaces, …) that the cluster is taken to have. Compares what would become of -f, or of all that the cluster has, with now.",
            HelpName = "FILE",
            Arity = ArgumentArity.OneOrMore,
            AllowMultipleArgumentsPerToken = true,
        };
        var asOfConfiguration = new Option<string?>("--as-of-config") { Description = "What if: a configuration file that is compared with --config.", HelpName = "FILE" };
        var cluster = new ClusterOptions();
        var configuration = new Option<string?>("--config") { Description = "The webhook's configuration file.", HelpName = "FILE" };
        var @namespace = new Option<string>("--namespace", "-n")
        {
            Description = "The namespace of objects that name none.",
            HelpName = "NAMESPACE",
            DefaultValueFactory = _ => ClusterManifests.DefaultNamespace,
        };
        var format = new Option<string>("--output", "-o")
        {
            Description = "table; yaml: all manifests, changed as the webhook would; json: decisions and patches.",
            HelpName = "table|yaml|json",
            DefaultValueFactory = _ => "table",
        };
        format.AcceptOnlyFromAmong("table", "yaml", "json");
        var username = new Option<string>("--username") { Description = "Who would create the objects, for exempt users.", HelpName = "USER", DefaultValueFactory = _ => "" };
        var command = new Command(
            "review",
            "Shows what the webhook would do to manifests. Exit code 1 if something is refused. Where no cluster can be found, the files are the whole cluster.")
        {
            files, asOf, asOfConfiguration, configuration, @namespace, format, username,
        };
        cluster.AddTo(command);
        command.Validators.Add(result =>
        {
            var isAsOf = result.GetResult(asOf) is not null || result.GetResult(asOfConfiguration) is not null;
            if (!isAsOf && result.GetResult(files) is null)
            {
                result.AddError("Option '--filename' is required, but for --as-of and --as-of-config, which can be about all that a cluster has.");
            }

            if (isAsOf && result.GetValue(format) == "yaml")
            {
                result.AddError("--as-of has the forms table and json: two clusters are compared, and nothing is to be applied.");
            }
        });
        command.SetAction((parse, cancellationToken) => RunAsync(
            new ReviewRequest
            {
                Files = [.. parse.GetValue(files) ?? []],
                AsOf = [.. parse.GetValue(asOf) ?? []],
                AsOfConfiguration = parse.GetValue(asOfConfiguration),
                ClusterDirectory = parse.GetValue(cluster.Directory),
                Kubeconfig = parse.GetValue(cluster.Kubeconfig),
                ConfigurationFile = parse.GetValue(configuration),
                Namespace = parse.GetRequiredValue(@namespace),
                Username = parse.GetRequiredValue(username),
                Format = parse.GetRequiredValue(format) switch
                {
                    "yaml" => ReviewFormat.Yaml,
                    "json" => ReviewFormat.Json,
                    _ => ReviewFormat.Table,
                },
            },
            parse.InvocationConfiguration,
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(ReviewRequest request, InvocationConfiguration invocation, CancellationToken cancellationToken)
    {
        var output = TerminalOutput.Utf8(invocation.Output);
        try
        {
            var run = new ReviewRun(output, TerminalOutput.ConsoleOn(invocation.Output), invocation.Error, Console.OpenStandardInput);
            return await run.RunAsync(
                request,
                (kubeconfig, kinds, cancellation) => LiveClusterReading.ReadAsync(kubeconfig, new LiveClusterOptions { Kinds = kinds }, TimeProvider.System, cancellation),
                cancellationToken)
                .ConfigureAwait(false);
        }
        catch (IOException unwritable)
        {
            // A pipe that closes early is no error to .NET; a full disk is.
            await invocation.Error.WriteLineAsync($"The output cannot be written: {unwritable.Message}").ConfigureAwait(false);
            return ExitCodes.Usage;
        }
    }
}
