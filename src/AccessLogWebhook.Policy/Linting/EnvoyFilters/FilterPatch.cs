using System.Collections.Immutable;

namespace AccessLogWebhook.Policy.Linting.EnvoyFilters;

/// <summary>An entry of <c>spec.configPatches</c>. What is absent is empty, or null.</summary>
/// <param name="Context">ANY where none is given, as istiod takes it.</param>
/// <param name="Listener"><c>match.listener</c>.</param>
/// <param name="Filter"><c>match.listener.filterChain.filter</c>.</param>
/// <param name="FilterName">The name of that filter; empty where every filter matches.</param>
/// <param name="Value"><c>patch.value</c>.</param>
/// <param name="ValueType">The type of <c>patch.value.typed_config</c>, without what comes before its slash; empty for none.</param>
/// <param name="Logs">The access logs in the value.</param>
/// <param name="TouchesLogs">Whether it adds access logs, means to, or takes away the filter that has them.</param>
internal sealed record FilterPatch(
    Field Field,
    string ApplyTo,
    string Context,
    string Operation,
    Field? Match,
    Field? Listener,
    Field? Filter,
    string FilterName,
    Field? Value,
    string ValueType,
    ImmutableArray<AccessLogEntry> Logs,
    bool TouchesLogs)
{
    public bool IsNetworkFilter => ApplyTo == "NETWORK_FILTER";

    /// <summary>Whether it puts something new into a list of filters, chains or listeners.</summary>
    public bool Inserts => Operation is "ADD" or "INSERT_FIRST" or "INSERT_BEFORE" or "INSERT_AFTER";

    public bool Merges => Operation is "MERGE" or "MERGE_AND_REPLACE_LIST";
}
