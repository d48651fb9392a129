using System.Collections.Immutable;

namespace AccessLogWebhook.Demonstration;

/// <summary>What came of a case.</summary>
/// <param name="Mutated">The answer of <c>/mutate</c>; null for a Namespace, which is not sent there.</param>
/// <param name="After">The object after the patch, or as it was.</param>
internal sealed record CaseOutcome(DemonstrationCase Case, AdmissionAnswer? Mutated, ReadOnlyMemory<byte> After, AdmissionAnswer Validated)
{
    public bool IsRefused => !Validated.Allowed;

    public bool IsChanged => Mutated is { Patch.IsEmpty: false };

    /// <summary>The answer that says most: a refusal, else a change, else what was judged in the end, else what was said before.</summary>
    public AdmissionAnswer Telling =>
        IsRefused || Mutated is null ? Validated
        : IsChanged || Validated.Verdict.Length == 0 ? Mutated
        : Validated;

    /// <summary>What kubectl would show, each once.</summary>
    public ImmutableArray<string> Warnings => [.. (Mutated?.Warnings ?? []).Concat(Validated.Warnings).Distinct(StringComparer.Ordinal)];

    public ExpectedOutcome Summary => new(
        Mutated is null ? ExpectedOutcome.NotSent : IsChanged ? ExpectedOutcome.Changed : ExpectedOutcome.Unchanged,
        IsRefused ? ExpectedOutcome.Refused : ExpectedOutcome.Allowed,
        Telling.Verdict,
        Telling.Reason,
        !Warnings.IsEmpty);

    public bool IsAsExpected => Summary == Case.Expected;
}
