using System.Collections.Immutable;
using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Policy.Profiles;

namespace AccessLogWebhook.Controllers.Reports;

/// <summary>
/// In which namespaces something may be true that was not before. A Pod marks its own, and those of the Gateways that select it; a waypoint those that use it; a profile or
/// a reference those that are judged by it. What a profile's status counts changes nothing.
/// </summary>
internal static class NamespaceChanges
{
    // Above it, gateways are not compared with each Pod any more.
    private const int MostPodsCompared = 1_000;

    public static HashSet<string> Between(MeshSnapshot before, MeshSnapshot after, NamedProfiles named, string rootNamespace)
    {
        var changed = new HashSet<string>(StringComparer.Ordinal);
        var gateways = new HashSet<string>(StringComparer.Ordinal);
        changed.UnionWith(Differences(before.Namespaces, after.Namespaces).Select(change => change.Key));
        OfPods(before, after, changed, gateways);
        changed.UnionWith(Differences(before.IstioGateways, after.IstioGateways).Select(change => change.Key.Namespace));
        foreach (var (key, _, _) in Differences(before.KubernetesGateways, after.KubernetesGateways))
        {
            changed.Add(key.Namespace);
            gateways.Add(key.Namespace);
        }

        if (Differences(before.GatewayClasses, after.GatewayClasses).Any())
        {
            changed.UnionWith(after.KubernetesGateways.Keys.Select(key => key.Namespace));
        }

        foreach (var (name, old, now) in Differences(before.Profiles, after.Profiles))
        {
            if (old is null || now is null || !IsSame(old, now))
            {
                changed.UnionWith(named.NamespacesOf(name));
            }
        }

        OfReferences(Differences(before.EnvoyFilters, after.EnvoyFilters), after, named, rootNamespace, changed);
        OfReferences(Differences(before.Telemetries, after.Telemetries), after, named, rootNamespace, changed);
        if (gateways.Count > 0)
        {
            changed.UnionWith(WaypointUsers(after, gateways));
        }

        return changed;
    }

    private static void OfPods(MeshSnapshot before, MeshSnapshot after, HashSet<string> changed, HashSet<string> gateways)
    {
        var labels = new HashSet<LabelSet>();
        foreach (var (key, old, now) in Differences(before.Pods, after.Pods))
        {
            changed.Add(key.Namespace);
            foreach (var pod in (ReadOnlySpan<PodFacts?>)[old, now])
            {
                if (pod is not null && labels.Count <= MostPodsCompared)
                {
                    labels.Add(pod.Labels);
                }

                if (pod?.Labels.ContainsKey(MeshKeys.GatewayName) == true)
                {
                    gateways.Add(key.Namespace);
                }
            }
        }

        if (labels.Count > 0)
        {
            changed.UnionWith(after.IstioGateways
                .Where(gateway => !changed.Contains(gateway.Key.Namespace) && (labels.Count > MostPodsCompared || labels.Any(gateway.Value.Selector.IsSubsetOf)))
                .Select(gateway => gateway.Key.Namespace)
                .ToList());
        }
    }

    private static void OfReferences(
        IEnumerable<(ObjectKey Key, LoggingResource? Old, LoggingResource? Now)> changes, MeshSnapshot after, NamedProfiles named, string rootNamespace, HashSet<string> changed)
    {
        foreach (var (key, old, now) in changes)
        {
            var profiles = new[] { old?.Labels[AccessLogKeys.Profile], now?.Labels[AccessLogKeys.Profile] }.OfType<string>()
                .Concat(after.Profiles.Values.Where(profile => profile.EnvoyFilterRef == key).Select(profile => profile.Name))
                .ToHashSet(StringComparer.Ordinal);
            foreach (var profile in profiles)
            {
                changed.UnionWith(named.NamespacesOf(profile));
            }

            if (key.Namespace != rootNamespace)
            {
                changed.Add(key.Namespace);
            }
            else if (profiles.Count == 0)
            {
                // One of others for the whole mesh.
                changed.UnionWith(named.NamespacesOfAny());
            }
        }
    }

    // Gateways change seldom, so that every Pod may be asked which one it uses.
    private static IEnumerable<string> WaypointUsers(MeshSnapshot mesh, HashSet<string> gateways)
    {
        return mesh.Namespaces.Values.Where(each => Uses(each.Labels, each.Name)).Select(each => each.Name)
            .Concat(mesh.Pods.Where(pod => Uses(pod.Value.Labels, pod.Key.Namespace)).Select(pod => pod.Key.Namespace));

        bool Uses(LabelSet labels, string @namespace) =>
            labels.ContainsKey(MeshKeys.UseWaypoint) && gateways.Contains(labels[MeshKeys.UseWaypointNamespace] ?? @namespace);
    }

    private static bool IsSame(AccessLogProfile old, AccessLogProfile now) =>
        old.Object is { } one && now.Object is { } other
            ? (one.Uid, one.Generation, one.IsBeingDeleted, one.Status.Revision) == (other.Uid, other.Generation, other.IsBeingDeleted, other.Status.Revision)
            : ReferenceEquals(old, now);

    private static IEnumerable<(TKey Key, TFacts? Old, TFacts? Now)> Differences<TKey, TFacts>(
        ImmutableDictionary<TKey, TFacts> before, ImmutableDictionary<TKey, TFacts> after)
        where TKey : notnull
        where TFacts : class
    {
        if (ReferenceEquals(before, after))
        {
            yield break;
        }

        foreach (var (key, now) in after)
        {
            if (!before.TryGetValue(key, out var old))
            {
                yield return (key, null, now);
            }
            else if (!ReferenceEquals(old, now) && !old.Equals(now))
            {
                yield return (key, old, now);
            }
        }

        foreach (var (key, old) in before)
        {
            if (!after.ContainsKey(key))
            {
                yield return (key, old, null);
            }
        }
    }
}
