using System.CommandLine;
using AccessLogWebhook.Cluster;
using AccessLogWebhook.Configuration;
using AccessLogWebhook.Controllers;
using AccessLogWebhook.Hosting;
using AccessLogWebhook.Issuance;

namespace AccessLogWebhook.Cli;

/// <summary><c>accesslog cleanup</c>: before the program is removed from a cluster.</summary>
internal static class CleanupCommand
{
    // An API server answers in milliseconds; one that does not is given up in time for the next.
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(10);

    public static Command Create()
    {
        var kubeconfig = new ClusterOptions().Kubeconfig;
        var name = new Option<string>("--webhook-configurations")
        {
            Description = "The name of the two webhook configurations. They go if they are labelled app.kubernetes.io/name: accesslog-webhook.",
            HelpName = "NAME",
            DefaultValueFactory = _ => ClusterCleanup.NameValue,
        };
        var deployment = new Option<string?>("--deployment")
        {
            Description = "NAMESPACE/NAME of the Deployment to scale to zero first: a replica that leads would put finalizers back.",
            HelpName = "NAMESPACE/NAME",
        };
        var namespaces = new Option<string[]>("--namespace")
        {
            Description = "Removes from that namespace, too, what the program made for itself: its Leases and the Secret of its certificates. May be given again.",
            HelpName = "NAMESPACE",
            Arity = ArgumentArity.ZeroOrMore,
            DefaultValueFactory = _ => [],
        };
        var timeout = new Option<int>("--timeout-seconds") { Description = "The time for all of it.", HelpName = "SECONDS", DefaultValueFactory = _ => 120 };
        deployment.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } value && ToPath(value) is null)
            {
                result.AddError($"{value} is no Deployment: write NAMESPACE/NAME.");
            }
        });
        namespaces.Validators.Add(result =>
        {
            foreach (var value in result.GetValueOrDefault<string[]>() ?? [])
            {
                if (KubernetesNames.NamespaceFault(value) is { } fault)
                {
                    result.AddError($"--namespace: {value} {fault}");
                }
            }
        });
        timeout.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 3600)
            {
                result.AddError("--timeout-seconds must be from 1 to 3600.");
            }
        });
        name.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is { } value && KubernetesNames.SubdomainFault(value) is { } fault)
            {
                result.AddError($"{value} {fault}");
            }
        });
        var command = new Command(
            "cleanup", "Removes from a cluster what must not outlive the webhook: its webhook configurations, and its finalizers on AccessLogProfiles.")
        {
            kubeconfig, name, deployment, namespaces, timeout,
        };
        command.SetAction((parse, cancellationToken) => RunAsync(
            parse.GetValue(kubeconfig),
            parse.GetRequiredValue(name),
            parse.GetValue(deployment) is { } value ? ToPath(value) : null,
            [.. parse.GetRequiredValue(namespaces).SelectMany(Made)],
            TimeSpan.FromSeconds(parse.GetValue(timeout)),
            parse.InvocationConfiguration,
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(
        string? kubeconfig,
        string name,
        ObjectPath? deployment,
        IReadOnlyList<ObjectPath> made,
        TimeSpan timeout,
        InvocationConfiguration invocation,
        CancellationToken cancellationToken)
    {
        if (!LiveConnection.TryOpen(kubeconfig, null, out var connection, out var problem))
        {
            await invocation.Error.WriteLineAsync($"{problem.TrimEnd('.')}. Give --kubeconfig FILE.").ConfigureAwait(false);
            return ExitCodes.Usage;
        }

        using var opened = connection;
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(timeout);
        try
        {
            var cleanup = new ClusterCleanup(new LiveObjects(connection, RequestTimeout, TimeProvider.System), invocation.Output, TimeProvider.System);
            return await cleanup.RunAsync(name, deployment, made, deadline.Token).ConfigureAwait(false) ? ExitCodes.Fine : ExitCodes.Finding;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            await invocation.Error.WriteLineAsync($"Not finished within {timeout.TotalSeconds:0} s. Run it again: it goes on where it was.").ConfigureAwait(false);
            return ExitCodes.Finding;
        }
    }

    private static IEnumerable<ObjectPath> Made(string @namespace) =>
    [
        new IssuancePlace(@namespace).Secret,
        new("coordination.k8s.io/v1", "leases", @namespace, IssuancePlace.LeaseName),
        new("coordination.k8s.io/v1", "leases", @namespace, LeadingControllers.LeaseName),
    ];

    private static ObjectPath? ToPath(string value) =>
        value.Split('/') is [var @namespace, var name] && KubernetesNames.NamespaceFault(@namespace) is null && KubernetesNames.SubdomainFault(name) is null
            ? new ObjectPath("apps/v1", "deployments", @namespace, name)
            : null;
}
