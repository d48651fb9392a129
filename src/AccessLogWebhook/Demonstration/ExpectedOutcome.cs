using System.Text.Json;
using AccessLogWebhook.Policy.Json;

namespace AccessLogWebhook.Demonstration;

/// <summary>What has to come of a case, for the demo is also a test of itself; and what came of it, in the same words.</summary>
/// <param name="Mutate"><c>changed</c>, <c>unchanged</c> or <c>not sent</c>.</param>
/// <param name="Validate"><c>allowed</c> or <c>refused</c>.</param>
/// <param name="Verdict">Empty where nothing is judged.</param>
/// <param name="Warned">Whether kubectl would show a warning.</param>
internal sealed record ExpectedOutcome(string Mutate, string Validate, string Verdict, string Reason, bool Warned)
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
        expect.TryGetProperty("warned"u8, out var warned) && warned.GetBoolean());
}
