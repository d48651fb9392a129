using System.CommandLine;

namespace AccessLogWebhook.Cli;

/// <summary>The options, the same for every command, that say which cluster is meant.</summary>
internal sealed class ClusterOptions
{
    public Option<string?> Directory { get; } = new("--cluster")
    {
        Description = "Takes a directory of Kubernetes manifests (YAML or JSON, recursively) as the cluster.",
        HelpName = "DIR",
    };

    public Option<string?> Kubeconfig { get; } = new("--kubeconfig")
    {
        Description = "The kubeconfig of the cluster. Default: $KUBECONFIG, ~/.kube/config, or the service account of the Pod it runs in.",
        HelpName = "FILE",
    };

    public void AddTo(Command command)
    {
        command.Options.Add(Directory);
        command.Options.Add(Kubeconfig);
        command.Validators.Add(result =>
        {
            if (result.GetValue(Directory) is not null && result.GetValue(Kubeconfig) is not null)
            {
                result.AddError("Give --cluster or --kubeconfig, not both: a directory of manifests takes the place of a live cluster.");
            }
        });
    }
}
