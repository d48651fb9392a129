using System.Collections.Immutable;
using System.Text.Json;
using AccessLogWebhook.Policy.Json;
using AccessLogWebhook.Policy.Mesh;

namespace AccessLogWebhook.Policy.Profiles;

/// <summary>Reads lists and maps of strings; one entry at fault does not hide the others.</summary>
internal static class SpecCollections
{
    /// <summary>A list of different strings, in ordinal order; empty where it is absent.</summary>
    /// <param name="fault">What is wrong with an item, a sentence without a subject; null where it may stand.</param>
    public static ImmutableArray<string> Set(this SpecFields fields, string name, int mostItems, Func<string, string?> fault, int leastItems = 0)
    {
        if (fields.Any(name) is not { } value)
        {
            return [];
        }

        if (value.ValueKind != JsonValueKind.Array)
        {
            fields.Refuse(name, "must be a list of strings.");
            return [];
        }

        if (value.GetArrayLength() > mostItems || value.GetArrayLength() < leastItems)
        {
            fields.Refuse(name, leastItems == 0 ? $"must have at most {mostItems} items." : $"must have {leastItems} to {mostItems} items.");
            return [];
        }

        var items = new SortedSet<string>(StringComparer.Ordinal);
        var index = -1;
        foreach (var item in value.EnumerateArray())
        {
            index++;
            var message = item.Text() is not { } text ? "must be a string: quote the value."
                : fault(text) is { } found ? found
                : items.Add(text) ? null : $"{Excerpt.Of(text)} comes twice: leave one out.";
            if (message is not null)
            {
                fields.Report($"{fields.PathOf(name)}[{index}]", message);
            }
        }

        return items.Count == 0 ? [] : [.. items];
    }

    /// <summary>A map of strings; empty where it is absent. Entries at fault are left out.</summary>
    /// <param name="fault">What is wrong with an entry, a sentence without a subject; null where it may stand.</param>
    public static LabelSet Map(this SpecFields fields, string name, int mostEntries, Func<string, string, string?> fault)
    {
        if (fields.Any(name) is not { } value)
        {
            return LabelSet.Empty;
        }

        if (value.ValueKind != JsonValueKind.Object)
        {
            fields.Refuse(name, "must be a map of strings.");
            return LabelSet.Empty;
        }

        if (value.GetPropertyCount() > mostEntries)
        {
            fields.Refuse(name, $"must have at most {mostEntries} entries.");
            return LabelSet.Empty;
        }

        var read = new List<KeyValuePair<string, string>>();
        foreach (var entry in value.EnumerateObject())
        {
            if (entry.Key() is not { } key)
            {
                fields.Refuse(name, "has a key with half of a surrogate pair: correct it.");
            }
            else if (entry.Value.Text() is not { } text)
            {
                fields.Report($"{fields.PathOf(name)}[{Excerpt.Of(key)}]", "must be a string: quote the value.");
            }
            else if (fault(key, text) is { } found)
            {
                fields.Report($"{fields.PathOf(name)}[{Excerpt.Of(key)}]", found);
            }
            else
            {
                read.Add(KeyValuePair.Create(key, text));
            }
        }

        return LabelSet.From(read);
    }
}
