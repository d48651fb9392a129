using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using AccessLogWebhook.Manifests;

namespace AccessLogWebhook.Auditing;

/// <summary>PolicyReports for <c>kubectl apply</c>, a document for each.</summary>
internal static class AuditPolicyReport
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Write(TextWriter output, IEnumerable<AuditRow> rows)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var isFirst = true;
        foreach (var report in PolicyReports.Of(rows))
        {
            if (!isFirst)
            {
                output.Write("---\n");
            }

            isFirst = false;
            buffer.ResetWrittenCount();
            using (var json = new Utf8JsonWriter(buffer, Options))
            {
                report.Write(json, ReportKind.PolicyReport);
            }

            output.Write(YamlWriter.Write(buffer.WrittenMemory));
        }
    }
}
