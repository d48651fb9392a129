using System.Collections.Immutable;

namespace AccessLogWebhook.Policy.Logging;

/// <summary>What a patch does to the loggers that are there before it.</summary>
public enum LogPatchAction
{
    /// <summary>MERGE: its own come after them.</summary>
    Append,

    /// <summary>REPLACE of the filter that has them: its own are in their place, before any MERGE.</summary>
    Replace,

    /// <summary>MERGE_AND_REPLACE_LIST of a listener: its own are in their place.</summary>
    ReplaceList,

    /// <summary>ADD or INSERT of a filter with loggers: in force where the filter of Istio is gone.</summary>
    Insert,

    /// <summary>REMOVE of what has them.</summary>
    Remove,

    /// <summary>istiod gives up all patches of the listeners that it meets.</summary>
    Break,

    /// <summary>It puts something in that may log by itself.</summary>
    MayAdd,

    /// <summary>It changes what has the loggers, in a way that is not followed here.</summary>
    MayChange,

    /// <summary>Nothing, whatever it looks like.</summary>
    None,
}

/// <summary>One patch of an EnvoyFilter, as far as it matters to access loggers.</summary>
/// <param name="Index">Its place in <c>spec.configPatches</c>.</param>
/// <param name="Loggers">Its own, in order.</param>
/// <param name="Note">Why it does nothing or what is not known of it, a sentence without its subject; empty where the action says all.</param>
public sealed record LogPatch(
    int Index, LogProtocol Protocol, LogPatchAction Action, LogPatchScope Scope, ImmutableArray<LoggerContent> Loggers, string Note = "")
{
    /// <summary>Whether the filter has another name afterwards, so that nothing that comes later matches it.</summary>
    public bool Renames { get; init; }
}
