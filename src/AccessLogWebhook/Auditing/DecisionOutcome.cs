using AccessLogWebhook.Policy.Decisions;

namespace AccessLogWebhook.Auditing;

/// <summary>What became of a request, for the trail: what an auditor asks for, in words that never change.</summary>
internal static class DecisionOutcome
{
    public const string Changed = "changed";
    public const string Refused = "refused";
    public const string Warned = "warned";
    public const string Exempted = "exempted";

    /// <summary>Null for a request that passed as it was, without a word: nothing is to be told of it.</summary>
    public static string? Of(Decision decision) => decision switch
    {
        Decision.Deny => Refused,
        { Verdict: Verdict.Exempt } => Exempted,
        Decision.Mutate => Changed,
        { Warnings.IsEmpty: false } => Warned,
        _ => null,
    };

    /// <summary>Of a request that a fault of ours kept from being judged.</summary>
    public static string Of(FailureDirection direction) => direction == FailureDirection.Open ? Warned : Refused;
}
