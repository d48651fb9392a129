using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Policy.Profiles;

namespace AccessLogWebhook.Policy.Decisions;

/// <summary>What a workload is judged by: its namespace, the mesh and the settings, all of one moment.</summary>
public sealed record PolicyContext(NamespaceFacts Namespace, MeshSnapshot Mesh, PolicySettings Settings)
{
    public string RootNamespace => Settings.RootNamespace;

    /// <summary>The reference of a profile that new workloads of this namespace get.</summary>
    public ProfileReference ReferenceOf(AccessLogProfile profile) => ProfileReference.Current(profile, Mesh, RootNamespace, Namespace.Name);
}
