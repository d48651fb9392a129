using System.Text.Json;
using AccessLogWebhook.Policy.Json;

namespace AccessLogWebhook.Demonstration;

/// <summary>What has to come of a case, for the demo is also a test of itself; and what came of it, in the same words.</summary>
/// <param name="Mutate"><c>changed</c>, <c>unchanged</c> or <c>not sent</c>.</param>
/// <param name="Validate"><c>allowed</c> or <c>refused</c>.</param>
/// <param name="Verdict">Empty where nothing is judged.</param>
/// <param name="Warnings">How many kubectl would show.</param>
internal sealed record ExpectedOutcome(string Mutate, string Validate, string Verdict, string Reason, int Warnings)
{
    public const string Changed = "changed";
    public const string Unchanged = "unchanged";
    public const string NotSent = "not sent";
    public const string Allowed = "allowed";
    public const string Refused = "refused";

    public static ExpectedOutcome Read(JsonElement expect) => new(
        expect.Text("mutate") ?? "",
        expect.Text("validate") ?? "",
        expect.Text("verdict") ?? "",
        expect.Text("reason") ?? "",
        expect.TryGetProperty("warnings"u8, out var warnings) ? warnings.GetInt32() : 0);
}
