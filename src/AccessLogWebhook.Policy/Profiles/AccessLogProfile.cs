using System.Collections.Immutable;
using AccessLogWebhook.Policy.Mesh;

namespace AccessLogWebhook.Policy.Profiles;

/// <summary>A named way to log (DESIGN: "AccessLogProfile"). One with a name alone logs everything in Istio's own JSON format.</summary>
public sealed record AccessLogProfile(string Name)
{
    /// <summary>The kind of Istio resource that realises it.</summary>
    public LoggingResourceKind Backend { get; init; } = LoggingResourceKind.EnvoyFilter;

    /// <summary>How it logs; without meaning where it has an <see cref="EnvoyFilterRef"/>, which decides that, or <see cref="Errors"/>.</summary>
    public ProfileLogging Logging { get; init; } = ProfileLogging.Default;

    /// <summary>
    /// The revision that new workloads get: by <c>status.revision</c> the one whose references were last put in place, else the one that it renders to now. So an
    /// edit reaches workloads only when what it renders to is there. Null where nothing is rendered.
    /// </summary>
    public string? Revision { get; init; }

    /// <summary>The revision that it renders to now; null where nothing is rendered.</summary>
    public string? RenderedRevision { get; init; }

    /// <summary>Annotations for log collectors and <c>sidecar.istio.io/*LogLevel</c>.</summary>
    public LabelSet Annotations { get; init; } = LabelSet.Empty;

    /// <summary>Whether a workload may choose this profile by its own label.</summary>
    public bool Selectable { get; init; }

    /// <summary>Whether enforce refuses a Pod on which nothing can log.</summary>
    public bool RequireProxy { get; init; }

    /// <summary>Whether the annotation <c>accesslog.mesh/exempt</c> is honoured for workloads asked for this profile.</summary>
    public bool AllowExempt { get; init; }

    /// <summary>Whether references are rendered for it: not for one that names its own, and not for one that cannot be used.</summary>
    public bool IsRendered => EnvoyFilterRef is null && Errors.IsEmpty;

    /// <summary>Whether one is rendered for each waypoint whose Gateway names it.</summary>
    public bool RendersWaypoints => IsRendered && Logging.Proxies.HasFlag(LoggedProxies.Waypoint);

    /// <summary>An EnvoyFilter that the team already has, instead of a rendered one.</summary>
    public ObjectKey? EnvoyFilterRef { get; init; }

    /// <summary>
    /// Whether new workloads may have the revision: the one that is handed out, and the one that takes its place, which is given where a reference of the former was
    /// never made and could not be any more.
    /// </summary>
    public bool IsCurrent(string revision) => revision == Revision || revision == RenderedRevision;

    /// <summary>The object that it is in the cluster; null for a built-in profile and in manifests.</summary>
    public ProfileObject? Object { get; init; }

    /// <summary>What is wrong with it. A profile with errors is known by name but can neither be injected nor conformed to.</summary>
    public ImmutableArray<ProfileError> Errors { get; init; } = [];
}

/// <summary>One fault of a profile: the field as a path (<c>spec.annotations[...]</c>) and what to do about it.</summary>
public sealed record ProfileError(string Path, string Message)
{
    public override string ToString() => $"{Path}: {Message}";
}
