using System.Collections.Immutable;
using AccessLogWebhook.Policy.Decisions;
using AccessLogWebhook.Policy.Workloads;

namespace AccessLogWebhook.Auditing;

/// <summary>What is true of one workload. Every form of output is made of these.</summary>
internal sealed record AuditRow
{
    /// <summary>The reason of an object that cannot be read.</summary>
    public const string Unreadable = "Unreadable";

    public required string ApiVersion { get; init; }

    public required string Kind { get; init; }

    public required string Namespace { get; init; }

    public required string Name { get; init; }

    /// <summary>Whom people know it by; itself where it has no owner.</summary>
    public required WorkloadOwner Owner { get; init; }

    /// <summary>The modes that ask for <see cref="Profile"/>, the one that decides first; empty where none does.</summary>
    public ImmutableArray<Mode> Modes { get; init; } = [];

    /// <summary>The profile judged against; null where none is asked for and none carried.</summary>
    public string? Profile { get; init; }

    public required AuditVerdict Verdict { get; init; }

    /// <summary>The name of a <see cref="ReasonCode"/>, or <see cref="Unreadable"/>.</summary>
    public required string Reason { get; init; }

    /// <summary>What is the case, a sentence that follows the workload's name.</summary>
    public required string Problem { get; init; }

    /// <summary>The change that makes it right; empty where nothing has to change, or nothing can be done.</summary>
    public string Remedy { get; init; } = "";

    /// <summary>
    /// Of a Pod that came in while the webhook was not reached, the command that puts it right, or where there is none, what to do, a sentence; else empty.
    /// </summary>
    public string Repair { get; init; } = "";

    /// <summary>Whether nothing is known of its containers, which for all that may have ended.</summary>
    public bool MayHaveEnded { get; init; }

    /// <summary>Whether enforce would refuse it if it were created today.</summary>
    public bool RefusedByEnforce { get; init; }

    /// <summary>What is true of it against the other profiles that its namespace asks for.</summary>
    public ImmutableArray<AuditFinding> Others { get; init; } = [];

    /// <summary>The file that it comes from; empty for an object of a live cluster.</summary>
    public string Source { get; init; } = "";

    /// <summary>Where in the file it begins, from 1; 0 for an object of a live cluster.</summary>
    public int Line { get; init; }

    public Mode? Mode => Modes.IsEmpty ? null : Modes[0];

    public string Explanation => Remedy.Length == 0 ? Problem : $"{Problem} {Remedy}";

    public string Title => $"{Kind} {Namespace}/{Name}";

    public string Message => $"{Title} {Explanation}";
}
