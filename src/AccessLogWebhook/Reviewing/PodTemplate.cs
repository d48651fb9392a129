using System.Collections.Immutable;

namespace AccessLogWebhook.Reviewing;

/// <summary>
/// Where the kinds that make Pods keep the template of these. Any version of a group counts: the place has never moved.
/// </summary>
/// <param name="Fields">The way to the template: <c>spec</c>, <c>template</c>.</param>
/// <param name="IsOptional">Whether an object may do without one: a Rollout may borrow that of a Deployment (<c>spec.workloadRef</c>).</param>
internal sealed record PodTemplate(ImmutableArray<string> Fields, bool IsOptional)
{
    private static readonly PodTemplate InSpec = new(["spec", "template"], IsOptional: false);

    /// <summary>The template as a JSON pointer.</summary>
    public string Pointer => $"/{string.Join('/', Fields)}";

    /// <summary>The template as people write it.</summary>
    public string Path => string.Join('.', Fields);

    /// <summary>The template of a kind; null where the kind makes no Pods, or none that are known here.</summary>
    public static PodTemplate? Of(string apiVersion, string kind)
    {
        var slash = apiVersion.IndexOf('/', StringComparison.Ordinal);
        return (slash < 0 ? "" : apiVersion[..slash], kind) switch
        {
            ("apps", "Deployment" or "StatefulSet" or "DaemonSet" or "ReplicaSet") or ("batch", "Job") => InSpec,
            ("batch", "CronJob") => new(["spec", "jobTemplate", "spec", "template"], IsOptional: false),
            ("", "ReplicationController") or ("argoproj.io", "Rollout") => InSpec with { IsOptional = true },
            _ => null,
        };
    }
}
