using System.Text.Json;
using AccessLogWebhook.Policy.Json;
using AccessLogWebhook.Policy.Linting;
using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Policy.Rendering;

namespace AccessLogWebhook.Policy.Logging;

/// <summary>An EnvoyFilter or a Telemetry as a snapshot holds it: whom it reaches, and what it does to access loggers.</summary>
public static class LoggingResourceReader
{
    public static LoggingResource Read(LoggingResourceKind kind, ObjectKey key, JsonElement @object)
    {
        var metadata = @object.Object("metadata");
        var labels = metadata?.Labels("labels") ?? LabelSet.Empty;
        var subject = LintSubject.Read(kind, @object);
        return subject.Attachment with
        {
            Key = key,
            Labels = LabelSet.From(labels.Where(label => label.Key.StartsWith(AccessLogKeys.Prefix, StringComparison.Ordinal))),
            Uid = metadata?.Text("uid") ?? "",
            SpecFingerprint = @object.Object("spec") is { } rendered && labels.Has(MeshKeys.ManagedBy, MeshKeys.ManagedByThis) ? SpecFingerprint.Of(rendered) : null,
            Effects = LoggingEffectsReader.Of(subject),
        };
    }
}
