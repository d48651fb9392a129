using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using AccessLogWebhook.Policy.Mesh;

namespace AccessLogWebhook.Policy.Logging;

/// <summary>
/// The resources that have to do with access logs, by namespace and in istiod's order. Made once for each state of the resources, when it is first asked for: a request then
/// looks at those of two namespaces, however many the cluster has.
/// </summary>
internal static class LoggingIndex
{
    private static readonly ConditionalWeakTable<ImmutableDictionary<ObjectKey, LoggingResource>, FrozenDictionary<string, ImmutableArray<LoggingResource>>> Indices = [];

    public static FrozenDictionary<string, ImmutableArray<LoggingResource>> Of(ImmutableDictionary<ObjectKey, LoggingResource> resources) => Indices.GetValue(resources, Make);

    /// <summary>Those of a namespace: EnvoyFilters by priority, Telemetries by age.</summary>
    public static ImmutableArray<LoggingResource> In(ImmutableDictionary<ObjectKey, LoggingResource> resources, string @namespace) =>
        Of(resources).GetValueOrDefault(@namespace, []);

    private static FrozenDictionary<string, ImmutableArray<LoggingResource>> Make(ImmutableDictionary<ObjectKey, LoggingResource> resources) => resources.Values
        // A Telemetry counts whatever is in it: the oldest of a namespace keeps the others out.
        .Where(resource => resource.Effects is { } effects && (effects.TouchesLogs || resource.Kind == LoggingResourceKind.Telemetry))
        .GroupBy(resource => resource.Key.Namespace, StringComparer.Ordinal)
        .ToFrozenDictionary(group => group.Key, group => group.Order(Comparer<LoggingResource>.Create(Compare)).ToImmutableArray(), StringComparer.Ordinal);

    // push_context.go EnvoyFilters, config.go sortConfigByCreationTime. Telemetries have no priority.
    private static int Compare(LoggingResource left, LoggingResource right) =>
        left.Effects!.Priority.CompareTo(right.Effects!.Priority) is var priority and not 0 ? priority
        : left.Effects.CreatedAt.CompareTo(right.Effects.CreatedAt) is var age and not 0 ? age
        : string.CompareOrdinal(Name(left), Name(right));

    // Of EnvoyFilters it is name.namespace that is compared, so that "a-b" comes before "a".
    private static string Name(LoggingResource resource) =>
        resource.Kind == LoggingResourceKind.EnvoyFilter ? $"{resource.Key.Name}.{resource.Key.Namespace}" : resource.Key.Name;
}
