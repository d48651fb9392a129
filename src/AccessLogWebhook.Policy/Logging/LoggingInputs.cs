using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using AccessLogWebhook.Policy.Mesh;

namespace AccessLogWebhook.Policy.Logging;

/// <summary>
/// All that a proxy's loggers follow from. Tens of thousands of Pods have a few hundred different ones, so what follows is kept for as long as the EnvoyFilters are these; equal are
/// inputs with the very same resources, in the same order.
/// </summary>
internal sealed class LoggingInputs(ImmutableArray<LogDirection> directions, MeshLogging settings, IReadOnlyList<LoggingResource> telemetries, IReadOnlyList<LoggingResource> filters)
    : IEquatable<LoggingInputs>
{
    // Some megabytes at most; with more, which nobody has, the oldest are not worth finding.
    private const int MostKept = 4096;

    private static readonly ConditionalWeakTable<ImmutableDictionary<ObjectKey, LoggingResource>, ConcurrentDictionary<LoggingInputs, ProxyLogging>> Kept = [];

    public ImmutableArray<LogDirection> Directions { get; } = directions;

    public MeshLogging Settings { get; } = settings;

    public IReadOnlyList<LoggingResource> Telemetries { get; } = telemetries;

    public IReadOnlyList<LoggingResource> Filters { get; } = filters;

    public ProxyLogging Result(MeshSnapshot mesh, Func<LoggingInputs, ProxyLogging> make)
    {
        var kept = Kept.GetOrCreateValue(mesh.EnvoyFilters);
        if (kept.TryGetValue(this, out var known))
        {
            return known;
        }

        if (kept.Count >= MostKept)
        {
            kept.Clear();
        }

        return kept.GetOrAdd(this, make);
    }

    public bool Equals(LoggingInputs? other) =>
        other is not null
        && (ReferenceEquals(Settings, other.Settings) || (!Settings.IsKnown && Settings.Problem == other.Settings.Problem))
        && Directions.AsSpan().SequenceEqual(other.Directions.AsSpan())
        && Same(Telemetries, other.Telemetries)
        && Same(Filters, other.Filters);

    public override bool Equals(object? obj) => Equals(obj as LoggingInputs);

    public override int GetHashCode()
    {
        var hash = default(HashCode);
        // Settings that are not known differ in the reason alone, and are made anew each time.
        hash.Add(Settings.IsKnown ? RuntimeHelpers.GetHashCode(Settings) : Settings.Problem.GetHashCode(StringComparison.Ordinal));
        hash.Add(Directions.Length);
        Add(ref hash, Telemetries);
        Add(ref hash, Filters);
        return hash.ToHashCode();
    }

    private static void Add(ref HashCode hash, IReadOnlyList<LoggingResource> resources)
    {
        for (var index = 0; index < resources.Count; index++)
        {
            hash.Add(RuntimeHelpers.GetHashCode(resources[index]));
        }
    }

    private static bool Same(IReadOnlyList<LoggingResource> left, IReadOnlyList<LoggingResource> right)
    {
        if (left.Count != right.Count)
        {
            return false;
        }

        for (var index = 0; index < left.Count; index++)
        {
            if (!ReferenceEquals(left[index], right[index]))
            {
                return false;
            }
        }

        return true;
    }
}
