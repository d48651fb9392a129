using System.Collections.Immutable;
using System.Globalization;
using AccessLogWebhook.Policy.Decisions;

namespace AccessLogWebhook.Auditing;

/// <summary>An audit as lines of cells, for the forms that people read. The verdict's cell is found by its heading.</summary>
/// <param name="Lines">The verdict, where a line has one, and the cells.</param>
internal sealed record AuditCells(ImmutableArray<string> Headings, ImmutableArray<(AuditVerdict? Verdict, ImmutableArray<string> Cells)> Lines)
{
    public const string Verdict = "VERDICT";

    public static AuditCells Of(ImmutableArray<AuditRow> rows, AuditGrouping by) => by switch
    {
        AuditGrouping.Namespace => new(
            ["NAMESPACE", "WORKLOADS", "LOGGED", "NOT LOGGED", "INERT", "NOT ASKED", "EXEMPT", "COVERED", "ASKED FOR"],
            [
                .. from each in AuditGroups.ByNamespace(rows)
                   let counts = each.Counts
                   select ((AuditVerdict?)null, ImmutableArray.Create(
                       each.Name,
                       Number(counts.Total),
                       Number(counts.Logged),
                       Number(counts.NotLogged),
                       Number(counts.Inert),
                       Number(counts.NotAsked),
                       Number(counts.Excused),
                       $"{Number(counts.Percent)}%",
                       each.Profiles)),
            ]),
        AuditGrouping.Verdict => new(
            [Verdict, "REASON", "WORKLOADS", "NAMESPACES", "FOR EXAMPLE"],
            [
                .. from each in AuditGroups.ByVerdict(rows)
                   select ((AuditVerdict?)each.First.Verdict, ImmutableArray.Create(
                       each.First.Verdict.Name, each.First.Reason, Number(each.Count), Number(each.Namespaces), each.First.Title)),
            ]),
        _ => new(
            ["NAMESPACE", "OWNER", "WORKLOADS", "MODE", "PROFILE", Verdict, "REASON"],
            [
                .. from each in AuditGroups.ByOwner(rows)
                   let row = each.First
                   select ((AuditVerdict?)row.Verdict, ImmutableArray.Create(
                       row.Namespace,
                       row.Owner.ToString(),
                       Number(each.Count),
                       row.Mode is { } mode ? Modes.NameOf(mode) : "",
                       row.Profile ?? "",
                       row.Verdict.Name,
                       row.Reason)),
            ]),
    };

    /// <summary>What there is in all: <c>12 workloads in 3 namespaces: 8 Logged, 4 Missing. 66% are logged.</c></summary>
    public static string Sum(ImmutableArray<AuditRow> rows)
    {
        var counts = rows.CountBy(row => row.Verdict).OrderBy(count => count.Key).Select(count => $"{Number(count.Value)} {count.Key}");
        var namespaces = rows.Select(row => row.Namespace).Distinct(StringComparer.Ordinal).Count();
        return $"{Number(rows.Length)} {(rows.Length == 1 ? "workload" : "workloads")} in {Number(namespaces)} {(namespaces == 1 ? "namespace" : "namespaces")}: "
            + $"{string.Join(", ", counts)}. {CoverageCounts.Of(rows).Percent}% logged.";
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
