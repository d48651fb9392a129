using System.Collections.Immutable;

namespace AccessLogWebhook.Policy.Mesh;

/// <summary>The two kinds of Istio resource that can make a proxy log.</summary>
public enum LoggingResourceKind
{
    EnvoyFilter,
    Telemetry,
}

public static class LoggingResourceKinds
{
    /// <summary>What a profile's backend was before it was changed.</summary>
    public static LoggingResourceKind Other(LoggingResourceKind kind) =>
        kind == LoggingResourceKind.Telemetry ? LoggingResourceKind.EnvoyFilter : LoggingResourceKind.Telemetry;
}

/// <summary>
/// An EnvoyFilter or Telemetry as far as attachment goes: which proxies it reaches, not what it does to them.
/// </summary>
/// <param name="Labels">Its own <c>accesslog.mesh/*</c> labels, by which a reference that this project renders is known.</param>
/// <param name="Selector">
/// <c>spec.workloadSelector.labels</c> of an EnvoyFilter, <c>spec.selector.matchLabels</c> of a Telemetry; null where there is none,
/// which means every workload of its namespace (of the mesh, in the root namespace).
/// </param>
public sealed record LoggingResource(
    LoggingResourceKind Kind,
    ObjectKey Key,
    LabelSet Labels,
    LabelSet? Selector,
    ImmutableArray<TargetReference> TargetRefs)
{
    /// <summary><c>metadata.uid</c>: tells it from another object that had or will have its name. Empty in manifests.</summary>
    public string Uid { get; init; } = "";

    /// <summary>
    /// The fingerprint of its <c>spec</c> and of its annotations that are rendered, by which a rendered reference that somebody changed is known; null for what this project did not render.
    /// </summary>
    public string? SpecFingerprint { get; init; }

    /// <summary>Whether it switches other loggers off and logs nothing itself: a Telemetry with the name of the reference that it goes with.</summary>
    public bool IsSilencer => Kind == LoggingResourceKind.Telemetry && Labels.Has(AccessLogKeys.Role, AccessLogKeys.Silencer);

    /// <summary>Of a rendered reference, the field manager other than this project's that last changed its spec or labels; null where none is known.</summary>
    public string? ChangedBy { get; init; }

    /// <summary>Whether it is of every workload of its namespace, by having neither a selector with labels nor targetRefs.</summary>
    public bool IsNamespaceWide => TargetRefs.IsEmpty && (Selector is null || Selector.Count == 0);
}

/// <summary>An entry of <c>spec.targetRefs</c>; <paramref name="Namespace"/> is empty where it names none.</summary>
public sealed record TargetReference(string Group, string Kind, string Namespace, string Name);
