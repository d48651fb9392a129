using AccessLogWebhook.Policy.Linting;
using AccessLogWebhook.Reviewing;
using Spectre.Console;

namespace AccessLogWebhook.Linting;

/// <summary>What was found, for people: object by object, and a sum.</summary>
internal static class LintTable
{
    public static void Write(IAnsiConsole console, IReadOnlyCollection<LintedObject> linted)
    {
        if (linted.Count == 0)
        {
            console.WriteLine("Nothing to lint: no EnvoyFilter or Telemetry that has to do with access logs.");
            return;
        }

        foreach (var @object in linted.Where(each => !each.Findings.IsEmpty))
        {
            Write(console, @object);
            console.WriteLine();
        }

        console.WriteLine(Sum(linted));
    }

    private static void Write(IAnsiConsole console, LintedObject @object)
    {
        console.Write(new Text(TerminalText.Safe(@object.Title), new Style(decoration: Decoration.Bold)));
        if (@object.Source.Length > 0)
        {
            console.Write(new Text(TerminalText.Safe($"  {@object.Source}:{@object.Line}")));
        }

        console.WriteLine();
        var lines = new Grid { Expand = false };
        lines.AddColumn(new GridColumn { Padding = new Padding(2, 0, 2, 0), NoWrap = true });
        lines.AddColumn(new GridColumn { Padding = new Padding(0, 0, 2, 0), NoWrap = true });
        lines.AddColumn(new GridColumn { Padding = new Padding(0) });
        foreach (var found in @object.Findings)
        {
            var (finding, rule) = (found.Finding, found.Finding.Rule);
            var place = @object.Source.Length > 0 ? $"{@object.Source}:{found.Line}:{found.Column}  {finding.Path}" : finding.Path;
            lines.AddRow(new Text(LintNames.Of(rule.Severity), StyleOf(rule.Severity)), new Text(rule.Id), new Text(TerminalText.Safe(place)));
            lines.AddRow(Text.Empty, Text.Empty, new Text(TerminalText.Safe(finding.Message)));
            lines.AddRow(Text.Empty, Text.Empty, new Text(TerminalText.Safe(finding.Fix), new Style(Color.Green)));
        }

        console.Write(lines);
    }

    private static Style StyleOf(LintSeverity severity) => new(severity switch
    {
        LintSeverity.Error => Color.Red,
        LintSeverity.Warning => Color.Yellow,
        _ => Color.Aqua,
    });

    private static string Sum(IReadOnlyCollection<LintedObject> linted)
    {
        var counts = Enum.GetValues<LintSeverity>()
            .Select(severity => (Severity: severity, Count: linted.Sum(each => each.Findings.Count(found => found.Finding.Rule.Severity == severity))))
            .Where(each => each.Count > 0)
            .Select(each => $"{each.Count} {LintNames.Of(each.Severity)}{(each.Count == 1 ? "" : "s")}")
            .ToList();
        return $"{linted.Count} linted: {(counts.Count == 0 ? "no findings" : string.Join(", ", counts))}.";
    }
}
