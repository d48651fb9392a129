using AccessLogWebhook.Policy.Logging;
using AccessLogWebhook.Policy.Mesh;

namespace AccessLogWebhook.Cluster;

/// <summary>
/// The ConfigMaps with the mesh's configuration, of the root namespace alone: whoever may read all ConfigMaps of a cluster reads too much. They are worth
/// having and not needed: without them the logging model says what it does not know.
/// </summary>
internal static class MeshConfigurationKind
{
    public static ClusterKind In(string rootNamespace) => new ClusterKind<ObjectKey, MeshLogging>(
        "", "v1", "configmaps", "ConfigMap", metadataOnly: false,
        key => key,
        MeshConfigurationText.Read,
        snapshot => snapshot.Configurations,
        (snapshot, configurations) => snapshot with { Configurations = configurations })
    {
        IsOptional = true,
        Namespace = rootNamespace,
        IsHeld = MeshConfigurations.IsName,
    };
}
