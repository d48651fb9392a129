using System.Collections.Immutable;
using System.Text.Json;
using AccessLogWebhook.Policy.Json;
using AccessLogWebhook.Policy.Mesh;

namespace AccessLogWebhook.Policy.Profiles;

/// <summary>
/// Reads an AccessLogProfile. Faults do not hide the profile: it comes back with all of them, so that what names it can say why
/// it cannot be used.
/// </summary>
public static class AccessLogProfileReader
{
    /// <summary>A label's value, which the profile's name becomes, has at most 63 characters (Kubernetes, "Labels and Selectors").</summary>
    public const int LongestName = 63;

    public static AccessLogProfile Read(string name, JsonElement @object)
    {
        var errors = ImmutableArray.CreateBuilder<ProfileError>();
        if (name.Length > LongestName)
        {
            errors.Add(new("metadata.name", $"has {name.Length} characters, but becomes a label's value, which has at most {LongestName}: shorten it."));
        }
        else if (!LabelRules.IsValidValue(name))
        {
            errors.Add(new("metadata.name", "becomes a label's value, but is none: use letters, digits, '-', '_' and '.', at most 63, with a letter or digit at both ends."));
        }

        if (name == "off")
        {
            errors.Add(new("metadata.name", "\"off\" switches a mode off: choose another name."));
        }

        if (@object.Object("spec") is not { } spec)
        {
            errors.Add(new("spec", "is missing."));
            return new AccessLogProfile(name) { Errors = errors.ToImmutable() };
        }

        return new AccessLogProfile(name)
        {
            Backend = ReadBackend(spec, errors),
            Revision = ReadRevision(@object, errors),
            Annotations = ReadAnnotations(spec, errors),
            Selectable = ReadFlag(spec, "selectable", errors),
            RequireProxy = ReadFlag(spec, "requireProxy", errors),
            AllowExempt = ReadFlag(spec, "allowExempt", errors),
            EnvoyFilterRef = ReadEnvoyFilterRef(spec, errors),
            Errors = errors.ToImmutable(),
        };
    }

    private static string? ReadRevision(JsonElement @object, ImmutableArray<ProfileError>.Builder errors)
    {
        if (@object.Object("status")?.Text("revision") is not { Length: > 0 } revision)
        {
            return null;
        }

        if (revision.Length > LongestName || !ReferenceNames.IsRevision(revision))
        {
            errors.Add(new("status.revision", $"must be lower-case hexadecimal of at most {LongestName} characters; it becomes a label's value."));
            return null;
        }

        return revision;
    }

    private static LoggingResourceKind ReadBackend(JsonElement spec, ImmutableArray<ProfileError>.Builder errors)
    {
        if (!spec.TryGetProperty("backend", out var backend) || backend.ValueKind == JsonValueKind.Null)
        {
            return LoggingResourceKind.EnvoyFilter;
        }

        switch (backend.Text())
        {
            case "EnvoyFilter":
                return LoggingResourceKind.EnvoyFilter;
            case "Telemetry":
                return LoggingResourceKind.Telemetry;
            default:
                errors.Add(new("spec.backend", "must be EnvoyFilter or Telemetry."));
                return LoggingResourceKind.EnvoyFilter;
        }
    }

    private static bool ReadFlag(JsonElement spec, string field, ImmutableArray<ProfileError>.Builder errors)
    {
        if (!spec.TryGetProperty(field, out var value) || value.ValueKind is JsonValueKind.Null or JsonValueKind.False)
        {
            return false;
        }

        if (value.ValueKind != JsonValueKind.True)
        {
            errors.Add(new($"spec.{field}", "must be true or false."));
        }

        return value.ValueKind == JsonValueKind.True;
    }

    private static LabelSet ReadAnnotations(JsonElement spec, ImmutableArray<ProfileError>.Builder errors)
    {
        if (!spec.TryGetProperty("annotations", out var annotations) || annotations.ValueKind == JsonValueKind.Null)
        {
            return LabelSet.Empty;
        }

        if (annotations.ValueKind != JsonValueKind.Object)
        {
            errors.Add(new("spec.annotations", "must be a map of strings."));
            return LabelSet.Empty;
        }

        var read = new List<KeyValuePair<string, string>>();
        foreach (var entry in annotations.EnumerateObject())
        {
            if (entry.Key() is not { } key)
            {
                errors.Add(new("spec.annotations", "has a key with half of a surrogate pair: correct it."));
            }
            else if (entry.Value.Text() is not { } value)
            {
                errors.Add(new($"spec.annotations[{key}]", "must be a string: quote the value."));
            }
            else if (AnnotationRules.Fault(key, value) is { } fault)
            {
                errors.Add(new($"spec.annotations[{key}]", fault));
            }
            else
            {
                read.Add(KeyValuePair.Create(key, value));
            }
        }

        return LabelSet.From(read);
    }

    private static ObjectKey? ReadEnvoyFilterRef(JsonElement spec, ImmutableArray<ProfileError>.Builder errors)
    {
        if (!spec.TryGetProperty("envoyFilterRef", out var reference) || reference.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        var (name, @namespace) = (reference.Text("name"), reference.Text("namespace"));
        if (string.IsNullOrEmpty(name) || string.IsNullOrEmpty(@namespace))
        {
            errors.Add(new("spec.envoyFilterRef", "must have a namespace and a name."));
            return null;
        }

        return new ObjectKey(@namespace, name);
    }
}
