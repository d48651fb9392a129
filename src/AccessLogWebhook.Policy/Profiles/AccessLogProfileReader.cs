using System.Text.Json;
using AccessLogWebhook.Policy.Json;
using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Policy.Rendering;

namespace AccessLogWebhook.Policy.Profiles;

/// <summary>
/// Reads an AccessLogProfile as strictly as its custom resource definition, and past it: a directory of manifests has no API server, and what a backend
/// cannot express is an error here, never dropped. Faults do not hide the profile: it comes back with all of them, so that what names it can say why
/// it cannot be used.
/// </summary>
public static class AccessLogProfileReader
{
    /// <summary>A label's value, which the profile's name becomes, has at most 63 characters (Kubernetes, "Labels and Selectors").</summary>
    public const int LongestName = 63;

    private const int MostAnnotations = 16;
    private const int LongestAnnotation = 1024;

    public static AccessLogProfile Read(string name, JsonElement @object)
    {
        var errors = new ProfileErrors();
        CheckName(name, errors);
        var profile = new AccessLogProfile(name) { Revision = ReadRevision(@object, errors) };
        if (@object.Object("spec") is not { } element)
        {
            errors.Add("spec", "is missing.");
            return profile with { Errors = errors.ToImmutable() };
        }

        var spec = new SpecFields(element, "spec", errors);
        var backend = spec.Choice("backend", "EnvoyFilter", "Telemetry") == "Telemetry" ? LoggingResourceKind.Telemetry : LoggingResourceKind.EnvoyFilter;
        profile = profile with
        {
            Backend = backend,
            Logging = LoggingReader.Read(name, spec, backend),
            Annotations = spec.Map("annotations", MostAnnotations, AnnotationFault),
            Selectable = spec.Flag("selectable") ?? false,
            RequireProxy = spec.Flag("requireProxy") ?? false,
            AllowExempt = spec.Flag("allowExempt") ?? false,
            EnvoyFilterRef = ReadEnvoyFilterRef(spec),
        };
        spec.End();
        profile = profile with { Object = ProfileObjectReader.Read(@object), Errors = errors.ToImmutable() };
        if (!profile.IsRendered)
        {
            return profile;
        }

        var rendered = ProfileRenderer.Render(profile).Revision;
        return profile with { Revision = profile.Revision ?? rendered, RenderedRevision = rendered };
    }

    private static void CheckName(string name, ProfileErrors errors)
    {
        if (name.Length > LongestName)
        {
            errors.Add("metadata.name", $"has {name.Length} characters, but becomes a label's value, which has at most {LongestName}: shorten it.");
        }
        else if (!LabelRules.IsValidValue(name))
        {
            errors.Add("metadata.name", "becomes a label's value, but is none: use letters, digits, '-', '_' and '.', at most 63, with a letter or digit at both ends.");
        }

        if (name == "off")
        {
            errors.Add("metadata.name", "\"off\" switches a mode off: choose another name.");
        }
    }

    private static string? ReadRevision(JsonElement @object, ProfileErrors errors)
    {
        if (@object.Object("status")?.Text("revision") is not { Length: > 0 } revision)
        {
            return null;
        }

        if (revision.Length > LongestName || !ReferenceNames.IsRevision(revision))
        {
            errors.Add("status.revision", $"must be lower-case hexadecimal of at most {LongestName} characters; it becomes a label's value.");
            return null;
        }

        return revision;
    }

    private static string? AnnotationFault(string key, string value) =>
        AnnotationRules.Fault(key, value) ?? (value.Length > LongestAnnotation ? SpecFields.Lengths(value.Length, 0, LongestAnnotation) : null);

    private static ObjectKey? ReadEnvoyFilterRef(SpecFields spec)
    {
        if (spec.Object("envoyFilterRef") is not { } fields)
        {
            return null;
        }

        var @namespace = ReadName(fields, "namespace", 63, ResourceNames.IsNamespace, "must be the name of a namespace: lower-case letters, digits and '-', beginning and ending with a letter or digit.");
        var name = ReadName(fields, "name", 253, ResourceNames.IsName, "must be the name of an EnvoyFilter: lower-case letters, digits, '-' and '.', beginning and ending with a letter or digit.");
        fields.End();
        return @namespace is null || name is null ? null : new ObjectKey(@namespace, name);
    }

    private static string? ReadName(SpecFields fields, string field, int longest, Func<string, bool> isName, string message)
    {
        if (!fields.Has(field))
        {
            fields.Any(field);
            fields.Refuse(field, "is missing.");
            return null;
        }

        if (fields.Text(field, 1, longest) is not { } name)
        {
            return null;
        }

        if (isName(name))
        {
            return name;
        }

        fields.Refuse(field, message);
        return null;
    }
}
