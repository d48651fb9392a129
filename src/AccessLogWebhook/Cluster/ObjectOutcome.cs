using System.Text.Json;

namespace AccessLogWebhook.Cluster;

/// <summary>How a request about one object ended. Each message is a sentence to come after a colon, bounded and without control characters.</summary>
internal abstract record ObjectOutcome
{
    private ObjectOutcome()
    {
    }

    /// <summary>One word, the metrics' label.</summary>
    public string Result => this switch
    {
        Done => "done",
        Conflict => "conflict",
        NotFound => "not_found",
        Refused => "refused",
        _ => "unreachable",
    };

    /// <summary>What went wrong; empty where nothing did.</summary>
    public string Problem => this switch
    {
        Conflict conflict => conflict.Message,
        NotFound absent => absent.Message,
        Refused refused => refused.Message,
        Unreachable unreachable => unreachable.Message,
        _ => "",
    };

    /// <param name="Object">As the API server has it now; of a deletion, whatever it answers.</param>
    public sealed record Done(JsonElement Object) : ObjectOutcome;

    /// <summary>The object is not as the request supposed: changed meanwhile, another of the same name, or there already.</summary>
    public sealed record Conflict(string Message) : ObjectOutcome;

    /// <summary>There is no such object, no such namespace, or no such kind.</summary>
    public sealed record NotFound(string Message) : ObjectOutcome;

    /// <summary>
    /// Not allowed, or not valid, or refused by a webhook, or by one that fails: nothing was done, and it is about this object; others may fare better.
    /// </summary>
    public sealed record Refused(string Message) : ObjectOutcome;

    /// <summary>No answer, or none to rely on. Whether the request took effect is not known.</summary>
    /// <param name="RetryAfter">How long the API server asks to be left alone; zero where it says nothing.</param>
    public sealed record Unreachable(string Message, TimeSpan RetryAfter = default) : ObjectOutcome;
}
