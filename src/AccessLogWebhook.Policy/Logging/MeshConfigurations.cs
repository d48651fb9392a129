using AccessLogWebhook.Policy.Json;
using AccessLogWebhook.Policy.Mesh;

namespace AccessLogWebhook.Policy.Logging;

/// <summary>
/// Which configuration counts for a proxy. Each revision of istiod has its ConfigMap, <c>istio</c> or <c>istio-REVISION</c>
/// (<c>pilot/pkg/bootstrap/mesh.go getMeshConfigMapName</c>), and a proxy belongs to the revision that its labels name. A name may also be a tag, of which the revision is
/// not known here: then the settings count in which all configurations agree.
/// </summary>
public static class MeshConfigurations
{
    private const string Unrevised = "istio";

    /// <summary>Whether a ConfigMap of that name may hold a mesh's configuration.</summary>
    public static bool IsName(string name) => name == Unrevised || name.StartsWith($"{Unrevised}-", StringComparison.Ordinal);

    /// <param name="revision">The label <c>istio.io/rev</c> of the proxy, or of its namespace; empty where neither has one.</param>
    public static MeshLogging Of(MeshSnapshot mesh, string rootNamespace, string revision)
    {
        var name = revision is "" or "default" ? Unrevised : $"{Unrevised}-{revision}";
        if (mesh.Configurations.TryGetValue(new ObjectKey(rootNamespace, name), out var named))
        {
            return Checked(named, name, rootNamespace);
        }

        MeshLogging? agreed = null;
        foreach (var (key, configuration) in mesh.Configurations)
        {
            if (key.Namespace != rootNamespace)
            {
                continue;
            }

            if (agreed is not null && !agreed.Agrees(configuration))
            {
                return MeshLogging.Unknown($"There is no ConfigMap {rootNamespace}/{Excerpt.Of(name)}, and those of other revisions differ.");
            }

            agreed = configuration;
        }

        return agreed is null
            ? MeshLogging.Unknown($"The mesh configuration is not known: there is no ConfigMap {rootNamespace}/{Excerpt.Of(name)}, or it cannot be read.")
            : Checked(agreed, name, rootNamespace);
    }

    private static MeshLogging Checked(MeshLogging configuration, string name, string rootNamespace) =>
        !configuration.IsKnown
            ? MeshLogging.Unknown($"The mesh configuration in ConfigMap {rootNamespace}/{Excerpt.Of(name)} cannot be read: {configuration.Problem}")
        : configuration.RootNamespace.Length > 0 && configuration.RootNamespace != rootNamespace
            ? MeshLogging.Unknown($"The mesh configuration names {Excerpt.Of(configuration.RootNamespace)} as its root namespace, but {rootNamespace} is taken for it.")
        : configuration;
}
