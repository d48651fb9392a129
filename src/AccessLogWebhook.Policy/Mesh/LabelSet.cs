using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace AccessLogWebhook.Policy.Mesh;

/// <summary>
/// An immutable map of label or annotation keys to values, ordered by key (ordinal). Snapshots hold tens of thousands of
/// these and most have under ten entries, so it is one sorted array: no buckets, no per-entry objects.
/// </summary>
public sealed class LabelSet : IEquatable<LabelSet>, IEnumerable<KeyValuePair<string, string>>
{
    private readonly KeyValuePair<string, string>[] entries;

    private LabelSet(KeyValuePair<string, string>[] entries) => this.entries = entries;

    public static LabelSet Empty { get; } = new([]);

    public int Count => entries.Length;

    /// <summary>The value of a key, or null where the key is absent.</summary>
    public string? this[string key] => TryGet(key, out var value) ? value : null;

    /// <summary>Builds a set; where a key comes twice, the last value wins.</summary>
    public static LabelSet From(IEnumerable<KeyValuePair<string, string>> pairs) => Sorted([.. pairs]);

    /// <summary>Builds a set; where a key comes twice, the last value wins.</summary>
    public static LabelSet From(ReadOnlySpan<KeyValuePair<string, string>> pairs) => Sorted(pairs.ToArray());

    public static LabelSet Of(params ReadOnlySpan<(string Key, string Value)> pairs)
    {
        var entries = new KeyValuePair<string, string>[pairs.Length];
        for (var index = 0; index < pairs.Length; index++)
        {
            entries[index] = KeyValuePair.Create(pairs[index].Key, pairs[index].Value);
        }

        return Sorted(entries);
    }

    private static LabelSet Sorted(KeyValuePair<string, string>[] pairs)
    {
        if (pairs.Length == 0)
        {
            return Empty;
        }

        if (IsSorted(pairs))
        {
            // As an API server writes every map.
            return new LabelSet(pairs);
        }

        // The sort is not stable, so a key's last value is found by its position before it.
        var positions = new int[pairs.Length];
        for (var index = 0; index < positions.Length; index++)
        {
            positions[index] = index;
        }

        Array.Sort(positions, (left, right) =>
            string.CompareOrdinal(pairs[left].Key, pairs[right].Key) is var order and not 0 ? order : left - right);
        var entries = new KeyValuePair<string, string>[pairs.Length];
        var count = 0;
        foreach (var position in positions)
        {
            if (count > 0 && entries[count - 1].Key == pairs[position].Key)
            {
                count--;
            }

            entries[count++] = pairs[position];
        }

        return new LabelSet(count == entries.Length ? entries : entries[..count]);
    }

    private static bool IsSorted(ReadOnlySpan<KeyValuePair<string, string>> pairs)
    {
        for (var index = 1; index < pairs.Length; index++)
        {
            if (string.CompareOrdinal(pairs[index - 1].Key, pairs[index].Key) >= 0)
            {
                return false;
            }
        }

        return true;
    }

    public bool TryGet(string key, [NotNullWhen(true)] out string? value)
    {
        var at = IndexOf(key);
        value = at < 0 ? null : entries[at].Value;
        return at >= 0;
    }

    /// <summary>Where a key is; else the complement of where it would have to be.</summary>
    private int IndexOf(string key)
    {
        int low = 0, high = entries.Length - 1;
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            var order = string.CompareOrdinal(entries[middle].Key, key);
            if (order == 0)
            {
                return middle;
            }

            if (order < 0)
            {
                low = middle + 1;
            }
            else
            {
                high = middle - 1;
            }
        }

        return ~low;
    }

    public bool Has(string key, string value) => TryGet(key, out var actual) && actual == value;

    public bool ContainsKey(string key) => TryGet(key, out _);

    /// <summary>Whether every entry of this set is in <paramref name="other"/> with the same value: Kubernetes' matchLabels.</summary>
    public bool IsSubsetOf(LabelSet other)
    {
        foreach (var (key, value) in entries)
        {
            if (!other.Has(key, value))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>This set with the entries of <paramref name="other"/> put over it.</summary>
    public LabelSet With(LabelSet other)
    {
        if (other.IsSubsetOf(this))
        {
            return this;
        }

        if (Count == 0)
        {
            return other;
        }

        var added = 0;
        foreach (var (key, _) in other.entries)
        {
            added += ContainsKey(key) ? 0 : 1;
        }

        var merged = new KeyValuePair<string, string>[Count + added];
        var (left, right) = (0, 0);
        for (var index = 0; index < merged.Length; index++)
        {
            var order = left == Count ? 1 : right == other.Count ? -1 : string.CompareOrdinal(entries[left].Key, other.entries[right].Key);
            merged[index] = order < 0 ? entries[left] : other.entries[right];
            left += order <= 0 ? 1 : 0;
            right += order >= 0 ? 1 : 0;
        }

        return new LabelSet(merged);
    }

    /// <summary>This set with one entry put over it.</summary>
    public LabelSet With(string key, string value)
    {
        var at = IndexOf(key);
        if (at >= 0)
        {
            if (entries[at].Value == value)
            {
                return this;
            }

            var replaced = entries.AsSpan().ToArray();
            replaced[at] = KeyValuePair.Create(key, value);
            return new LabelSet(replaced);
        }

        var extended = new KeyValuePair<string, string>[Count + 1];
        entries.AsSpan(0, ~at).CopyTo(extended);
        extended[~at] = KeyValuePair.Create(key, value);
        entries.AsSpan(~at).CopyTo(extended.AsSpan(~at + 1));
        return new LabelSet(extended);
    }

    /// <summary>The entries in order, for whoever must not allocate.</summary>
    internal ReadOnlySpan<KeyValuePair<string, string>> Entries => entries;

    public bool Equals(LabelSet? other)
    {
        if (ReferenceEquals(this, other))
        {
            return true;
        }

        if (other is null || other.Count != Count)
        {
            return false;
        }

        // A pair knows no equality of its own: to compare spans of them goes by reflection.
        for (var index = 0; index < entries.Length; index++)
        {
            if (entries[index].Key != other.entries[index].Key || entries[index].Value != other.entries[index].Value)
            {
                return false;
            }
        }

        return true;
    }

    public override bool Equals(object? obj) => Equals(obj as LabelSet);

    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (var (key, value) in entries)
        {
            hash.Add(key, StringComparer.Ordinal);
            hash.Add(value, StringComparer.Ordinal);
        }

        return hash.ToHashCode();
    }

    /// <summary><c>key=value,key=value</c>, as kubectl writes selectors.</summary>
    public override string ToString() => string.Join(',', entries.Select(entry => $"{entry.Key}={entry.Value}"));

    public IEnumerator<KeyValuePair<string, string>> GetEnumerator() => ((IEnumerable<KeyValuePair<string, string>>)entries).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => entries.GetEnumerator();
}
