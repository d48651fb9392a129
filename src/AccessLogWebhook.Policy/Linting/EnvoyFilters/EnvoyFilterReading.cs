using System.Collections.Immutable;
using AccessLogWebhook.Policy.Linting.Doubles;

namespace AccessLogWebhook.Policy.Linting.EnvoyFilters;

/// <summary>What an EnvoyFilter does, as far as the rules look at it.</summary>
internal sealed record EnvoyFilterReading(ImmutableArray<FilterPatch> Patches)
{
    public bool TouchesLogs { get; } = Patches.Any(patch => patch.TouchesLogs);

    /// <summary>What it adds to listeners of Istio's; each of many EnvoyFilters is compared with all others by it.</summary>
    public ImmutableArray<AddedLog> Added { get; } = [.. AddedLog.Of(Patches)];

    public IEnumerable<AccessLogEntry> Logs => Patches.SelectMany(patch => patch.Logs);

    public static EnvoyFilterReading Of(Field spec) => new([.. spec["configPatches"]?.Items().Select(ReadPatch) ?? []]);

    private static FilterPatch ReadPatch(Field field)
    {
        var match = field["match"];
        var listener = match?["listener"];
        var filter = listener?["filterChain"]?["filter"];
        var filterName = filter?["name"]?.Text ?? "";
        var applyTo = field["applyTo"]?.Text ?? "";
        var operation = field["patch"]?["operation"]?.Text ?? "";
        var value = field["patch"]?["value"];
        var search = AccessLogSearch.In(value, applyTo);
        return new FilterPatch(
            field,
            applyTo,
            match?["context"]?.Text ?? "ANY",
            operation,
            match,
            listener,
            filter,
            filterName,
            value,
            Protos.ProtoTypes.NameIn(value?.Proto("typed_config")?["@type"]?.Text ?? ""),
            search.Logs,
            search.HasTraces || (applyTo == "NETWORK_FILTER" && operation is "REPLACE" or "REMOVE" && LoggingFilters.Find(filterName) is not null));
    }
}
