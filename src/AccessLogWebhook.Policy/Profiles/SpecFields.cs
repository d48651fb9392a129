using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using AccessLogWebhook.Policy.Formats;
using AccessLogWebhook.Policy.Json;
using AccessLogWebhook.Policy.Mesh;

namespace AccessLogWebhook.Policy.Profiles;

/// <summary>
/// Reads the fields of one object of a profile. Each is asked for by name, once; <see cref="End"/> refuses the rest. A null counts as absent, as
/// the API server takes it. What is faulty is reported and read as absent.
/// </summary>
internal sealed class SpecFields(JsonElement element, string path, ProfileErrors errors)
{
    private readonly List<string> known = [];

    public string Path { get; } = path;

    public string PathOf(string name) => $"{Path}.{name}";

    public void Refuse(string name, string message) => errors.Add(PathOf(name), message);

    public void RefuseWhole(string message) => errors.Add(Path, message);

    /// <summary>A fault at a path further down.</summary>
    public void Report(string path, string message) => errors.Add(path, message);

    /// <summary>Whether the field is there, whatever it holds.</summary>
    public bool Has(string name) => element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null;

    public JsonElement? Any(string name)
    {
        if (!known.Contains(name))
        {
            known.Add(name);
        }

        return element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
    }

    public string? Text(string name, int shortest, int longest)
    {
        if (Any(name) is not { } value)
        {
            return null;
        }

        if (value.Text() is not { } text)
        {
            Refuse(name, "must be a string: quote the value.");
            return null;
        }

        if (text.Length < shortest || text.Length > longest)
        {
            Refuse(name, Lengths(text.Length, shortest, longest));
            return null;
        }

        return text;
    }

    public string? Choice(string name, params ReadOnlySpan<string> choices)
    {
        if (Any(name) is not { } value)
        {
            return null;
        }

        if (value.Text() is { } text && choices.Contains(text))
        {
            return text;
        }

        Refuse(name, $"must be {OneOf(choices)}.");
        return null;
    }

    public bool? Flag(string name)
    {
        if (Any(name) is not { } value)
        {
            return null;
        }

        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            return value.ValueKind == JsonValueKind.True;
        }

        Refuse(name, "must be true or false.");
        return null;
    }

    public int? Integer(string name, int least, int most)
    {
        if (Any(name) is not { } value)
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out var number) && decimal.IsInteger(number) && number >= least && number <= most)
        {
            return (int)number;
        }

        Refuse(name, string.Create(CultureInfo.InvariantCulture, $"must be a whole number from {least} to {most}."));
        return null;
    }

    public SpecFields? Object(string name)
    {
        if (Any(name) is not { } value)
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.Object)
        {
            return new SpecFields(value, PathOf(name), errors);
        }

        Refuse(name, "must be an object.");
        return null;
    }

    /// <summary>A list of different strings, in ordinal order; empty where it is absent.</summary>
    /// <param name="fault">What is wrong with an item, a sentence without a subject; null where it may stand.</param>
    public ImmutableArray<string> Set(string name, int mostItems, Func<string, string?> fault, int leastItems = 0)
    {
        if (Any(name) is not { } value)
        {
            return [];
        }

        if (value.ValueKind != JsonValueKind.Array)
        {
            Refuse(name, "must be a list of strings.");
            return [];
        }

        if (value.GetArrayLength() > mostItems || value.GetArrayLength() < leastItems)
        {
            Refuse(name, leastItems == 0 ? $"must have at most {mostItems} items." : $"must have {leastItems} to {mostItems} items.");
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
                errors.Add($"{PathOf(name)}[{index}]", message);
            }
        }

        return items.Count == 0 ? [] : [.. items];
    }

    /// <summary>A map of strings; empty where it is absent. Entries at fault are left out.</summary>
    /// <param name="fault">What is wrong with an entry, a sentence without a subject; null where it may stand.</param>
    public LabelSet Map(string name, int mostEntries, Func<string, string, string?> fault)
    {
        if (Any(name) is not { } value)
        {
            return LabelSet.Empty;
        }

        if (value.ValueKind != JsonValueKind.Object)
        {
            Refuse(name, "must be a map of strings.");
            return LabelSet.Empty;
        }

        if (value.GetPropertyCount() > mostEntries)
        {
            Refuse(name, $"must have at most {mostEntries} entries.");
            return LabelSet.Empty;
        }

        var read = new List<KeyValuePair<string, string>>();
        foreach (var entry in value.EnumerateObject())
        {
            if (entry.Key() is not { } key)
            {
                Refuse(name, "has a key with half of a surrogate pair: correct it.");
            }
            else if (entry.Value.Text() is not { } text)
            {
                errors.Add($"{PathOf(name)}[{Excerpt.Of(key)}]", "must be a string: quote the value.");
            }
            else if (fault(key, text) is { } found)
            {
                errors.Add($"{PathOf(name)}[{Excerpt.Of(key)}]", found);
            }
            else
            {
                read.Add(KeyValuePair.Create(key, text));
            }
        }

        return LabelSet.From(read);
    }

    /// <summary>Refuses every field that was not asked for.</summary>
    public void End()
    {
        foreach (var member in element.EnumerateObject())
        {
            if (member.Key() is not { } name)
            {
                RefuseWhole("has a field with half of a surrogate pair in its name: correct it.");
            }
            else if (!known.Contains(name))
            {
                errors.Add($"{Path}{MemberPath.Spell(name)}", Unknown(name));
            }
        }
    }

    private string Unknown(string name) => Spelling.Nearest(name, known) is { } nearest
        ? $"is no field: did you mean {nearest}?"
        : $"is no field: there are {string.Join(", ", known)}.";

    public static string Lengths(int actual, int shortest, int longest) =>
        actual < shortest
            ? shortest == 1 ? "must not be empty." : $"has {actual} characters, but must have at least {shortest}."
            : $"has {actual} characters, but must have at most {longest}: shorten it.";

    public static string OneOf(ReadOnlySpan<string> choices) =>
        choices.Length == 1 ? choices[0] : $"{string.Join(", ", choices[..^1])} or {choices[^1]}";
}
