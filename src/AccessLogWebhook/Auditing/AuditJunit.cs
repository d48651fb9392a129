using System.Collections.Immutable;
using AccessLogWebhook.Forms;

namespace AccessLogWebhook.Auditing;

/// <summary>JUnit: a suite for each namespace, a case for each workload, which fails with the verdicts that fail the command.</summary>
internal static class AuditJunit
{
    public static void Write(TextWriter output, IEnumerable<AuditRow> rows, ImmutableArray<AuditVerdict> failOn) => JunitReport.Write(
        output,
        "accesslog audit",
        [.. rows.GroupBy(row => row.Namespace, StringComparer.Ordinal).Select(suite => new JunitSuite(suite.Key, [.. suite.Select(row => CaseOf(row, failOn))]))]);

    private static JunitCase CaseOf(AuditRow row, ImmutableArray<AuditVerdict> failOn) => new(
        $"{row.Kind} {row.Name}",
        $"{row.Namespace}.{row.Owner.Kind}.{row.Owner.Name}",
        row.Source,
        row.Line,
        failOn.Contains(row.Verdict) ? new JunitFailure(row.Verdict.Name, row.Message, $"{row.Verdict}, {row.Reason}: {row.Message}") : null,
        $"{row.Verdict}, {row.Reason}: {row.Message}");
}
