using System.Globalization;
using System.Text.Json;
using AccessLogWebhook.Policy.Formats;
using AccessLogWebhook.Policy.Json;

namespace AccessLogWebhook.Policy.Profiles;

/// <summary>
/// Reads the fields of one object of a profile. Each is asked for by name, once; <see cref="End"/> refuses the rest. A null counts as absent, as
/// the API server takes it. What is faulty is reported and read as absent.
/// </summary>
internal sealed class SpecFields
{
    private readonly ProfileErrors errors;
    private readonly Dictionary<string, JsonElement> members = new(StringComparer.Ordinal);
    private readonly List<string> known = [];

    public SpecFields(JsonElement element, string path, ProfileErrors errors)
    {
        this.errors = errors;
        Path = path;
        // Not looked up in the element itself, which throws where it compares with a name that is half of a surrogate pair.
        foreach (var member in element.EnumerateObject())
        {
            if (member.Key() is not { } name)
            {
                RefuseWhole("has a field with half of a surrogate pair in its name: correct it.");
            }
            else if (!members.TryAdd(name, member.Value))
            {
                errors.Add($"{Path}{MemberPath.Spell(name)}", "comes twice: keep one.");
            }
        }
    }

    public string Path { get; }

    public string PathOf(string name) => $"{Path}.{name}";

    public void Refuse(string name, string message) => errors.Add(PathOf(name), message);

    public void RefuseWhole(string message) => errors.Add(Path, message);

    /// <summary>A fault at a path further down.</summary>
    public void Report(string path, string message) => errors.Add(path, message);

    /// <summary>Whether the field is there, whatever it holds.</summary>
    public bool Has(string name) => members.TryGetValue(name, out var value) && value.ValueKind != JsonValueKind.Null;

    public JsonElement? Any(string name)
    {
        if (!known.Contains(name))
        {
            known.Add(name);
        }

        return members.TryGetValue(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
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

    /// <summary>Refuses every field that was not asked for.</summary>
    public void End()
    {
        foreach (var name in members.Keys.Where(name => !known.Contains(name)))
        {
            errors.Add($"{Path}{MemberPath.Spell(name)}", Unknown(name));
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
