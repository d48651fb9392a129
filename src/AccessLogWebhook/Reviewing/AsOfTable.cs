using Spectre.Console;

namespace AccessLogWebhook.Reviewing;

/// <summary>What would be otherwise, for people: only that, with why somebody would be refused, and a sum of all.</summary>
internal static class AsOfTable
{
    private static readonly string[] Headings = ["CHANGE", "NAMESPACE", "KIND", "NAME", "NOW", "THEN", "PROFILE", "REASON"];

    public static void Write(IAnsiConsole console, IReadOnlyCollection<ReviewComparison> comparisons)
    {
        var different = comparisons.Where(comparison => comparison.Change != ReviewChange.None).OrderBy(comparison => comparison.Change).ToList();
        if (different.Count > 0)
        {
            console.Write(TableOf(different));
            foreach (var refused in different.Where(comparison => comparison.Change == ReviewChange.Refused))
            {
                console.WriteLine();
                console.Write(new Text(TerminalText.Safe(refused.Then.Title), new Style(decoration: Decoration.Bold)));
                console.WriteLine();
                console.WriteLine($"  {TerminalText.Safe(refused.Then.Decision.Message)}");
            }

            console.WriteLine();
        }

        console.WriteLine(Sum(comparisons));
    }

    public static string NameOf(ReviewChange change) => change switch
    {
        ReviewChange.Refused => "refused",
        ReviewChange.Admitted => "admitted",
        ReviewChange.Patched => "patched",
        ReviewChange.Judged => "judged",
        _ => "none",
    };

    private static Table TableOf(List<ReviewComparison> different)
    {
        var table = new Table { Border = TableBorder.None };
        foreach (var heading in Headings)
        {
            table.AddColumn(new TableColumn(new Text(heading, new Style(decoration: Decoration.Bold))) { Padding = new Padding(0, 0, heading == Headings[^1] ? 0 : 2, 0) });
        }

        foreach (var each in different)
        {
            table.AddRow(
                new Text(NameOf(each.Change), StyleOf(each.Change)),
                Cell(each.Then.Namespace),
                Cell(each.Then.Manifest.Kind),
                Cell(each.Then.Name),
                Cell(Described(each.Now)),
                Cell(Described(each.Then)),
                Cell(each.Then.Decision.Profile ?? ""),
                Cell(each.Then.Decision.Reason.ToString()));
        }

        return table;
    }

    private static string Described(ManifestReview.Judged judged) =>
        $"{(judged.Decision.Verdict is { } verdict ? verdict.ToString() : "not judged")}, {ReviewTable.NameOf(judged.Result)}";

    private static Text Cell(string text) => new(text.Length == 0 ? "-" : TerminalText.Safe(text));

    private static Style StyleOf(ReviewChange change) => new(change switch
    {
        ReviewChange.Refused => Color.Red,
        ReviewChange.Admitted => Color.Green,
        ReviewChange.Patched => Color.Aqua,
        _ => Color.Yellow,
    });

    private static string Sum(IReadOnlyCollection<ReviewComparison> comparisons)
    {
        var counts = comparisons.CountBy(comparison => comparison.Change).ToDictionary();
        var parts = new[]
        {
            (ReviewChange.Refused, "would be refused"),
            (ReviewChange.Admitted, "would be admitted"),
            (ReviewChange.Patched, "would be changed otherwise"),
            (ReviewChange.Judged, "would be judged otherwise"),
            (ReviewChange.None, "would be as now"),
        };
        var told = parts.Where(part => counts.ContainsKey(part.Item1)).Select(part => $"{counts[part.Item1]} {part.Item2}");
        return comparisons.Count == 0 ? "Nothing to judge." : $"{comparisons.Count} judged: {string.Join(", ", told)}.";
    }
}
