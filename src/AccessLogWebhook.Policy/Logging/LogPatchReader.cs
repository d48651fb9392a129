using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using AccessLogWebhook.Policy.Json;
using AccessLogWebhook.Policy.Linting;
using AccessLogWebhook.Policy.Linting.EnvoyFilters;

namespace AccessLogWebhook.Policy.Logging;

/// <summary>
/// What one patch does to access loggers; nothing where it has nothing to do with them. Sources: Istio's
/// <c>pilot/pkg/networking/core/envoyfilter/listener_patch.go</c> (which operation does what to which object, and which is passed over without a word),
/// <c>pilot/pkg/model/envoyfilter.go</c> convertToEnvoyFilterWrapper, proxyMatch (versions; INSERT into what has no order is ADD) and <c>pkg/proto/merge/merge.go</c>.
/// </summary>
internal static class LogPatchReader
{
    private const int MostLoggers = 16;

    // Istio does not compile a longer one: maxProxyVersionLen.
    private const int LongestVersion = 1024;

    public static IEnumerable<LogPatch> Read(FilterPatch patch, int index)
    {
        var scope = ScopeOf(patch);
        if (patch.Context == "WAYPOINT" || IsOverlong(patch))
        {
            return patch.TouchesLogs
                ? [Nothing(patch, index, scope, patch.Context == "WAYPOINT" ? "has the context WAYPOINT, which istiod never applies" : "has a proxyVersion that is too long for istiod")]
                : [];
        }

        return patch.ApplyTo switch
        {
            "NETWORK_FILTER" => OfNetworkFilter(patch, index, scope),
            "LISTENER" => OfListener(patch, index, scope),
            "FILTER_CHAIN" => OfChain(patch, index, scope),
            "HTTP_FILTER" => OfHttpFilter(patch, index, scope),
            _ => [],
        };
    }

    private static IEnumerable<LogPatch> OfNetworkFilter(FilterPatch patch, int index, LogPatchScope scope)
    {
        var filter = LoggingFilters.Find(patch.FilterName);
        if (filter is not null && patch.FilterName != filter.Name)
        {
            return Touching(patch, index, scope, $"names the filter {patch.FilterName}, its name of before, and matches nothing");
        }

        var protocol = filter is null ? LogProtocol.Http : ProtocolOf(filter);
        switch (patch.Operation)
        {
            case "MERGE" when patch.ValueType.Length == 0:
                return filter is not null && Renames(patch, filter) ? [new LogPatch(index, protocol, LogPatchAction.Append, scope, []) { Renames = true }] : [];
            case "MERGE" when patch.Filter is null:
                return [new LogPatch(index, protocol, LogPatchAction.Break, scope, [], "names no filter, and istiod gives up all patches of these listeners at the first filter of another type")];
            case "MERGE" when filter is null:
                return Touching(patch, index, scope, $"is for the filter \"{Excerpt.Of(patch.FilterName)}\", which has no access log of Istio");
            case "MERGE" when patch.ValueType != filter.Type:
                return [new LogPatch(index, protocol, LogPatchAction.Break, scope, [], $"merges another type into the {filter.Title}, and istiod gives up all patches of these listeners")];
            case "MERGE" when Renames(patch, filter):
                return [new LogPatch(index, protocol, LogPatchAction.Append, scope, LoggersOf(patch, protocol)) { Renames = true }];
            case "MERGE":
                return Loggers(patch, index, scope, protocol, LogPatchAction.Append);
            case "REPLACE" or "REMOVE" when patch.Filter is null:
                return Touching(patch, index, scope, $"is a {patch.Operation} without a filter to match, which does nothing");
            case "REPLACE" when filter is not null:
                return LoggingFilters.OfType(patch.ValueType) == filter
                    ? [new LogPatch(index, protocol, LogPatchAction.Replace, scope, LoggersOf(patch, protocol)) { Renames = patch.Value?["name"]?.Text != filter.Name }]
                    : [new LogPatch(index, protocol, LogPatchAction.MayChange, scope, [], $"puts another filter in the place of the {filter.Title}")];
            case "REMOVE" when filter is not null:
                return [new LogPatch(index, protocol, LogPatchAction.Remove, scope, [])];
            case "ADD" or "INSERT_FIRST" or "INSERT_BEFORE" or "INSERT_AFTER" when LoggingFilters.OfType(patch.ValueType) is { } added:
                return [new LogPatch(index, ProtocolOf(added), LogPatchAction.Insert, scope, LoggersOf(patch, ProtocolOf(added)))];
            case "ADD" or "INSERT_FIRST" or "INSERT_BEFORE" or "INSERT_AFTER":
                return MayLog(patch, index, scope, LogProtocol.Tcp);
            default:
                return Touching(patch, index, scope, $"is a {Excerpt.Of(patch.Operation)} of a network filter, which does nothing");
        }
    }

