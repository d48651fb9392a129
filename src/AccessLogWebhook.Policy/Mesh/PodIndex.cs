using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace AccessLogWebhook.Policy.Mesh;

/// <summary>
/// The Pods that a selector picks. Made once for each state of the Pods, when it is first asked for: of a cluster's Gateways each asks for its own, and to look through
/// all Pods for each of them would cost their product.
/// </summary>
internal sealed class PodIndex
{
    private static readonly ConditionalWeakTable<ImmutableDictionary<ObjectKey, PodFacts>, PodIndex> Made = [];

    // Not by KeyValuePair, which is compared by reflection.
    private readonly Dictionary<(string Key, string Value), List<KeyValuePair<ObjectKey, PodFacts>>> byLabel = [];

    private PodIndex(ImmutableDictionary<ObjectKey, PodFacts> pods)
    {
        foreach (var pod in pods)
        {
            foreach (var (key, value) in pod.Value.Labels)
            {
                if (!byLabel.TryGetValue((key, value), out var carrying))
                {
                    byLabel.Add((key, value), carrying = []);
                }

                carrying.Add(pod);
            }
        }
    }

    /// <summary>The Pods with all labels of a selector, in no order; none for a selector without labels.</summary>
    public static IEnumerable<KeyValuePair<ObjectKey, PodFacts>> Selected(LabelSet selector, MeshSnapshot mesh) =>
        selector.Count == 0 ? [] : Made.GetValue(mesh.Pods, static pods => new PodIndex(pods)).With(selector);

    private IEnumerable<KeyValuePair<ObjectKey, PodFacts>> With(LabelSet selector)
    {
        List<KeyValuePair<ObjectKey, PodFacts>>? fewest = null;
        foreach (var (key, value) in selector)
        {
            if (!byLabel.TryGetValue((key, value), out var carrying))
            {
                return [];
            }

            fewest = fewest is null || carrying.Count < fewest.Count ? carrying : fewest;
        }

        return selector.Count == 1 ? fewest! : fewest!.Where(pod => selector.IsSubsetOf(pod.Value.Labels));
    }
}
