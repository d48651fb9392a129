using AccessLogWebhook.Policy.Linting;
using AccessLogWebhook.Reviewing;
using Spectre.Console;

namespace AccessLogWebhook.Linting;

/// <summary>What was found, for people: object by object, and a sum.</summary>
internal static class LintTable
{
    private const string Indent = "                  ";

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
        foreach (var found in @object.Findings)
        {
            var (finding, rule) = (found.Finding, found.Finding.Rule);
            var place = @object.Source.Length > 0 ? $"{@object.Source}:{found.Line}:{found.Column}  {finding.Path}" : finding.Path;

            // No table: in a pipe there may be ten thousand lines, and a table fills each up to its width.
            console.Write(new Text($"  {LintNames.Of(rule.Severity),-7}  ", StyleOf(rule.Severity)));
            console.WriteLine(TerminalText.Safe($"{rule.Id}  {place}"));
            console.WriteLine($"{Indent}{TerminalText.Safe(finding.Message)}");
            console.WriteLine($"{Indent}{TerminalText.Safe(finding.Fix)}", new Style(Color.Green));
        }
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
