using AccessLogWebhook.Policy.Decisions;
using Spectre.Console;

namespace AccessLogWebhook.Demonstration;

/// <summary>What the demo prints. Made for 100 columns and up.</summary>
internal sealed class DemonstrationReport(IAnsiConsole console)
{

    public void Begin(Uri webhook, int namespaces, int cases)
    {
        Line(("accesslog demo", Styles.Bold), ("  Access logging as a property of the namespace", Styles.Dim));
        console.WriteLine();
        Paragraph($"The webhook now runs at {webhook.GetLeftPart(UriPartial.Authority)}, with a certificate made for this demo, and knows a small cluster of "
            + $"{namespaces} namespaces. A stand-in for the API server creates {cases} objects there: it sends each to /mutate, applies the patch that "
            + "comes back, and sends the result to /validate, over HTTPS. What a namespace asks for is said by its labels:");
        console.WriteLine();
        var labels = new Grid().AddColumn(new GridColumn { Padding = new Padding(2, 0, 3, 0) }).AddColumn(new GridColumn { Padding = new Padding(0) });
        foreach (var (mode, effect) in new[]
        {
            (Mode.Inject, "objects are changed when they are created, so that they conform"),
            (Mode.Enforce, "an object that does not conform is refused"),
            (Mode.Warn, "it is admitted, with a warning that kubectl shows"),
            (Mode.Audit, "it is admitted, and the verdict goes to the audit log"),
        })
        {
            labels.AddRow(new Text($"{Modes.LabelOf(mode)}: PROFILE", Styles.Change), new Text(effect));
        }

        console.Write(labels);
    }

    public void Sum(IReadOnlyList<CaseOutcome> outcomes, int reviews, TimeSpan elapsed)
    {
        console.WriteLine();
        Line(($"{outcomes.Count} objects: {outcomes.Count(outcome => outcome is { IsChanged: true, IsRefused: false })} changed, "
            + $"{outcomes.Count(outcome => outcome.IsRefused)} refused, "
            + $"{outcomes.Count(outcome => outcome is { IsChanged: false, IsRefused: false })} admitted as they are. "
            + $"{reviews} reviews in {elapsed.TotalMilliseconds:0} ms.", Styles.Plain));
    }

    public void Changes(IEnumerable<CaseOutcome> outcomes)
    {
        Section("What was changed");
        foreach (var outcome in outcomes.Where(outcome => outcome.IsChanged))
        {
            console.WriteLine();
            Line(($"{outcome.Case.Title}", Styles.Bold), ($"  {outcome.Case.Shows}", Styles.Dim));
            foreach (var (sign, text) in YamlDifference.Between(outcome.Case.Object.Json, outcome.After))
            {
                Line(sign switch
                {
                    '+' => ($"  + {text}", Styles.Good),
                    '-' => ($"  - {text}", Styles.Bad),
                    YamlDifference.Omission => ($"    {text}{YamlDifference.Omission}", Styles.Dim),
                    _ => ($"    {text}", Styles.Dim),
                });
            }
        }
    }

    public void Refusals(IEnumerable<CaseOutcome> outcomes)
    {
        Section("What was refused, and what the author is told");
        foreach (var outcome in outcomes.Where(outcome => outcome.IsRefused))
        {
            console.WriteLine();
            Line((outcome.Case.Title, Styles.Bold), ($"  {outcome.Case.Shows}", Styles.Dim));
            console.Write(new Padder(new Text(outcome.Validated.Message), new Padding(2, 0, 0, 0)));
        }
    }

    public void Warnings(IEnumerable<CaseOutcome> outcomes)
    {
        Section("What was admitted with a warning, which kubectl shows");
        foreach (var outcome in outcomes.Where(outcome => !outcome.IsRefused && !outcome.Warnings.IsEmpty))
        {
            console.WriteLine();
            Line((outcome.Case.Title, Styles.Bold), ($"  {outcome.Case.Shows}", Styles.Dim));
            var lines = new Grid()
                .AddColumn(new GridColumn { Padding = new Padding(2, 0, 1, 0), NoWrap = true })
                .AddColumn(new GridColumn { Padding = new Padding(0) });
            foreach (var warning in outcome.Warnings)
            {
                lines.AddRow(new Text("Warning:", Styles.Warning), new Text(warning));
            }

            console.Write(lines);
        }
    }

    public void Staying(CurlExample example, Uri https, Uri http)
    {
        Section("Ask it yourself");
        console.WriteLine();
        Paragraph("The server stays until Ctrl-C. This sends it a plain Pod of namespace shop, as an API server would:");
        console.WriteLine();
        Command($"{example.Command(https)}");
        Command($"{example.Command(https)} |\n     jq -r .response.patch | base64 -d | jq");
        Command($"curl {http}metrics");
    }

    public void End()
    {
        Section("Ask it yourself");
        console.WriteLine();
        Line(("  accesslog demo --stay", Styles.Change), ("            keeps the server running, and says how to call it with curl", Styles.Plain));
        Line(("  accesslog review -f manifests/", Styles.Change), ("   makes the same decisions about your own manifests", Styles.Plain));
    }

    /// <summary>Says which cases did not come out as they have to.</summary>
    /// <returns>True where there are none.</returns>
    public bool Unexpected(IEnumerable<CaseOutcome> outcomes)
    {
        var wrong = outcomes.Where(outcome => !outcome.IsAsExpected).ToList();
        foreach (var outcome in wrong)
        {
            console.WriteLine();
            Line(($"{outcome.Case.Title} did not come out as it has to. This is a bug in accesslog.", Styles.Bad));
            Line(($"  expected {outcome.Case.Expected}", Styles.Plain));
            Line(($"  but was  {outcome.Summary}", Styles.Plain));
        }

        return wrong.Count == 0;
    }

    private void Section(string title)
    {
        console.WriteLine();
        console.Write(new Rule(title) { Justification = Justify.Left, Style = Styles.Dim });
    }

    private void Paragraph(string text) => console.Write(new Text($"{text}\n"));

    private void Command(string command)
    {
        foreach (var line in command.Split('\n'))
        {
            Line(($"  {line}", Styles.Change));
        }

        console.WriteLine();
    }

    /// <summary>One line, however long it is: a command must not be broken.</summary>
    private void Line(params ReadOnlySpan<(string Text, Style Style)> parts)
    {
        foreach (var (text, style) in parts)
        {
            console.Write(text, style);
        }

        console.WriteLine();
    }
}
