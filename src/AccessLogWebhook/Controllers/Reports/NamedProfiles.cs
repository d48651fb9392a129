using AccessLogWebhook.Policy.Decisions;
using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Policy.Workloads;

namespace AccessLogWebhook.Controllers.Reports;

/// <summary>Which profiles each namespace was last judged by, existing or not: those that it asks for, and those that its workloads carry.</summary>
internal sealed class NamedProfiles
{
    private readonly Dictionary<string, HashSet<string>> profiles = new(StringComparer.Ordinal);

    public void Are(NamespaceFacts @namespace, PolicySettings settings, IEnumerable<Workload> workloads)
    {
        var named = new HashSet<string>(
            Modes.All.Select(mode => Modes.Requested(mode, @namespace, settings)?.Profile).OfType<string>(), StringComparer.Ordinal);
        named.UnionWith(workloads.Select(workload => (workload is KubernetesGateway gateway ? gateway.CopiedLabels : workload.Labels)[AccessLogKeys.Profile]).OfType<string>());
        profiles[@namespace.Name] = named;
    }

    public void Forget(string @namespace) => profiles.Remove(@namespace);

    public IEnumerable<string> NamespacesOf(string profile) => profiles.Where(each => each.Value.Contains(profile)).Select(each => each.Key);

    /// <summary>Every namespace that is judged by some profile.</summary>
    public IEnumerable<string> NamespacesOfAny() => profiles.Where(each => each.Value.Count > 0).Select(each => each.Key);
}
