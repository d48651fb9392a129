using System.Collections.Immutable;
using System.Text.Json;
using AccessLogWebhook.Policy.Json;
using AccessLogWebhook.Policy.Mesh;

namespace AccessLogWebhook.Policy.Linting;

/// <summary>What an object selects. Source: Istio's <c>pilot/pkg/model/policyattachment.go</c>; only a Telemetry has the older single targetRef.</summary>
internal static class AttachmentReading
{
    public static LoggingResource Of(LintSubject subject)
    {
        var spec = subject.Spec.Value;
        var isTelemetry = subject.Kind == LoggingResourceKind.Telemetry;
        var selector = spec.Object(isTelemetry ? "selector" : "workloadSelector");
        return new LoggingResource(
            subject.Kind,
            subject.Key,
            subject.Labels,
            selector is { } found ? found.Labels(isTelemetry ? "matchLabels" : "labels") ?? LabelSet.Empty : null,
            [.. TargetsOf(subject).Select(target => Read(target.Value))]);
    }

    /// <summary>The fields of the targets, in their order.</summary>
    public static IEnumerable<Field> TargetsOf(LintSubject subject)
    {
        var several = subject.Spec["targetRefs"]?.Items().Where(target => target.IsObject).ToImmutableArray() ?? [];
        return several.IsEmpty && subject.Kind == LoggingResourceKind.Telemetry && subject.Spec["targetRef"] is { IsObject: true } single ? [single] : several;
    }

    private static TargetReference Read(JsonElement target) => new(
        target.Text("group") ?? "", target.Text("kind") ?? "", target.Text("namespace") ?? "", target.Text("name") ?? "");
}