    // patchNetworkFilter: filter.Name = userFilter.Name, where that is not empty.
    private static bool Renames(FilterPatch patch, LoggingFilter filter) => patch.Value?["name"]?.Text is { Length: > 0 } name && name != filter.Name;

    private static IEnumerable<LogPatch> OfListener(FilterPatch patch, int index, LogPatchScope scope)
    {
        // Of a listener its chains are not matched.
        scope = scope with { Chain = "" };
        switch (patch.Operation)
        {
            case "MERGE":
                return Loggers(patch, index, scope, LogProtocol.Listener, LogPatchAction.Append);
            case "MERGE_AND_REPLACE_LIST":
                var replaced = Loggers(patch, index, scope, LogProtocol.Listener, LogPatchAction.ReplaceList);
                return patch.Value?.Proto("filter_chains")?.Items().Any() == true
                    ? replaced.Concat(Changing(index, scope, "puts filter chains of its own in the place of those that Istio makes"))
                    : replaced;
            case "REMOVE":
                return Enum.GetValues<LogProtocol>().Select(protocol => new LogPatch(index, protocol, LogPatchAction.Remove, scope, []));
            case "ADD" or "INSERT_FIRST" or "INSERT_BEFORE" or "INSERT_AFTER":
                return Touching(patch, index, scope, "adds a listener of its own, beside those of Istio");
            default:
                return Touching(patch, index, scope, $"is a {Excerpt.Of(patch.Operation)} of a listener, which does nothing");
        }
    }

    private static IEnumerable<LogPatch> OfChain(FilterPatch patch, int index, LogPatchScope scope) => patch.Operation switch
    {
        "MERGE" or "MERGE_AND_REPLACE_LIST" when patch.Value?.Proto("filters")?.Items().Any() == true =>
            Changing(index, scope, patch.Operation == "MERGE" ? "adds filters to the chains that Istio makes" : "puts filters of its own in the place of those that Istio makes"),
        "ADD" => Touching(patch, index, scope, "adds a filter chain of its own, beside those of Istio"),
        _ => [],
    };

    private static IEnumerable<LogPatch> OfHttpFilter(FilterPatch patch, int index, LogPatchScope scope) =>
        patch.Operation == "REMOVE" ? []
        : patch.Logs.Any(log => log.Point == LogPoint.Upstream)
            ? Touching(patch, index, scope, "logs the attempts upstream, beside the requests")
            : MayLog(patch, index, scope, LogProtocol.Http);

    private static IEnumerable<LogPatch> MayLog(FilterPatch patch, int index, LogPatchScope scope, LogProtocol protocol) =>
        Program(patch.Value) is { } program
            ? [new LogPatch(index, protocol, LogPatchAction.MayAdd, scope, [], $"puts in a filter that is a program ({program}), which may log by itself")]
            : [];

