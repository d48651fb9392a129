using System.Collections.Immutable;
using AccessLogWebhook.Policy.Patching;

namespace AccessLogWebhook.Policy.Decisions;

/// <summary>What is answered to a request. Every one has a reason, "did nothing" included.</summary>
public abstract record Decision
{
    private Decision(ReasonCode reason) => Reason = reason;

    public ReasonCode Reason { get; init; }

    /// <summary>The verdict behind it; null where nothing was judged.</summary>
    public Verdict? Verdict { get; init; }

    /// <summary>The mode that decided; null where no mode is on.</summary>
    public Mode? Mode { get; init; }

    /// <summary>The profile judged against; null where nothing was judged.</summary>
    public string? Profile { get; init; }

    /// <summary>What there is to say, in whole sentences; empty where there is nothing.</summary>
    public string Message
    {
        get => field ??= Judgement is { } judgement && Input is { } input ? input.Say(judgement) : "";
        init;
    }

    /// <summary>With <see cref="Judgement"/>, what <see cref="Message"/> is made of where nothing else is said: most decisions are about what is in order, and nobody reads it.</summary>
    internal PolicyInput? Input { private get; init; }

    /// <inheritdoc cref="Input"/>
    internal Judgement? Judgement { private get; init; }

    /// <summary>What kubectl shows to whoever made the request; whole sentences, each at most 120 characters where that is possible.</summary>
    public ImmutableArray<string> Warnings { get; init; } = [];

    /// <summary>The verdict under audit, where it is about another profile than <see cref="Profile"/>.</summary>
    public Judgement? Audited { get; init; }

    /// <summary>Admitted as it is.</summary>
    public sealed record Admit(ReasonCode Code) : Decision(Code);

    /// <summary>Admitted after the patch.</summary>
    public sealed record Mutate(ReasonCode Code, ImmutableArray<JsonPatchOperation> Patch) : Decision(Code);

    /// <summary>Refused.</summary>
    public sealed record Deny(ReasonCode Code) : Decision(Code);
}
