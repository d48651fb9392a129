using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using AccessLogWebhook.Reviewing;

namespace AccessLogWebhook.Auditing;

/// <summary>
/// An audit as one page that needs nothing else: no network, no font, no server. Its policy lets run what was put into it here, by hash, and nothing besides, so that no
/// name of a workload can become a script; what names there are go in as data, or escaped.
/// </summary>
internal static class AuditPage
{
    private static readonly ImmutableArray<(Coverage Coverage, string Class, string Title)> Parts =
    [
        (Coverage.Logged, "logged", "logged"),
        (Coverage.NotLogged, "not-logged", "not logged"),
        (Coverage.Inert, "inert", "inert"),
        (Coverage.NotAsked, "not-asked", "not asked"),
        (Coverage.Excused, "excused", "exempt"),
    ];

    public static void Write(TextWriter output, ImmutableArray<AuditRow> rows, DateTimeOffset now)
    {
        var (style, script) = (Resource("page.css"), Resource("page.js"));
        var template = Resource("page.html").AsSpan();
        while (true)
        {
            var begin = template.IndexOf("{{", StringComparison.Ordinal);
            if (begin < 0)
            {
                output.Write(template);
                return;
            }

            var end = template.IndexOf("}}", StringComparison.Ordinal);
            output.Write(template[..begin]);
            Fill(template[(begin + 2)..end].ToString());
            template = template[(end + 2)..];
        }

        void Fill(string place)
        {
            switch (place)
            {
                case "style":
                    output.Write(style);
                    break;
                case "script":
                    output.Write(script);
                    break;
                case "style-hash":
                    output.Write(HashOf(style));
                    break;
                case "script-hash":
                    output.Write(HashOf(script));
                    break;
                case "date":
                    output.Write(now.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture));
                    break;
                case "datetime":
                    output.Write(now.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
                    break;
                case "sum":
                    output.Write(Html(AuditCells.Sum(rows)));
                    break;
                case "verdicts":
                    WriteVerdicts(output, rows);
                    break;
                case "coverage":
                    WriteCoverage(output, rows);
                    break;
                case "data":
                    AuditPageRows.Write(output, rows);
                    break;
                default:
                    throw new InvalidDataException($"The page has no place {place}.");
            }
        }
    }

    private static void WriteVerdicts(TextWriter output, ImmutableArray<AuditRow> rows)
    {
        var counts = rows.CountBy(row => row.Verdict).ToDictionary();
        foreach (var verdict in AuditVerdict.All.Where(counts.ContainsKey))
        {
            output.Write(
                $"<li><button type=\"button\" class=\"{verdict.Level ?? "fine"}\" data-verdict=\"{verdict}\"><b>{verdict}<i>{Number(counts[verdict])}</i></b><span>{Html(verdict.Meaning)}</span></button></li>\n");
        }
    }

    private static void WriteCoverage(TextWriter output, ImmutableArray<AuditRow> rows)
    {
        foreach (var each in AuditGroups.ByNamespace(rows))
        {
            var counts = each.Counts;
            var label = string.Join(", ", Parts.Where(part => counts.Of(part.Coverage) > 0).Select(part => $"{Number(counts.Of(part.Coverage))} {part.Title}"));
            output.Write($"<tr><th scope=\"row\"><button type=\"button\">{Html(TerminalText.Safe(each.Name))}</button></th>");
            output.Write($"<td class=\"chart\"><svg class=\"bar\" role=\"img\" aria-label=\"{Html(label)} of {Number(counts.Total)}\" viewBox=\"0 0 {Number(counts.Total)} 1\" preserveAspectRatio=\"none\">");
            var at = 0;
            foreach (var part in Parts.Where(part => counts.Of(part.Coverage) > 0))
            {
                output.Write($"<rect class=\"{part.Class}\" x=\"{Number(at)}\" y=\"0\" width=\"{Number(counts.Of(part.Coverage))}\" height=\"1\"/>");
                at += counts.Of(part.Coverage);
            }

            output.Write($"</svg></td><td class=\"number\">{Number(counts.Logged)} of {Number(counts.Total)} ({Number(counts.Percent)}%)</td>");
            output.Write($"<td class=\"number\">{Number(counts.NotLogged)}</td><td class=\"number\">{Number(counts.Inert)}</td><td class=\"number\">{Number(counts.NotAsked)}</td>");
            output.Write($"<td class=\"number\">{Number(counts.Excused)}</td><td>{(each.Profiles.Length == 0 ? "–" : Html(TerminalText.Safe(each.Profiles)))}</td></tr>\n");
        }
    }

    private static string Html(string text) => HtmlEncoder.Default.Encode(text);

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string HashOf(string text) => $"sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}";

    private static string Resource(string name)
    {
        using var stream = typeof(AuditPage).Assembly.GetManifestResourceStream($"Auditing/{name}")!;
        using var text = new StreamReader(stream, Encoding.UTF8);
        return text.ReadToEnd();
    }
}
