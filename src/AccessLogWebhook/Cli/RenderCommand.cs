using System.CommandLine;
using AccessLogWebhook.Cluster;
using AccessLogWebhook.Configuration;
using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Rendering;
using AccessLogWebhook.Reviewing;

namespace AccessLogWebhook.Cli;

/// <summary><c>accesslog render</c>: the Istio resources of profiles, as the controllers would apply them.</summary>
internal static class RenderCommand
{
    /// <summary>Who may read no more of a cluster than its profiles is not refused.</summary>
    private static readonly LiveClusterOptions ProfilesOnly = new() { Kinds = [.. ClusterKinds.All.Where(kind => kind.Plural == "accesslogprofiles")] };

    public static Command Create()
    {
        var profiles = new Argument<string[]>("PROFILE") { Description = "Names of profiles.", Arity = ArgumentArity.ZeroOrMore };
        var all = new Option<bool>("--all") { Description = "Every profile: of the files and of the cluster, and the built-in ones." };
        var files = Many("--filename", "-f", "FILE", "Files and directories (recursively *.yaml, *.yml, *.json) with AccessLogProfiles, and - for the standard input. They take the cluster's place unless one is named.");
        var cluster = new ClusterOptions();
        var configuration = new Option<string?>("--config") { Description = "The webhook's configuration file, for mesh.rootNamespace.", HelpName = "FILE" };
        var rootNamespace = new Option<string?>("--root-namespace") { Description = "The mesh's root namespace, where EnvoyFilters go. Default: istio-system.", HelpName = "NAMESPACE" };
        var namespaces = Many("--namespace", "-n", "NAMESPACE", "Namespaces of workloads. A Telemetry reaches its own only, so there is one for each.");
        var waypoints = Many("--waypoint", null, "NAMESPACE/NAME", "Gateways that are waypoints. Each has a reference of its own.");
        var meshConfiguration = new Option<bool>("--mesh-config") { Description = "Prints what the mesh configuration must have for Telemetries (extensionProviders), instead of the resources." };
        var format = new Option<string>("--output", "-o") { Description = "yaml: documents; json: one List.", HelpName = "yaml|json", DefaultValueFactory = _ => "yaml" };
        format.AcceptOnlyFromAmong("yaml", "json");
        namespaces.Validators.Add(result => Check(result.GetValueOrDefault<string[]>(), KubernetesNames.NamespaceFault, result.AddError));
        rootNamespace.Validators.Add(result => Check([result.GetValueOrDefault<string>()], KubernetesNames.NamespaceFault, result.AddError));
        waypoints.Validators.Add(result => Check(result.GetValueOrDefault<string[]>(), WaypointFault, result.AddError));
        var command = new Command("render", "Prints the EnvoyFilters and Telemetries of profiles, for GitOps. Exit code 1 if a profile has errors.")
        {
            profiles, all, files, configuration, rootNamespace, namespaces, waypoints, meshConfiguration, format,
        };
        cluster.AddTo(command);
        command.Validators.Add(result =>
        {
            if (result.GetValue(all) == result.GetValue(profiles) is { Length: > 0 })
            {
                result.AddError("Name the profiles to render, or give --all.");
            }

            if (result.GetValue(configuration) is not null && result.GetValue(rootNamespace) is not null)
            {
                result.AddError("Give --config or --root-namespace, not both: the configuration has the root namespace.");
            }
        });
        command.SetAction((parse, cancellationToken) => RunAsync(
            new RenderRequest
            {
                Profiles = [.. parse.GetValue(profiles) ?? []],
                Files = [.. parse.GetValue(files) ?? []],
                ClusterDirectory = parse.GetValue(cluster.Directory),
                Kubeconfig = parse.GetValue(cluster.Kubeconfig),
                ConfigurationFile = parse.GetValue(configuration),
                RootNamespace = parse.GetValue(rootNamespace),
                Namespaces = [.. (parse.GetValue(namespaces) ?? []).Distinct(StringComparer.Ordinal)],
                Waypoints = [.. (parse.GetValue(waypoints) ?? []).Distinct(StringComparer.Ordinal).Select(ToKey)],
                MeshConfiguration = parse.GetValue(meshConfiguration),
                Json = parse.GetRequiredValue(format) == "json",
            },
            parse.InvocationConfiguration,
            cancellationToken));
        return command;
    }

    private static Option<string[]> Many(string name, string? alias, string helpName, string description) => new(name, alias is null ? [] : [alias])
    {
        Description = description,
        HelpName = helpName,
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = true,
    };

    private static async Task<int> RunAsync(RenderRequest request, InvocationConfiguration invocation, CancellationToken cancellationToken)
    {
        try
        {
            var run = new RenderRun(TerminalOutput.Utf8(invocation.Output), invocation.Error, Console.OpenStandardInput);
            return await run.RunAsync(
                request, (kubeconfig, cancellation) => LiveClusterReading.ReadAsync(kubeconfig, ProfilesOnly, TimeProvider.System, cancellation), cancellationToken)
                .ConfigureAwait(false);
        }
        catch (IOException unwritable)
        {
            await invocation.Error.WriteLineAsync($"The output cannot be written: {unwritable.Message}").ConfigureAwait(false);
            return ExitCodes.Usage;
        }
    }

    private static ObjectKey ToKey(string waypoint)
    {
        var slash = waypoint.IndexOf('/', StringComparison.Ordinal);
        return new ObjectKey(waypoint[..slash], waypoint[(slash + 1)..]);
    }

    private static string? WaypointFault(string waypoint)
    {
        var parts = waypoint.Split('/');
        return parts.Length == 2 && KubernetesNames.NamespaceFault(parts[0]) is null && KubernetesNames.SubdomainFault(parts[1]) is null
            ? null
            : "is no waypoint: write NAMESPACE/NAME.";
    }

    private static void Check(IEnumerable<string?>? values, Func<string, string?> fault, Action<string> addError)
    {
        foreach (var value in values?.OfType<string>() ?? [])
        {
            if (fault(value) is { } found)
            {
                addError($"{value} {found}");
            }
        }
    }
}
