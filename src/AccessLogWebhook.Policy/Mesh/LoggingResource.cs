using System.Collections.Immutable;

namespace AccessLogWebhook.Policy.Mesh;

/// <summary>The two kinds of Istio resource that can make a proxy log.</summary>
public enum LoggingResourceKind
{
    EnvoyFilter,
    Telemetry,
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
    /// The fingerprint of its <c>spec</c>, by which a rendered reference that somebody changed is known; null for what this project did not render.
    /// </summary>
    public string? SpecFingerprint { get; init; }

    /// <summary>Of a rendered reference, the field manager other than this project's that last changed its spec or labels; null where none is known.</summary>
    public string? ChangedBy { get; init; }

    /// <summary>Whether it is of every workload of its namespace, by having neither a selector with labels nor targetRefs.</summary>
    public bool IsNamespaceWide => TargetRefs.IsEmpty && (Selector is null || Selector.Count == 0);
}

/// <summary>An entry of <c>spec.targetRefs</c>; <paramref name="Namespace"/> is empty where it names none.</summary>
public sealed record TargetReference(string Group, string Kind, string Namespace, string Name);