    /// <summary>What kind of program a filter runs; null where it runs none.</summary>
    private static string? Program(Field? value)
    {
        var config = value?.Proto("typed_config");
        // An Any may be wrapped in a TypedStruct, whose type_url says what is in it.
        var type = $"{config?["@type"]?.Text} {config?.Proto("type_url")?.Text} {value?["name"]?.Text}";
        return type.Contains("wasm", StringComparison.OrdinalIgnoreCase) ? "Wasm"
            : type.Contains("lua", StringComparison.OrdinalIgnoreCase) ? "Lua"
            : type.Contains("golang", StringComparison.OrdinalIgnoreCase) ? "Go"
            : type.Contains("dynamic_modules", StringComparison.OrdinalIgnoreCase) ? "a dynamic module"
            : null;
    }

    private static IEnumerable<LogPatch> Loggers(FilterPatch patch, int index, LogPatchScope scope, LogProtocol protocol, LogPatchAction action) =>
        LoggersOf(patch, protocol) is { Length: > 0 } loggers ? [new LogPatch(index, protocol, action, scope, loggers)] : [];

    private static ImmutableArray<LoggerContent> LoggersOf(FilterPatch patch, LogProtocol protocol) =>
    [
        .. patch.Logs.Where(log => log.Point == PointOf(protocol)).Take(MostLoggers).Select(LoggerReader.Read),
    ];

    private static IEnumerable<LogPatch> Changing(int index, LogPatchScope scope, string note) =>
        new[] { LogProtocol.Http, LogProtocol.Tcp }.Select(protocol => new LogPatch(index, protocol, LogPatchAction.MayChange, scope, [], note));

    private static IEnumerable<LogPatch> Touching(FilterPatch patch, int index, LogPatchScope scope, string note) =>
        patch.TouchesLogs ? [Nothing(patch, index, scope, note)] : [];

    private static LogPatch Nothing(FilterPatch patch, int index, LogPatchScope scope, string note) =>
        new(index, patch.ApplyTo == "LISTENER" ? LogProtocol.Listener : LogProtocol.Http, LogPatchAction.None, scope, [], note);

    private static LogProtocol ProtocolOf(LoggingFilter filter) =>
        filter.Type == Linting.Protos.ProtoTypes.TcpProxy ? LogProtocol.Tcp : LogProtocol.Http;

    private static LogPoint PointOf(LogProtocol protocol) => protocol switch
    {
        LogProtocol.Http => LogPoint.Http,
        LogProtocol.Tcp => LogPoint.Tcp,
        _ => LogPoint.Listener,
    };

    private static LogPatchScope ScopeOf(FilterPatch patch)
    {
        var chain = patch.Listener?["filterChain"];
        string[] narrowing = ["name", "sni", "transportProtocol", "applicationProtocols", "destinationPort"];
        var parts = narrowing.Where(field => chain?[field] is not null).Select(field => $"chains of {field} {Excerpt.Of(TextOf(chain![field]!))}");
        var port = patch.Listener?["portNumber"]?.Value is { ValueKind: JsonValueKind.Number } number && number.TryGetInt64(out var value) ? value : 0;
        var scope = new LogPatchScope(patch.Context, patch.Listener?["name"]?.Text ?? "", port, string.Join(", ", parts), ConditionOf(patch));
        return scope == LogPatchScope.Everything ? LogPatchScope.Everything : scope;
    }

    private static string ConditionOf(FilterPatch patch)
    {
        var proxy = patch.Match?["proxy"];
        var version = proxy?["proxyVersion"]?.Text is { Length: > 0 } pattern && pattern is not (".*" or "^.*" or "^.*$") ? $"proxies of version {Excerpt.Of(pattern)}" : "";
        return version.Length > 0 ? version : proxy?["metadata"]?.Members().Any() == true ? "proxies of certain metadata" : "";
    }

    private static bool IsOverlong(FilterPatch patch) =>
        patch.Match?["proxy"]?["proxyVersion"]?.Text is { } pattern && Encoding.UTF8.GetByteCount(pattern) > LongestVersion;

    private static string TextOf(Field field) =>
        field.Text ?? (field.Value.ValueKind == JsonValueKind.Number && field.Value.TryGetInt64(out var number) ? number.ToString(CultureInfo.InvariantCulture) : "?");
}
