using System.Collections.Immutable;
using System.Text.Json;
using AccessLogWebhook.Policy.Json;

namespace AccessLogWebhook.Policy.Formats;

/// <summary>
/// Reads <c>format.json</c> of a profile: <c>{preset, fields, omit, rename}</c>. All faults are reported; a format comes back only where there are none.
/// </summary>
public static class JsonFormatReader
{
    private static readonly ImmutableArray<string> Known = ["preset", "fields", "omit", "rename"];

    public static JsonFormat? Read(JsonElement json, string path, ICollection<FormatError> errors)
    {
        var before = errors.Count;
        if (json.ValueKind != JsonValueKind.Object)
        {
            errors.Add(new(path, "must be an object with preset, fields, omit or rename."));
            return null;
        }

        foreach (var name in json.EnumerateObject().Select(member => member.Key() ?? "").Where(name => !Known.Contains(name)).Take(FormatValueReader.ReportedErrors))
        {
            var meant = Spelling.Nearest(name, Known) is { } near ? $"did you mean {near}?" : "what is to be logged stands under fields.";
            errors.Add(new(path + MemberPath.Spell(name), $"is no field of a JSON format; {meant}"));
        }

        var preset = ReadPreset(json, path, errors);
        var fields = ReadFields(json, $"{path}.fields", errors);
        var edits = PresetEdits.Read(json, path, errors);
        if (errors.Count > before)
        {
            return null;
        }

        var members = edits.Apply(preset is null ? null : FormatPresets.Json(preset), fields!, path, errors);
        if (members.IsEmpty && errors.Count == before)
        {
            errors.Add(new(path, $"logs nothing: name a preset ({string.Join(", ", FormatPresets.JsonNames)}), or write fields."));
        }

        return errors.Count > before ? null : new JsonFormat(path, new FormatValue.Object(members), preset, fields!);
    }

    private static string? ReadPreset(JsonElement json, string path, ICollection<FormatError> errors)
    {
        if (json.Member("preset") is not { ValueKind: not JsonValueKind.Null } written)
        {
            return null;
        }

        if (written.Text() is { } name && FormatPresets.Json(name) is not null)
        {
            return name;
        }

        errors.Add(new($"{path}.preset", $"must be {string.Join(" or ", FormatPresets.JsonNames)}."));
        return null;
    }

    private static FormatValue.Object? ReadFields(JsonElement json, string path, ICollection<FormatError> errors)
    {
        if (json.Member("fields") is not { ValueKind: not JsonValueKind.Null } written)
        {
            return new FormatValue.Object([]);
        }

        if (written.ValueKind == JsonValueKind.Object)
        {
            return (FormatValue.Object?)FormatValueReader.Read(written, path, errors);
        }

        errors.Add(new(path, "must be an object: each name with what is logged under it."));
        return null;
    }
}
