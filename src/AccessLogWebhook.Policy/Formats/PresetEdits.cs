using System.Collections.Immutable;
using System.Text.Json;
using AccessLogWebhook.Policy.Json;

namespace AccessLogWebhook.Policy.Formats;

/// <summary>What <c>omit</c> and <c>rename</c> of a JSON format change in its preset.</summary>
internal sealed record PresetEdits(ImmutableArray<string> Omit, ImmutableArray<KeyValuePair<string, string>> Rename)
{
    /// <summary>More than any preset has members, and so few that looking for what each was meant to be takes no time.</summary>
    private const int Most = 100;

    public static PresetEdits Read(JsonElement json, string path, ICollection<FormatError> errors) =>
        new(ReadOmit(json, $"{path}.omit", errors), ReadRename(json, $"{path}.rename", errors));

    /// <summary>The members of the format; faults of the edits are added to <paramref name="errors"/>, and then what comes back is not to be used.</summary>
    public ImmutableArray<FormatMember> Apply(FormatValue.Object? preset, FormatValue.Object fields, string path, ICollection<FormatError> errors)
    {
        var presetNames = Names(preset);
        var fieldNames = Names(fields);
        var omitted = Omit.ToHashSet(StringComparer.Ordinal);
        CheckOmit(presetNames, fieldNames, path, errors);
        CheckRename(presetNames, fieldNames, omitted, path, errors);

        var renamed = Rename.ToDictionary(StringComparer.Ordinal);
        var own = fields.Members.ToDictionary(member => member.Name, member => member.Value, StringComparer.Ordinal);
        var members = ImmutableArray.CreateBuilder<FormatMember>();
        foreach (var member in preset?.Members ?? [])
        {
            if (!omitted.Contains(member.Name))
            {
                members.Add(new FormatMember(renamed.GetValueOrDefault(member.Name, member.Name), own.GetValueOrDefault(member.Name, member.Value)));
            }
        }

        members.AddRange(fields.Members.Where(member => !presetNames.Contains(member.Name)));
        CheckCollisions(members, path, errors);
        return members.ToImmutable();
    }

    private void CheckOmit(HashSet<string> presetNames, HashSet<string> fieldNames, string path, ICollection<FormatError> errors)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (index, name) in Omit.Index())
        {
            var fault = !presetNames.Contains(name) ? Missing(name, presetNames)
                : !seen.Add(name) ? $"\"{Excerpt.Of(name)}\" comes twice: keep one."
                : fieldNames.Contains(name) ? $"\"{Excerpt.Of(name)}\" has a value under fields, so it cannot be left out: take one of the two away."
                : null;
            if (fault is not null)
            {
                errors.Add(new($"{path}.omit[{index}]", fault));
            }
        }
    }

    private void CheckRename(HashSet<string> presetNames, HashSet<string> fieldNames, HashSet<string> omitted, string path, ICollection<FormatError> errors)
    {
        foreach (var (old, @new) in Rename)
        {
            var fault = !presetNames.Contains(old)
                ? fieldNames.Contains(old) ? $"\"{Excerpt.Of(old)}\" is a name under fields: write the other name there." : Missing(old, presetNames)
                : omitted.Contains(old) ? $"\"{Excerpt.Of(old)}\" is left out by omit, so it cannot be renamed: take one of the two away."
                : @new.Length == 0 ? "must be the new name, which is empty."
                : null;
            if (fault is not null)
            {
                errors.Add(new($"{path}.rename[{Excerpt.Of(old)}]", fault));
            }
        }
    }

    /// <summary>A new name that something else has in the end; two that swap their names are fine.</summary>
    private void CheckCollisions(ImmutableArray<FormatMember>.Builder members, string path, ICollection<FormatError> errors)
    {
        var times = members.CountBy(member => member.Name, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
        foreach (var (old, @new) in Rename)
        {
            if (times.GetValueOrDefault(@new) > 1)
            {
                errors.Add(new($"{path}.rename[{Excerpt.Of(old)}]", $"there is another \"{Excerpt.Of(@new)}\": choose another name, or omit that one."));
            }
        }
    }

    private static string Missing(string name, HashSet<string> presetNames) =>
        presetNames.Count == 0 ? "there is no preset: name one, or take this away."
        : Spelling.Nearest(name, presetNames) is { } near ? $"the preset has no \"{Excerpt.Of(name)}\", did you mean {near}?"
        : $"the preset has no \"{Excerpt.Of(name)}\"; it has {string.Join(", ", presetNames.Order(StringComparer.Ordinal))}.";

    private static HashSet<string> Names(FormatValue.Object? value) =>
        (value?.Members ?? []).Select(member => member.Name).ToHashSet(StringComparer.Ordinal);

    private static ImmutableArray<string> ReadOmit(JsonElement json, string path, ICollection<FormatError> errors)
    {
        if (json.Member("omit") is not { ValueKind: not JsonValueKind.Null } written)
        {
            return [];
        }

        if (written.ValueKind != JsonValueKind.Array || written.GetArrayLength() > Most)
        {
            errors.Add(new(path, $"must be a list of at most {Most} names."));
            return [];
        }

        var names = ImmutableArray.CreateBuilder<string>();
        foreach (var (index, item) in written.EnumerateArray().Index())
        {
            if (item.Text() is { } name)
            {
                names.Add(name);
            }
            else
            {
                errors.Add(new($"{path}[{index}]", "must be a name."));
            }
        }

        return names.ToImmutable();
    }

    private static ImmutableArray<KeyValuePair<string, string>> ReadRename(JsonElement json, string path, ICollection<FormatError> errors)
    {
        if (json.Member("rename") is not { ValueKind: not JsonValueKind.Null } written)
        {
            return [];
        }

        if (written.ValueKind != JsonValueKind.Object || written.EnumerateObject().Skip(Most).Any())
        {
            errors.Add(new(path, $"must be an object with at most {Most} members: each old name with the new one."));
            return [];
        }

        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var entry in written.EnumerateObject())
        {
            var fault = entry.Key() is not { } old || entry.Value.Text() is not { } @new ? "must be the new name, a string."
                : names.TryAdd(old, @new) ? null
                : "comes twice: keep one.";
            if (fault is not null)
            {
                errors.Add(new($"{path}[{Excerpt.Of(entry.Key() ?? "")}]", fault));
            }
        }

        return [.. names];
    }
}
