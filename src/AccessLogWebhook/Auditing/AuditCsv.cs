using System.Globalization;
using AccessLogWebhook.Forms;
using AccessLogWebhook.Policy.Decisions;

namespace AccessLogWebhook.Auditing;

/// <summary>Every workload by its own name, for table calculators.</summary>
internal static class AuditCsv
{
    public static void Write(TextWriter output, IEnumerable<AuditRow> rows)
    {
        CsvText.WriteLine(
            output, "namespace", "kind", "name", "ownerKind", "ownerName", "mode", "profile", "verdict", "reason", "message", "remedy", "apiVersion", "source", "line", "repair");
        foreach (var row in rows)
        {
            CsvText.WriteLine(
                output,
                row.Namespace,
                row.Kind,
                row.Name,
                row.Owner.Kind,
                row.Owner.Name,
                row.Mode is { } mode ? Modes.NameOf(mode) : "",
                row.Profile ?? "",
                row.Verdict.Name,
                row.Reason,
                row.Message,
                row.Remedy,
                row.ApiVersion,
                row.Source,
                row.Line == 0 ? "" : row.Line.ToString(CultureInfo.InvariantCulture),
                row.Repair);
        }
    }
}
