using AccessLogWebhook.Policy.Mesh;

namespace AccessLogWebhook.Policy.Decisions;

/// <summary>What a workload is judged by: its namespace, the mesh and the settings, all of one moment.</summary>
public sealed record PolicyContext(NamespaceFacts Namespace, MeshSnapshot Mesh, PolicySettings Settings)
{
    public string RootNamespace => Settings.RootNamespace;
}
