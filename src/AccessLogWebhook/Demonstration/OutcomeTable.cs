using AccessLogWebhook.Policy.Decisions;
using AccessLogWebhook.Policy.Mesh;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace AccessLogWebhook.Demonstration;

/// <summary>The table of the demo: a line for every object, under the namespace and the labels that ask for it.</summary>
internal static class OutcomeTable
{
    private static readonly string[] Headings = ["OBJECT", "", "/mutate", "/validate", "VERDICT", "REASON"];

    public static void Write(IAnsiConsole console, IReadOnlyList<CaseOutcome> outcomes, MeshSnapshot mesh)
    {
        var rows = outcomes.ToDictionary(outcome => outcome, Row);
        // Every namespace has a grid of its own, so that its heading may be as long as it likes; the columns line up all the same.
        var widths = Headings.Select((heading, column) => rows.Values.Select(row => row[column].Text.Length).Append(heading.Length).Max()).ToArray();
        console.Write(GridOf(widths, [[.. Headings.Select(heading => (heading, Styles.Bold))]]));
        foreach (var group in outcomes.GroupBy(outcome => outcome.Case.Namespace, StringComparer.Ordinal))
        {
            console.WriteLine();
            foreach (var (text, style) in Heading(group.Key, mesh))
            {
                console.Write(text, style);
            }

            console.WriteLine();
            console.Write(GridOf(widths, group.Select(outcome => rows[outcome])));
        }
    }

    private static (string Text, Style Style)[] Row(CaseOutcome outcome)
    {
        var summary = outcome.Summary;
        return
        [
            ($"{outcome.Case.Object.Kind} {outcome.Case.Name}", Styles.Plain),
            (outcome.Case.Shows, Styles.Dim),
            summary.Mutate == ExpectedOutcome.Changed ? (summary.Mutate, Styles.Change) : (summary.Mutate, Styles.Dim),
            summary.Validate == ExpectedOutcome.Refused ? (summary.Validate, Styles.Bad)
                : outcome.Warnings.IsEmpty ? (summary.Validate, Styles.Good)
                : ($"{summary.Validate} !", Styles.Warning),
            (summary.Verdict.Length == 0 ? "-" : summary.Verdict, StyleOf(summary.Verdict)),
            (summary.Reason, Styles.Plain),
        ];
    }

    private static Style StyleOf(string verdict) => verdict switch
    {
        nameof(Verdict.Logged) => Styles.Good,
        nameof(Verdict.Missing) or nameof(Verdict.Conflicting) or nameof(Verdict.Dangling) => Styles.Bad,
        nameof(Verdict.Inert) => Styles.Warning,
        _ => Styles.Plain,
    };

    private static IEnumerable<(string Text, Style Style)> Heading(string @namespace, MeshSnapshot mesh)
    {
        if (@namespace.Length == 0)
        {
            return [("Namespaces themselves", Styles.Bold)];
        }

        var labels = mesh.Namespaces[@namespace].Labels;
        var modes = Enum.GetValues<Mode>().Where(mode => labels.ContainsKey(Modes.LabelOf(mode))).ToList();
        return modes.Count == 0
            ? [("Namespace ", Styles.Bold), (@namespace, Styles.Bold), ("  no label: nothing is asked for", Styles.Dim)]
            : [("Namespace ", Styles.Bold), (@namespace, Styles.Bold), .. modes.Select(mode => ($"  {Modes.LabelOf(mode)}: {labels[Modes.LabelOf(mode)]}", Styles.Change))];
    }

    private static Grid GridOf(int[] widths, IEnumerable<(string Text, Style Style)[]> rows)
    {
        var grid = new Grid();
        foreach (var (column, width) in widths.Index())
        {
            grid.AddColumn(new GridColumn
            {
                Width = width,
                NoWrap = true,
                Padding = new Padding(column == 0 ? 1 : 0, 0, column == widths.Length - 1 ? 0 : 2, 0),
            });
        }

        foreach (var row in rows)
        {
            grid.AddRow([.. row.Select(cell => (IRenderable)new Text(cell.Text, cell.Style))]);
        }

        return grid;
    }
}
