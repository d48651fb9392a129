using System.Collections.Frozen;

namespace AccessLogWebhook.Policy.Decisions;

/// <summary>What the cluster's administrators decide for all namespaces: defaults, exemptions, and which way faults fall.</summary>
public sealed record PolicySettings
{
    public static PolicySettings Default { get; } = new();

    /// <summary>The profile asked for in namespaces that do not carry the mode's label; null where the mode is off by default.</summary>
    public ModeDefaults Defaults { get; init; } = new();

    public Exemptions Exemptions { get; init; } = new();

    /// <summary>Istio's <c>meshConfig.rootNamespace</c>: its EnvoyFilters and Telemetries reach every namespace.</summary>
    public string RootNamespace { get; init; } = "istio-system";

    /// <summary>Istio's <c>sidecarInjectorWebhook.enableNamespacesByDefault</c>: namespaces without an injection label get sidecars.</summary>
    public bool EnableNamespacesByDefault { get; init; }

    /// <summary>A Namespace labelled with a profile or mode that does not exist is refused; false: it is admitted with a warning.</summary>
    public bool RefuseUnknownNamespaceLabels { get; init; } = true;

    /// <summary>What becomes of a request to <c>/mutate</c> that cannot be judged through a fault of ours.</summary>
    public FailureDirection InjectFault { get; init; } = FailureDirection.Open;

    /// <summary>What becomes of a request to <c>/validate</c> that cannot be judged through a fault of ours.</summary>
    public FailureDirection EnforceFault { get; init; } = FailureDirection.Closed;
}

/// <summary>Which way a fault of ours falls: admit the request, or refuse it.</summary>
public enum FailureDirection
{
    Open,
    Closed,
}

/// <summary>A profile's name for each mode, or null where the mode is off unless a namespace turns it on.</summary>
public sealed record ModeDefaults(string? Inject = null, string? Enforce = null, string? Warn = null, string? Audit = null);

/// <summary>
/// What is never judged. As in Pod Security Admission the username is that of the request: for a Pod of a Deployment, the
/// ReplicaSet controller's.
/// </summary>
public sealed record Exemptions
{
    public FrozenSet<string> Namespaces { get; init; } = [];

    public FrozenSet<string> Usernames { get; init; } = [];

    public FrozenSet<string> RuntimeClasses { get; init; } = [];

    /// <summary>Whether the annotation <c>accesslog.mesh/exempt</c> is honoured under every profile.</summary>
    public bool AllowAnnotation { get; init; }
}
