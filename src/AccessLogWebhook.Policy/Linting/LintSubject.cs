using System.Text.Json;
using AccessLogWebhook.Policy.Json;
using AccessLogWebhook.Policy.Linting.EnvoyFilters;
using AccessLogWebhook.Policy.Linting.Telemetries;
using AccessLogWebhook.Policy.Mesh;

namespace AccessLogWebhook.Policy.Linting;

/// <summary>An EnvoyFilter or a Telemetry, read once. It is good for as long as the document that it was read from.</summary>
public sealed class LintSubject
{
    private LintSubject(LoggingResourceKind kind, JsonElement @object, string @namespace)
    {
        var metadata = @object.Object("metadata");
        Kind = kind;
        Document = @object;
        Namespace = metadata?.Text("namespace") is { Length: > 0 } named ? named : @namespace;
        Name = metadata?.Text("name") ?? "";
        Labels = metadata?.Labels("labels") ?? LabelSet.Empty;
        Annotations = metadata?.Labels("annotations") ?? LabelSet.Empty;
        Spec = Field.Of("spec", @object.Object("spec") ?? default);
        Metadata = Field.Of("metadata", metadata ?? default);
        Attachment = LoggingResourceReader.Read(kind, Key, Labels, Spec.Value);
        Filter = kind == LoggingResourceKind.EnvoyFilter ? EnvoyFilterReading.Of(Spec) : null;
        Telemetry = kind == LoggingResourceKind.Telemetry ? TelemetryReading.Of(Spec) : null;
    }

    public LoggingResourceKind Kind { get; }

    public string Namespace { get; }

    /// <summary>Empty where the API server is still to make one up.</summary>
    public string Name { get; }

    public LabelSet Labels { get; }

    public LabelSet Annotations { get; }

    /// <summary>What it selects, as the snapshot would hold it.</summary>
    public LoggingResource Attachment { get; }

    /// <summary>The fields of <see cref="LoggingResource.TargetRefs"/>, in their order.</summary>
    internal IEnumerable<Field> Targets => LoggingResourceReader.TargetsField(Kind, Spec.Value) is var name && name == "targetRef"
        ? Spec[name] is { IsObject: true } single ? [single] : []
        : Spec[name]?.Items().Where(target => target.IsObject) ?? [];

    internal JsonElement Document { get; }

    internal Field Metadata { get; }

    internal Field Spec { get; }

    /// <summary>The patches; null for a Telemetry.</summary>
    internal EnvoyFilterReading? Filter { get; }

    /// <summary>The access logging; null for an EnvoyFilter.</summary>
    internal TelemetryReading? Telemetry { get; }

    internal ObjectKey Key => new(Namespace, Name);

    internal string Title => $"{Kind} {Excerpt.Of(Key.ToString())}";

    /// <summary>Reads an object of any version of its group; null where it is neither an EnvoyFilter nor a Telemetry.</summary>
    /// <param name="namespace">Its namespace where the object does not name one, as in a request.</param>
    public static LintSubject? Read(JsonElement @object, string @namespace = "") => (@object.Text("kind"), GroupOf(@object.Text("apiVersion"))) switch
    {
        ("EnvoyFilter", "networking.istio.io") => new LintSubject(LoggingResourceKind.EnvoyFilter, @object, @namespace),
        ("Telemetry", "telemetry.istio.io") => new LintSubject(LoggingResourceKind.Telemetry, @object, @namespace),
        _ => null,
    };

    /// <summary>Reads an object of a kind that is known, as of a list or a request.</summary>
    public static LintSubject Read(LoggingResourceKind kind, JsonElement @object, string @namespace = "") => new(kind, @object, @namespace);

    /// <summary>Whether it is the same object of the cluster; one without a name is none yet.</summary>
    internal bool IsSameAs(LintSubject other) => ReferenceEquals(this, other) || (Kind == other.Kind && Name.Length > 0 && Key == other.Key);

    private static string GroupOf(string? apiVersion) => apiVersion?[..Math.Max(0, apiVersion.IndexOf('/', StringComparison.Ordinal))] ?? "";
}
