using System.Collections.Immutable;

namespace AccessLogWebhook.Auditing;

/// <summary>Workloads of one owner of which the same is true.</summary>
/// <param name="First">The first of them, which stands for all: only their names differ, and what a sentence says of these.</param>
internal sealed record OwnerGroup(AuditRow First, ImmutableArray<string> Names)
{
    public int Count => Names.Length;

    /// <summary>How those of them are put right that came in while the webhook was not reached; empty where none did.</summary>
    public string Repair { get; init; } = "";
}

/// <summary>How many workloads come to what.</summary>
internal readonly record struct CoverageCounts(int NotLogged, int Inert, int NotAsked, int Excused, int Logged)
{
    public int Total => NotLogged + Inert + NotAsked + Excused + Logged;

    public int Of(Coverage coverage) => coverage switch
    {
        Coverage.NotLogged => NotLogged,
        Coverage.Inert => Inert,
        Coverage.NotAsked => NotAsked,
        Coverage.Excused => Excused,
        _ => Logged,
    };

    public CoverageCounts Plus(Coverage coverage) => coverage switch
    {
        Coverage.NotLogged => this with { NotLogged = NotLogged + 1 },
        Coverage.Inert => this with { Inert = Inert + 1 },
        Coverage.NotAsked => this with { NotAsked = NotAsked + 1 },
        Coverage.Excused => this with { Excused = Excused + 1 },
        _ => this with { Logged = Logged + 1 },
    };

    /// <summary>The share that is logged, in whole percent, rounded down: a hundred is all.</summary>
    public int Percent => Total == 0 ? 0 : (int)(100L * Logged / Total);

    public static CoverageCounts Of(IEnumerable<AuditRow> rows) =>
        rows.Aggregate(default(CoverageCounts), (counts, row) => counts.Plus(row.Verdict.Coverage));
}

/// <summary>A namespace, and what its workloads come to.</summary>
internal sealed record NamespaceCoverage(string Name, CoverageCounts Counts, string Profiles);

internal static class AuditGroups
{
    /// <summary>The worst first, then by namespace and owner.</summary>
    public static ImmutableArray<OwnerGroup> ByOwner(IEnumerable<AuditRow> rows) =>
    [
        .. rows.GroupBy(row => (row.Namespace, row.Owner, row.Kind, row.Mode, row.Profile, row.Verdict, row.Reason))
            .Select(group => new OwnerGroup(group.First(), [.. group.Select(row => row.Name)])
            {
                Repair = group.FirstOrDefault(row => row.Repair.Length > 0)?.Repair ?? "",
            })
            .OrderBy(group => group.First.Verdict)
            .ThenBy(group => group.First.Namespace, StringComparer.Ordinal)
            .ThenBy(group => group.First.Owner.Kind, StringComparer.Ordinal)
            .ThenBy(group => group.First.Owner.Name, StringComparer.Ordinal),
    ];

    /// <summary>The most that is not logged first, then by name.</summary>
    public static ImmutableArray<NamespaceCoverage> ByNamespace(IEnumerable<AuditRow> rows) =>
    [
        .. rows.GroupBy(row => row.Namespace, StringComparer.Ordinal)
            .Select(group => new NamespaceCoverage(group.Key, CoverageCounts.Of(group), Profiles(group)))
            .OrderByDescending(each => each.Counts.NotLogged)
            .ThenByDescending(each => each.Counts.Inert + each.Counts.NotAsked)
            .ThenBy(each => each.Name, StringComparer.Ordinal),
    ];

    /// <summary>Every verdict and reason that there is, the worst first.</summary>
    public static ImmutableArray<ReasonGroup> ByVerdict(IEnumerable<AuditRow> rows) =>
    [
        .. rows.GroupBy(row => (row.Verdict, row.Reason))
            .Select(group => new ReasonGroup(group.First(), group.Count(), group.Select(row => row.Namespace).Distinct(StringComparer.Ordinal).Count()))
            .OrderBy(group => group.First.Verdict)
            .ThenByDescending(group => group.Count)
            .ThenBy(group => group.First.Reason, StringComparer.Ordinal),
    ];

    // What the namespace asks for, as its labels do: enforce=json.
    private static string Profiles(IEnumerable<AuditRow> rows) => string.Join(
        ", ",
        rows.Where(row => row.Mode is not null)
            .SelectMany(row => row.Modes.Select(mode => $"{Policy.Decisions.Modes.NameOf(mode)}={row.Profile}"))
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal));
}

/// <summary>A verdict for one reason.</summary>
/// <param name="First">The first of the workloads, as an example.</param>
internal sealed record ReasonGroup(AuditRow First, int Count, int Namespaces);
