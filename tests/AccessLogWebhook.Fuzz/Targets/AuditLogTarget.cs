using System.Text.Json;
using AccessLogWebhook.Auditing;
using AccessLogWebhook.Cli;
using AccessLogWebhook.Manifests;

namespace AccessLogWebhook.Fuzz.Targets;

/// <summary>A log that <c>audit --from-log</c> reads: it is summed up in every form, none of which is broken by what is in it or controls a terminal.</summary>
internal sealed class AuditLogTarget() : FuzzTarget("audit-log")
{
    private static readonly AuditFormat[] Formats = [.. Enum.GetValues<AuditFormat>().Where(LogForms.Has)];

    public override IEnumerable<string> Words =>
    [
        "accesslog.mesh/", "enforce.accesslog.mesh/outcome", "inject.accesslog.mesh/reason", "\"refused\"", "\"exempted\"", "\"warned\"", "\"changed\"", "\"stage\":\"ResponseComplete\"", "\"schema\":", "\\u001b[31m",
        "\\ud800", "=1+1", "\\n", "dryRun=All", "audit.k8s.io/v1", AuditEntry.Schema, "|", "`", "\\u202e",
    ];

    public override IEnumerable<byte[]> Seeds(string tests) =>
    [
        Utf8(Event("refused") + "\n" + Event("changed") + "\r\n" + Event("warned") + "\n{\"kind\":\"Event\",\"apiVersion\":\"audit.k8s.io/v1\"}\nno JSON\n"),
        Utf8(Event("exempted")),
        Utf8($$"""{"schema":"{{AuditEntry.Schema}}","time":"2026-11-25T10:00:00Z","outcome":"refused","namespace":"shop","user":"ada","kind":"Pod","name":"a","mode":"enforce","profile":"json","reason":"NoProfileLabel","message":"why"}"""),
    ];

    protected override void Run(ReadOnlySpan<byte> input)
    {
        var summary = LogSummary.Read(new MemoryStream(input.ToArray()), _ => { });
        var groups = summary.Groups();
        Expect.That(summary.Junk <= summary.Lines && groups.Sum(group => group.Count) <= 100 + (summary.Lines * 100), $"{summary.Lines} lines, {summary.Junk} of them junk");
        if (groups.IsEmpty)
        {
            return;
        }

        foreach (var format in Formats)
        {
            using var output = new StringWriter();
            LogForms.Write(output, writer => TerminalOutput.ConsoleOn(writer), format, groups);
            Check(format, output.ToString(), groups.Length);
        }
    }

    private static void Check(AuditFormat format, string written, int groups)
    {
        switch (format)
        {
            case AuditFormat.Json:
                Expect.Equal(groups, JsonElement.Parse(Utf8(written)).GetArrayLength(), "elements");
                break;
            case AuditFormat.Yaml:
                Expect.That(YamlDocuments.Read("written.yaml", Utf8(written)) is { Errors.IsEmpty: true, Documents: [{ Root: YamlNode.Sequence sequence }] } && sequence.Items.Length == groups, $"YAML that is none: {written}");
                break;
            case AuditFormat.Csv:
                Expect.Equal(groups + 1, written.Split("\r\n").Length - 1, "lines");
                OutputTexts.ExpectHarmless(written.Replace("\r\n", "", StringComparison.Ordinal));
                break;
            default:
                OutputTexts.ExpectHarmless(written.Replace("\n", "", StringComparison.Ordinal));
                break;
        }
    }

    private static string Event(string outcome) =>
        $$$"""{"kind":"Event","apiVersion":"audit.k8s.io/v1","stage":"ResponseComplete","requestURI":"/api/v1/namespaces/shop/pods?x=1","user":{"username":"ada"},"objectRef":{"resource":"pods","namespace":"shop","name":"a"},"stageTimestamp":"2026-11-25T10:00:00Z","annotations":{"enforce.accesslog.mesh/outcome":"{{{outcome}}}","enforce.accesslog.mesh/mode":"enforce","enforce.accesslog.mesh/profile":"json","enforce.accesslog.mesh/reason":"NoProfileLabel","enforce.accesslog.mesh/message":"why"}}""";
}
