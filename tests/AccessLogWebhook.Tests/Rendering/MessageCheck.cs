using System.Text.Json;
using System.Text.RegularExpressions;

namespace AccessLogWebhook.Tests.Rendering;

/// <summary>
/// Checks JSON against the definitions of protobuf messages, field by field, as protobuf's JSON mapping reads it: names, types, one member of a oneof,
/// values of an enum, and what Envoy validates. Messages inside <c>google.protobuf.Any</c> are checked as what <c>@type</c> says they are.
/// </summary>
internal sealed partial class MessageCheck(MessageTable table)
{
    private const string TypePrefix = "type.googleapis.com/";

    private readonly List<string> faults = [];
    private readonly SortedSet<string> deprecated = new(StringComparer.Ordinal);

    public IReadOnlyList<string> Faults => faults;

    /// <summary>Fields that were met and are deprecated.</summary>
    public IReadOnlyCollection<string> Deprecated => deprecated;

    /// <param name="isPart">Whether it is merged into a whole message, and need not have what is required of that.</param>
    public void Check(JsonElement value, string type, string path, bool isPart = false)
    {
        if (table.MessageNamed(type) is not { } message)
        {
            faults.Add($"{path}: {type} is not in the table");
            return;
        }

        if (value.ValueKind != JsonValueKind.Object)
        {
            faults.Add($"{path}: {value.ValueKind} is no {type}");
            return;
        }

        var groups = new Dictionary<string, string>(StringComparer.Ordinal);
        var set = new HashSet<string>(StringComparer.Ordinal);
        foreach (var member in value.EnumerateObject().Where(member => member.Name != "@type"))
        {
            if (message.FieldNamed(member.Name) is not { } field)
            {
                faults.Add($"{path}: {type} ({message.Source}) has no field {member.Name}");
                continue;
            }

            if (!set.Add(field.Name))
            {
                faults.Add($"{path}.{member.Name}: comes twice");
            }

            if (field.Group is { } group && !groups.TryAdd(group, field.Name))
            {
                faults.Add($"{path}: {groups[group]} and {field.Name} are both of the oneof {group}");
            }

            if (field.Deprecated)
            {
                deprecated.Add($"{type}.{field.Name}");
            }

            CheckField(member.Value, field, $"{path}.{member.Name}", isPart);
        }

        if (!isPart)
        {
            faults.AddRange(message.Fields.Where(field => field.Required && field.Group is null && !set.Contains(field.Name)).Select(field => $"{path}: {type} needs {field.Name}"));
            faults.AddRange(message.Requires.Where(group => !groups.ContainsKey(group)).Select(group => $"{path}: {type} needs one of {group}"));
        }
    }

    private void CheckField(JsonElement value, MessageTable.Field field, string path, bool isPart)
    {
        if (field.Repeated)
        {
            if (value.ValueKind != JsonValueKind.Array)
            {
                faults.Add($"{path}: {value.ValueKind} is no list");
                return;
            }

            if (value.GetArrayLength() < field.Least)
            {
                faults.Add($"{path}: needs {field.Least} items");
            }

            foreach (var (index, item) in value.EnumerateArray().Index())
            {
                CheckValue(item, field, $"{path}[{index}]", isPart: false);
            }

            return;
        }

        CheckValue(value, field, path, isPart);
    }

    private void CheckValue(JsonElement value, MessageTable.Field field, string path, bool isPart)
    {
        if (IsScalar(field.Type, value) is { } isOfType)
        {
            if (!isOfType)
            {
                faults.Add($"{path}: {value.GetRawText()} is no {field.Type}");
            }
            else if (field.Required && value.ValueKind == JsonValueKind.String && value.GetString() == "")
            {
                faults.Add($"{path}: must not be empty");
            }
            else if (field.Allowed is { } allowed && !allowed.Contains(value.GetString()))
            {
                faults.Add($"{path}: {value.GetString()} is none of {string.Join(", ", allowed)}");
            }
        }
        else if (field.Type == "google.protobuf.Any")
        {
            CheckAny(value, path, isPart);
        }
        else if (table.EnumNamed(field.Type) is { } values)
        {
            if (value.ValueKind != JsonValueKind.String || !values.Contains(value.GetString()!))
            {
                faults.Add($"{path}: {value.GetRawText()} is no {field.Type}");
            }
        }
        else
        {
            Check(value, field.Type, path);
        }
    }

    private void CheckAny(JsonElement value, string path, bool isPart)
    {
        if (value.ValueKind == JsonValueKind.Object && value.TryGetProperty("@type", out var type) && type.GetString() is { } url && url.StartsWith(TypePrefix, StringComparison.Ordinal))
        {
            Check(value, url[TypePrefix.Length..], path, isPart);
        }
        else
        {
            faults.Add($"{path}: an Any needs its @type");
        }
    }

    /// <summary>Null where the type is neither a scalar nor one of the messages that JSON has a shape of its own for.</summary>
    private static bool? IsScalar(string type, JsonElement value) => type switch
    {
        "string" or "google.protobuf.StringValue" => value.ValueKind == JsonValueKind.String,
        "bool" or "google.protobuf.BoolValue" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "uint32" or "google.protobuf.UInt32Value" => value.ValueKind == JsonValueKind.Number && value.TryGetUInt32(out _),
        "int32" or "google.protobuf.Int32Value" => value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out _),
        "uint64" or "google.protobuf.UInt64Value" => value.ValueKind == JsonValueKind.Number && value.TryGetUInt64(out _),
        "int64" or "google.protobuf.Int64Value" => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
        "double" or "float" or "google.protobuf.DoubleValue" => value.ValueKind == JsonValueKind.Number,
        "bytes" => value.ValueKind == JsonValueKind.String && value.TryGetBytesFromBase64(out _),
        "google.protobuf.Struct" => value.ValueKind == JsonValueKind.Object,
        "google.protobuf.Value" => true,
        "google.protobuf.Duration" => value.ValueKind == JsonValueKind.String && Duration().IsMatch(value.GetString()!),
        _ => null,
    };

    [GeneratedRegex(@"\A-?[0-9]+(\.[0-9]{1,9})?s\z")]
    private static partial Regex Duration();
}
