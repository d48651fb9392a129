using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace AccessLogWebhook.Manifests;

/// <summary>Collects the entries of a mapping, in order.</summary>
internal sealed class MappingEntries
{
    private readonly List<MappingEntry> entries = [];
    private readonly Dictionary<string, (int Index, bool Merged)> index = new(StringComparer.Ordinal);

    /// <summary>Adds an entry that the file spells out; false, and the entry already there, where the key comes a second time.</summary>
    public bool TryAdd(MappingEntry entry, out MappingEntry earlier)
    {
        if (index.TryGetValue(entry.Key, out var found) && !found.Merged)
        {
            earlier = entries[found.Index];
            return false;
        }

        Put(entry, merged: false);
        earlier = default;
        return true;
    }

    /// <summary>
    /// Takes in an entry of a merged mapping. It replaces an entry that stands before it in the file, although YAML's own proposal
    /// for merge keys says otherwise: kubectl does so (go.yaml.in/yaml/v2, decode.go), and what it sends is what is read here.
    /// </summary>
    public void Merge(MappingEntry entry) => Put(entry, merged: true);

    public ImmutableArray<MappingEntry> ToImmutable() => ImmutableCollectionsMarshal.AsImmutableArray(entries.ToArray());

    private void Put(MappingEntry entry, bool merged)
    {
        if (index.TryGetValue(entry.Key, out var found))
        {
            entries[found.Index] = entry;
            // A key that was spelled out stays taken, also once a merged value has replaced it.
            index[entry.Key] = (found.Index, merged && found.Merged);
            return;
        }

        index.Add(entry.Key, (entries.Count, merged));
        entries.Add(entry);
    }
}
