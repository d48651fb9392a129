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

        var logs = AddedLog.Of(filter).ToList();
        for (var index = 1; index < logs.Count; index++)
        {
            if (logs.FindIndex(0, index, earlier => earlier.Doubles(logs[index])) is >= 0 and var twin)
            {
                pass.Add(
                    LintRules.DoubledWithin, logs[index].Entry.Field,
                    $"It logs to {Excerpt.Of(logs[index].Sink)} what {logs[twin].Entry.Field.Path} logs there, too: each has two lines.");
            }
        }
    }
}
