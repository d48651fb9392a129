using System.Text;
using AccessLogWebhook.Policy.Explaining;
using AccessLogWebhook.Policy.Logging;
using AccessLogWebhook.Reviewing;

namespace AccessLogWebhook.Explaining;

/// <summary>An explanation for people: the answer first, then the evidence, and at the end what to do.</summary>
internal static class ExplanationText
{
    public static string Write(Explanation explanation)
    {
        var text = new StringBuilder();
        Line(text, explanation.Title);
        Line(text, $"  {explanation.Proxy}");
        Line(text, $"  {explanation.Answer}");
        if (!explanation.Verdicts.IsEmpty)
        {
            Heading(text, "Verdict");
            foreach (var verdict in explanation.Verdicts.GroupBy(verdict => verdict.Judgement))
            {
                Line(text, $"  {verdict.First().Title} against {verdict.Key.Profile}: {explanation.Title} {verdict.Key.Problem}");
                Line(text, $"    Asked for since {string.Join(", and since ", verdict.Select(each => each.Asked))}.");
            }
        }

        if (explanation.Logging is { } logging && logging.Events.Any(events => !events.Loggers.IsEmpty))
        {
            Heading(text, "What logs");
            foreach (var events in logging.Events.Where(events => !events.Loggers.IsEmpty))
            {
                Line(text, $"  {AnswerText.TitleOf(events)}: {LineCount.Of(events.Loggers)}");
                foreach (var logger in events.Loggers)
                {
                    Line(text, $"    {Describe(logger)}");
                }
            }
        }

        List(text, "How it comes to that", explanation.Chain);
        List(text, "More than once", explanation.Doubled.Select(doubled =>
            $"{AnswerText.TitleOf(new LoggedEvents(doubled.Direction, doubled.Protocol, [], []))} in {doubled.Sink.Title}: {string.Join("; ", doubled.Loggers.Select(logger => logger.Origin.Title))}."));
        List(text, "Considered, and without effect", explanation.Considered.Select(considered => considered.ToString()));
        List(text, "Not known", explanation.Doubts);
        Heading(text, "What to change");
        Line(text, $"  {(explanation.Change.Length > 0 ? explanation.Change : "Nothing.")}");
        return text.ToString();
    }

    private static string Describe(ActiveLogger logger)
    {
        var filter = logger.Content.Filter is { PassesRequests: false } some ? $", if {some.Description}" : "";
        var nothing = logger.Content.Filter is { PassesNothing: true } ? ", which is never so" : "";
        var where = logger.Where.Length > 0 ? $", at {logger.Where}" : "";
        var doubt = logger.IsCertain ? "" : " (perhaps)";
        return $"{logger.Content.Sink.Title}, {logger.Content.Format.Description}{filter}{nothing}{where}: {logger.Origin.Title}{doubt}";
    }

    private static void List(StringBuilder text, string heading, IEnumerable<string> sentences)
    {
        var all = sentences.ToList();
        if (all.Count == 0)
        {
            return;
        }

        Heading(text, heading);
        foreach (var sentence in all)
        {
            Line(text, $"  - {sentence}");
        }
    }

    private static void Heading(StringBuilder text, string heading)
    {
        text.Append('\n');
        Line(text, heading);
    }

    // Names come from manifests, and a terminal obeys escape sequences.
    private static void Line(StringBuilder text, string line) => text.Append(TerminalText.Safe(line)).Append('\n');
}
