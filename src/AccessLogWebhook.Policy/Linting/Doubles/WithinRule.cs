using AccessLogWebhook.Policy.Json;

namespace AccessLogWebhook.Policy.Linting.Doubles;

/// <summary>AL054.</summary>
internal static class WithinRule
{
    public static void Check(LintPass pass)
    {
        if (pass.Subject.Filter is not { } filter)
        {
            return;
        }

        var logs = filter.Added;
        for (var index = 1; index < logs.Length; index++)
        {
            if (logs.Take(index).FirstOrDefault(earlier => earlier.Doubles(logs[index])) is { } twin)
            {
                pass.Add(
                    LintRules.DoubledWithin, logs[index].Entry.Field,
                    $"It logs to {Excerpt.Of(logs[index].Sink)} what {twin.Entry.Field.Path} logs there, too: each has two lines.");
            }
        }
    }
}
