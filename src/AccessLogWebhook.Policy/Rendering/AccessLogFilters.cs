using System.Diagnostics;
using System.Text.Json.Nodes;
using AccessLogWebhook.Policy.Profiles;

namespace AccessLogWebhook.Policy.Rendering;

/// <summary>
/// A profile's filter as Envoy's access-log filters (<c>envoy/config/accesslog/v3/accesslog.proto</c>), for each kind of logger; null where
/// everything is logged. What an option means where there is no request is decided here:
/// <list type="bullet">
/// <item><c>minStatus</c>: a TCP connection has no status; those that failed, which is those with any response flag, are logged.</item>
/// <item><c>minDuration</c>: requests and TCP connections alike.</item>
/// <item><c>excludeHealthChecks</c>: HTTP only, since it is an HTTP filter of Envoy that marks a health check.</item>
/// <item><c>expression</c>: requests and TCP connections alike. An attribute that a connection does not have is an error to CEL, and an error is
/// "not logged" (<c>envoy/extensions/access_loggers/filters/cel/v3/cel.proto</c>).</item>
/// <item>The listener's own log holds connections that no filter chain took, and nothing else: of the filter only the sampling applies, a bound on
/// volume. They are failures without status, duration or request, which the other conditions would silently drop.</item>
/// </list>
/// Conditions that cost least come first, and sampling last, since Envoy stops at the first that fails.
/// </summary>
internal sealed class AccessLogFilters(string profile, LogFilter filter)
{
    /// <summary>Requests.</summary>
    public JsonObject? Http() => And([.. HttpConditions(filter.MinStatus)]);

    /// <summary>
    /// Requests that come in at a sidecar, which may also be a tunnel of HBONE: then <c>connect_terminate</c> sees a CONNECT, and <c>main_internal</c> the request
    /// inside it (<c>pilot/pkg/networking/core/listener_inbound.go</c>, buildInboundHBONEListeners). A patch cannot leave out a listener by its name, so the
    /// tunnel is left out here; one that was refused carries no request, and is logged, as by Istio itself
    /// (<c>pilot/pkg/networking/core/accesslog.go</c>, hboneTerminationAccessLogFilter). Other proxies than a tunnel's never answer a CONNECT with success.
    /// </summary>
    public JsonObject? HttpPerhapsTunnelled() => And([Or(NotConnect(), Status(400, "refused-tunnel")), .. HttpConditions(filter.MinStatus)]);

    /// <summary>Tunnels that were refused, where the requests inside them have a logger of their own.</summary>
    public JsonObject? RefusedTunnels() => And([.. HttpConditions(Math.Max(400, filter.MinStatus ?? 0))]);

    /// <summary>TCP connections.</summary>
    public JsonObject? Tcp() => And(
    [
        .. Optional(filter.MinStatus is null ? null : new JsonObject { ["response_flag_filter"] = new JsonObject() }),
        .. Optional(Duration()),
        .. Optional(Expression()),
        .. Optional(Sample()),
    ]);

    /// <summary>Connections that no filter chain took: flag NR, as in Istio's own listener log (<c>pilot/pkg/networking/core/accesslog.go</c>, listenerAccessLogFilter).</summary>
    public JsonObject? Listener() => And(
        [new JsonObject { ["response_flag_filter"] = new JsonObject { ["flags"] = new JsonArray("NR") } }, .. Optional(Sample())]);

    private IEnumerable<JsonObject> HttpConditions(int? minStatus) =>
    [
        .. Optional(minStatus is { } status ? Status(status, "min-status") : null),
        .. Optional(Duration()),
        .. Optional(filter.ExcludeHealthChecks ? new JsonObject { ["not_health_check_filter"] = new JsonObject() } : null),
        .. Optional(Expression()),
        .. Optional(Sample()),
    ];

    private JsonObject Status(int least, string key) => new()
    {
        ["status_code_filter"] = new JsonObject { ["comparison"] = AtLeast((uint)least, key) },
    };

    private JsonObject? Duration() => filter.MinDuration is { } least
        ? new JsonObject { ["duration_filter"] = new JsonObject { ["comparison"] = AtLeast(least, "min-duration") } }
        : null;

    private JsonObject AtLeast(uint value, string key) => new()
    {
        ["op"] = "GE",
        ["value"] = new JsonObject { ["default_value"] = value, ["runtime_key"] = RuntimeKey(key) },
    };

    private JsonObject? Expression() => filter.Expression is { } expression
        ? new JsonObject
        {
            ["extension_filter"] = new JsonObject
            {
                ["name"] = "envoy.access_loggers.extension_filters.cel",
                ["typed_config"] = EnvoyTypes.Any(EnvoyTypes.CelFilter, ("expression", expression)),
            },
        }
        : null;

    /// <summary>
    /// By chance alone, not by the request's id, which Envoy would take otherwise: the id may be the client's own, who could choose to be logged or
    /// not, and the many requests that one leads to share it.
    /// </summary>
    private JsonObject? Sample() => filter.Sample is { } rate
        ? new JsonObject
        {
            ["runtime_filter"] = new JsonObject
            {
                ["runtime_key"] = RuntimeKey("sample"),
                ["percent_sampled"] = new JsonObject
                {
                    ["numerator"] = rate.Numerator,
                    ["denominator"] = rate.Denominator switch
                    {
                        100 => "HUNDRED",
                        10_000 => "TEN_THOUSAND",
                        1_000_000 => "MILLION",
                        _ => throw new UnreachableException(),
                    },
                },
                ["use_independent_randomness"] = true,
            },
        }
        : null;

    /// <summary>Envoy asks for a key under which its runtime may have another value. Nobody sets these by accident: they have our prefix and the profile's name.</summary>
    private string RuntimeKey(string value) => $"accesslog.mesh/{profile}/{value}";

    // A request whose headers could not be read has no method; without the last field it would match neither way.
    private static JsonObject NotConnect() => new()
    {
        ["header_filter"] = new JsonObject
        {
            ["header"] = new JsonObject
            {
                ["name"] = ":method",
                ["string_match"] = new JsonObject { ["exact"] = "CONNECT" },
                ["invert_match"] = true,
                ["treat_missing_header_as_empty"] = true,
            },
        },
    };

    private static JsonObject Or(params ReadOnlySpan<JsonObject> filters) => new() { ["or_filter"] = new JsonObject { ["filters"] = new JsonArray([.. filters]) } };

    // An and_filter must have two at least.
    private static JsonObject? And(params ReadOnlySpan<JsonObject> filters) => filters.Length switch
    {
        0 => null,
        1 => filters[0],
        _ => new JsonObject { ["and_filter"] = new JsonObject { ["filters"] = new JsonArray([.. filters]) } },
    };

    private static IEnumerable<JsonObject> Optional(JsonObject? filter) => filter is null ? [] : [filter];
}
