using System.Collections.Immutable;
using AccessLogWebhook.Reviewing;
using Spectre.Console;

namespace AccessLogWebhook.Auditing;

/// <summary>For people: a table, below it why what is not logged is not, and a sum.</summary>
internal static class AuditTable
{
    public static void Write(IAnsiConsole console, ImmutableArray<AuditRow> rows, AuditGrouping by)
    {
        if (rows.IsEmpty)
        {
            console.WriteLine("No workload: neither a Pod nor a Gateway is there, or none of those asked for.");
            return;
        }

        var cells = AuditCells.Of(rows, by);
        var table = new Table { Border = TableBorder.None };
        foreach (var heading in cells.Headings)
        {
            table.AddColumn(new TableColumn(new Text(heading, new Style(decoration: Decoration.Bold))) { Padding = new Padding(0, 0, heading == cells.Headings[^1] ? 0 : 2, 0) });
        }

        var coloured = cells.Headings.IndexOf(AuditCells.Verdict);
        foreach (var (verdict, line) in cells.Lines)
        {
            table.AddRow(line.Select((cell, index) => new Text(cell.Length == 0 ? "-" : TerminalText.Safe(cell), index == coloured ? StyleOf(verdict!.Value) : Style.Plain)));
        }

        console.Write(table);
        WriteReasons(console, rows);
        WriteRepairs(console, rows);
        console.WriteLine();
        console.WriteLine(AuditCells.Sum(rows));
    }

    // One for each reason, by the example of the first: the rest differ in their names.
    private static void WriteReasons(IAnsiConsole console, ImmutableArray<AuditRow> rows)
    {
        foreach (var reason in AuditGroups.ByVerdict(rows).Where(reason => reason.First.Verdict.Level is not null))
        {
            console.WriteLine();
            console.Write(new Text(reason.First.Verdict.Name, StyleOf(reason.First.Verdict)));
            console.WriteLine($", {reason.First.Reason} ({reason.Count})");
            console.WriteLine($"  {TerminalText.Safe(reason.First.Message)}");
        }
    }

    private static void WriteRepairs(IAnsiConsole console, ImmutableArray<AuditRow> rows)
    {
        var repairs = rows.Where(row => row.Repair.Length > 0).GroupBy(row => (row.Namespace, row.Owner, row.Repair)).ToList();
        if (repairs.Count == 0)
        {
            return;
        }

        console.WriteLine();
        console.WriteLine($"Created while the webhook was not reached, though their namespace asked for inject ({repairs.Sum(repair => repair.Count())}):");
        foreach (var repair in repairs)
        {
            console.WriteLine($"  {TerminalText.Safe($"{repair.Key.Owner} in {repair.Key.Namespace} ({repair.Count()}): {repair.Key.Repair}")}");
        }
    }

    private static Style StyleOf(AuditVerdict verdict) => new(verdict.Level switch
    {
        "error" => Color.Red,
        "warning" => Color.Yellow,
        "note" => Color.Aqua,
        _ => Color.Green,
    });
}
