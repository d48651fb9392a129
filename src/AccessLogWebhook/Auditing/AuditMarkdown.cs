using System.Collections.Immutable;
using AccessLogWebhook.Forms;

namespace AccessLogWebhook.Auditing;

/// <summary>For a comment of a pull request or a page of a wiki: the sum, the table, and why what is not logged is not.</summary>
internal static class AuditMarkdown
{
    public static void Write(TextWriter output, ImmutableArray<AuditRow> rows, AuditGrouping by)
    {
        output.Write("# Access log audit\n\n");
        output.Write($"{AuditCells.Sum(rows)}\n");
        if (rows.IsEmpty)
        {
            return;
        }

        var cells = AuditCells.Of(rows, by);
        output.Write($"\n| {string.Join(" | ", cells.Headings.Select(heading => char.ToUpperInvariant(heading[0]) + heading[1..].ToLowerInvariant()))} |\n");
        output.Write($"|{string.Concat(Enumerable.Repeat("---|", cells.Headings.Length))}\n");
        foreach (var (_, line) in cells.Lines)
        {
            output.Write($"| {string.Join(" | ", line.Select(MarkdownText.Code))} |\n");
        }

        var reasons = AuditGroups.ByVerdict(rows).Where(reason => reason.First.Verdict.Level is not null).ToList();
        if (reasons.Count > 0)
        {
            output.Write("\n## Why\n\n| Verdict | Reason | Workloads | For example |\n|---|---|---|---|\n");
            foreach (var reason in reasons)
            {
                output.Write($"| {reason.First.Verdict} | {reason.First.Reason} | {reason.Count} | {MarkdownText.Code(reason.First.Message)} |\n");
            }
        }
    }
}
