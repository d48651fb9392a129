namespace AccessLogWebhook.ClusterTests.Support;

/// <summary>The programs of a control plane, found as envtest finds them: $KUBEBUILDER_ASSETS, else /usr/local/kubebuilder/bin.</summary>
public sealed class ControlPlaneBinaries
{
    private const string DefaultDirectory = "/usr/local/kubebuilder/bin";

    private static readonly string[] Required = ["etcd", "kube-apiserver", "kubectl"];

    private readonly string directory;

    private ControlPlaneBinaries(string directory, bool directoryIsSet)
    {
        this.directory = directory;
        var missing = Required.Where(name => !File.Exists(PathOf(name))).ToList();
        Missing = missing.Count == 0
            ? null
            : $"No {string.Join(", ", missing)} in {directory} ({(directoryIsSet ? "from KUBEBUILDER_ASSETS" : "the default, as KUBEBUILDER_ASSETS is not set")}).";
    }

    /// <summary>What is missing and where it was looked for; null where all is there.</summary>
    public string? Missing { get; }

    public string Etcd => PathOf("etcd");

    public string ApiServer => PathOf("kube-apiserver");

    public string Kubectl => PathOf("kubectl");

    /// <summary>Null where it is not there: envtest's archives have none.</summary>
    public string? ControllerManager => File.Exists(PathOf("kube-controller-manager")) ? PathOf("kube-controller-manager") : null;

    public static ControlPlaneBinaries Find() => TestEnvironment.KubebuilderAssets is { } assets
        ? In(assets)
        : new(DefaultDirectory, directoryIsSet: false);

    public static ControlPlaneBinaries In(string directory) => new(directory, directoryIsSet: true);

    private string PathOf(string name) => Path.Combine(directory, name);
}
