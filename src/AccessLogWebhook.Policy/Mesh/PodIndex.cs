using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace AccessLogWebhook.Policy.Mesh;

/// <summary>
/// The Pods that a selector picks. Of a cluster's Gateways each asks for its own, and to look through all Pods for each of them would cost their product; so the Pods
/// are gathered by the labels that selectors name, once for each state of the Pods, when a label is first asked for. The many other labels that Pods have cost nothing.
/// </summary>
internal sealed class PodIndex(ImmutableDictionary<ObjectKey, PodFacts> pods)
{
    // What narrows a selection is among the first labels; each more that is looked at may cost a walk over all Pods.
    private const int MostKeys = 4;
    private static readonly ConditionalWeakTable<ImmutableDictionary<ObjectKey, PodFacts>, PodIndex> Made = [];

    private readonly ConcurrentDictionary<string, Dictionary<string, List<KeyValuePair<ObjectKey, PodFacts>>>> byKey = new(StringComparer.Ordinal);

    /// <summary>The Pods with all labels of a selector, in no order; none for a selector without labels.</summary>
    public static IEnumerable<KeyValuePair<ObjectKey, PodFacts>> Selected(LabelSet selector, MeshSnapshot mesh) =>
        selector.Count == 0 ? [] : Made.GetValue(mesh.Pods, static pods => new PodIndex(pods)).With(selector);

    private IEnumerable<KeyValuePair<ObjectKey, PodFacts>> With(LabelSet selector)
    {
        List<KeyValuePair<ObjectKey, PodFacts>>? fewest = null;
        foreach (var (key, value) in selector.Take(MostKeys))
        {
            if (!byKey.GetOrAdd(key, Gather).TryGetValue(value, out var carrying))
            {
                return [];
            }

            fewest = fewest is null || carrying.Count < fewest.Count ? carrying : fewest;
        }

        return selector.Count == 1 ? fewest! : fewest!.Where(pod => selector.IsSubsetOf(pod.Value.Labels));
    }

    private Dictionary<string, List<KeyValuePair<ObjectKey, PodFacts>>> Gather(string key)
    {
        var byValue = new Dictionary<string, List<KeyValuePair<ObjectKey, PodFacts>>>(StringComparer.Ordinal);
        foreach (var pod in pods)
        {
            if (pod.Value.Labels[key] is not { } value)
            {
                continue;
            }

            if (!byValue.TryGetValue(value, out var carrying))
            {
                byValue.Add(value, carrying = []);
            }

            carrying.Add(pod);
        }

        return byValue;
    }
}
