using System.Collections.Immutable;
using System.Text.Json;
using AccessLogWebhook.Policy.Json;

namespace AccessLogWebhook.Policy.Mesh;

/// <summary>
/// What an EnvoyFilter or a Telemetry selects, read from its <c>spec</c>. Source: Istio's <c>pilot/pkg/model/policyattachment.go</c>. Whatever the object is there is an
/// answer, since both a snapshot and what is under review are read by it, and they must not differ.
/// </summary>
public static class LoggingResourceReader
{
    /// <param name="labels">Those by which it is known as a reference.</param>
    public static LoggingResource Read(LoggingResourceKind kind, ObjectKey key, LabelSet labels, JsonElement? spec)
    {
        var isTelemetry = kind == LoggingResourceKind.Telemetry;
        return new LoggingResource(
            kind,
            key,
            labels,
            spec?.Object(isTelemetry ? "selector" : "workloadSelector") is { } selector ? selector.Labels(isTelemetry ? "matchLabels" : "labels") ?? LabelSet.Empty : null,
            spec is { } members ? ReadTargets(kind, members) : []);
    }

    /// <summary>
    /// The field that its targets stand in: <c>targetRefs</c>; of a Telemetry without any the single <c>targetRef</c> of older releases, which an EnvoyFilter never
    /// had (<c>policyattachment.go</c>, GetTargetRefs).
    /// </summary>
    public static string TargetsField(LoggingResourceKind kind, JsonElement spec) =>
        kind == LoggingResourceKind.Telemetry && !Several(spec).Any() ? "targetRef" : "targetRefs";

    private static ImmutableArray<TargetReference> ReadTargets(LoggingResourceKind kind, JsonElement spec) =>
        TargetsField(kind, spec) == "targetRefs" ? [.. Several(spec).Select(ReadTarget)]
        : spec.Object("targetRef") is { } single ? [ReadTarget(single)]
        : [];

    private static IEnumerable<JsonElement> Several(JsonElement spec) => spec.Member("targetRefs") is { ValueKind: JsonValueKind.Array } targets
        ? targets.EnumerateArray().Where(target => target.ValueKind == JsonValueKind.Object)
        : [];

    private static TargetReference ReadTarget(JsonElement target) => new(
        target.Text("group") ?? "", target.Text("kind") ?? "", target.Text("namespace") ?? "", target.Text("name") ?? "");
}
