using AccessLogWebhook.Policy.Decisions;
using Spectre.Console;

namespace AccessLogWebhook.Reviewing;

/// <summary>What was judged, for people: a table, below it what was said, and a sum.</summary>
internal static class ReviewTable
{
    private static readonly string[] Headings = ["NAMESPACE", "KIND", "NAME", "MODE", "PROFILE", "VERDICT", "RESULT", "REASON"];

    public static void Write(IAnsiConsole console, IReadOnlyCollection<ManifestReview> reviews)
    {
        var judged = reviews.OfType<ManifestReview.Judged>().ToList();
        if (judged.Count == 0)
        {
            console.WriteLine($"Nothing to judge: no Pod, Gateway, Namespace or workload with a Pod template among the manifests given ({reviews.Count}).");
            return;
        }

        console.Write(TableOf(judged));
        WriteMessages(console, judged);
        console.WriteLine();
        console.WriteLine(Sum(judged));
    }

    public static Style StyleOf(ReviewResult result) => new(result switch
    {
        ReviewResult.Admitted => Color.Green,
        ReviewResult.Changed => Color.Aqua,
        ReviewResult.Warned => Color.Yellow,
        _ => Color.Red,
    });

    public static string NameOf(ReviewResult result) => result switch
    {
        ReviewResult.Admitted => "admitted",
        ReviewResult.Changed => "changed",
        ReviewResult.Warned => "warned",
        _ => "refused",
    };

    private static Table TableOf(List<ManifestReview.Judged> judged)
    {
        var table = new Table { Border = TableBorder.None };
        foreach (var heading in Headings)
        {
            table.AddColumn(new TableColumn(new Text(heading, new Style(decoration: Decoration.Bold))) { Padding = new Padding(0, 0, heading == Headings[^1] ? 0 : 2, 0) });
        }

        foreach (var each in judged)
        {
            var decision = each.Decision;
            table.AddRow(
                Cell(each.Namespace),
                Cell(each.Manifest.Kind),
                Cell(each.Name),
                Cell(decision.Mode is { } mode ? Modes.NameOf(mode) : ""),
                Cell(decision.Profile ?? ""),
                Cell(decision.Verdict?.ToString() ?? ""),
                new Text(NameOf(each.Result), StyleOf(each.Result)),
                Cell(decision.Reason.ToString()));
        }

        return table;
    }

    private static Text Cell(string text) => new(text.Length == 0 ? "-" : TerminalText.Safe(text));

    private static void WriteMessages(IAnsiConsole console, List<ManifestReview.Judged> judged)
    {
        foreach (var each in judged.Where(each => each.Result == ReviewResult.Refused || !each.Warnings.IsEmpty))
        {
            console.WriteLine();
            console.Write(new Text(TerminalText.Safe(each.Title), new Style(decoration: Decoration.Bold)));
            console.Write(new Text(TerminalText.Safe($"  {each.Manifest.Source}:{each.Manifest.Line}")));
            console.WriteLine();
            var lines = new Grid { Expand = false };
            lines.AddColumn(new GridColumn { Padding = new Padding(2, 0, 2, 0), NoWrap = true });
            lines.AddColumn(new GridColumn { Padding = new Padding(0) });
            foreach (var (result, message) in ReviewMessages.Of(each))
            {
                lines.AddRow(new Text(result == ReviewResult.Refused ? "refused" : "warning", StyleOf(result)), new Text(TerminalText.Safe(message)));
            }

            console.Write(lines);
        }
    }

    private static string Sum(List<ManifestReview.Judged> judged)
    {
        var counts = Enum.GetValues<ReviewResult>()
            .Select(result => (Result: result, Count: judged.Count(each => each.Result == result)))
            .Where(each => each.Count > 0)
            .Select(each => $"{each.Count} {NameOf(each.Result)}");
        return $"{judged.Count} judged: {string.Join(", ", counts)}.";
    }
}
