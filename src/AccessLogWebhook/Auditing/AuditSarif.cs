using AccessLogWebhook.Forms;
using AccessLogWebhook.Manifests;

namespace AccessLogWebhook.Auditing;

/// <summary>SARIF: a rule for each verdict, a result for each workload that is not as it should be.</summary>
internal static class AuditSarif
{
    public static void Write(TextWriter output, IEnumerable<AuditRow> rows)
    {
        var verdicts = AuditVerdict.All.RemoveAll(verdict => verdict.Level is null);
        SarifLog.Write(
            output,
            [.. verdicts.Select(verdict => new SarifRule($"accesslog/{verdict.Name}", verdict.Name, verdict.Meaning, verdict.Meaning, verdict.Level!))],
            from row in rows
            where row.Verdict.Level is not null
            select new SarifResult(
                verdicts.IndexOf(row.Verdict),
                row.Verdict.Level!,
                row.Message,
                row.Source is ManifestReader.StandardInput ? "" : row.Source,
                row.Line,
                1,
                row.Title));
    }
}
