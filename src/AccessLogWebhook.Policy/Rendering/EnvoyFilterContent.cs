using System.Text.Json.Nodes;
using AccessLogWebhook.Policy.Profiles;

namespace AccessLogWebhook.Policy.Rendering;

/// <summary>
/// The patches of an EnvoyFilter. Each adds one logger: MERGE appends to a list, of the network filters by <c>util.MergeAnyWithAny</c>, of the listener by
/// <c>mergePatchValue</c> (<c>pilot/pkg/networking/core/envoyfilter/listener_patch.go</c>, <c>pkg/proto/merge/merge.go</c>).
/// </summary>
/// <remarks>
/// Which listeners they meet, so that each request is logged once and the tunnels of HBONE around it are not
/// (<c>pilot/pkg/networking/core</c>: <c>listener_builder.go</c> patchListeners, <c>listener_inbound.go</c>, <c>listener_waypoint.go</c>, <c>listener.go</c>):
/// <list type="bullet">
/// <item>A sidecar's and a gateway's <c>connect_originate</c> is made after the patches, and never met.</item>
/// <item>A sidecar that takes HBONE has <c>connect_terminate</c> (the CONNECT) beside <c>main_internal</c> (the request): both are met, and
/// <see cref="AccessLogFilters.HttpPerhapsTunnelled"/> tells them apart, since names can be matched but not excluded, and names of listeners that a Sidecar
/// resource makes are not known.</item>
/// <item>All listeners of a waypoint are patched as SIDECAR_INBOUND. <c>main_internal</c> has the requests and connections; <c>connect_terminate</c> the tunnel that
/// they came in by; <c>connect_originate</c>, <c>inner_connect_originate</c>, <c>outer_connect_originate</c> and <c>forward_inner_connect</c> the ones that they leave by. So a
/// waypoint's patches name <c>main_internal</c>, and <c>connect_terminate</c> for tunnels that were refused: nothing is inside those.</item>
/// <item>An ingress gateway under AMBIENT_ENABLE_MULTI_NETWORK_INGRESS, which is alpha and off, has <c>inner_connect_originate</c> and <c>outer_connect_originate</c> among the
/// listeners that are patched; no filter of Envoy tells them from others, so their TCP connections are logged as well.</item>
/// </list>
/// </remarks>
internal sealed class EnvoyFilterContent(string profile, ProfileLogging logging)
{
    /// <summary>
    /// After the EnvoyFilters that set none (0): one that replaces or adds a filter would otherwise leave it without our logger. Istio orders by
    /// priority, then root namespace, creation time and name; of these only the priority survives a restored backup.
    /// </summary>
    private const int Priority = 10;

    private const string Inbound = "SIDECAR_INBOUND";

    private readonly AccessLoggers loggers = new(logging);
    private readonly AccessLogFilters filters = new(profile, logging.Filter);

    public JsonObject? ForWorkloads()
    {
        var patches = new List<JsonNode>();
        if (logging.Proxies.HasFlag(LoggedProxies.SidecarInbound))
        {
            AddPatches(patches, Inbound, null, filters.HttpPerhapsTunnelled());
        }

        if (logging.Proxies.HasFlag(LoggedProxies.SidecarOutbound))
        {
            AddPatches(patches, "SIDECAR_OUTBOUND", null, filters.Http());
        }

        if (logging.Proxies.HasFlag(LoggedProxies.Gateway))
        {
            AddPatches(patches, "GATEWAY", null, filters.Http());
        }

        return patches.Count == 0 ? null : Members(patches);
    }

    public JsonObject? ForWaypoint()
    {
        if (!logging.Proxies.HasFlag(LoggedProxies.Waypoint))
        {
            return null;
        }

        var patches = new List<JsonNode>();
        AddPatches(patches, Inbound, "main_internal", filters.Http());
        if (logging.Protocols.HasFlag(LoggedProtocols.Http))
        {
            patches.Add(HttpPatch(Inbound, "connect_terminate", filters.RefusedTunnels()));
        }

        return Members(patches);
    }

    /// <summary>The service that a gateway or waypoint must be sent the cluster of; empty where the output is no service.</summary>
    public string ReferencedServices() => logging.Output switch
    {
        LogOutput.OpenTelemetry collector => collector.Service.Service,
        LogOutput.Grpc server => server.Service.Service,
        _ => "",
    };

    private static JsonObject Members(List<JsonNode> patches) => new() { ["priority"] = Priority, ["configPatches"] = new JsonArray([.. patches]) };

    private void AddPatches(List<JsonNode> patches, string context, string? listener, JsonObject? httpFilter)
    {
        if (logging.Protocols.HasFlag(LoggedProtocols.Http))
        {
            patches.Add(HttpPatch(context, listener, httpFilter));
        }

        if (logging.Protocols.HasFlag(LoggedProtocols.Tcp))
        {
            patches.Add(FilterPatch(context, listener, EnvoyTypes.TcpProxyFilter, EnvoyTypes.TcpProxy, loggers.Tcp(filters.Tcp())));
        }

        if (logging.Protocols.HasFlag(LoggedProtocols.Listener))
        {
            patches.Add(Patch("LISTENER", context, ListenerMatch(listener, null), new JsonObject { ["access_log"] = new JsonArray(loggers.Tcp(filters.Listener())) }));
        }
    }

    private JsonObject HttpPatch(string context, string? listener, JsonObject? filter) =>
        FilterPatch(context, listener, EnvoyTypes.HttpConnectionManagerFilter, EnvoyTypes.HttpConnectionManager, loggers.Http(filter));

    private static JsonObject FilterPatch(string context, string? listener, string filter, string message, JsonObject logger) => Patch(
        "NETWORK_FILTER",
        context,
        ListenerMatch(listener, filter),
        new JsonObject { ["typed_config"] = EnvoyTypes.Any(message, ("access_log", new JsonArray(logger))) });

    private static JsonObject? ListenerMatch(string? name, string? filter) => name is null && filter is null ? null : EnvoyTypes.Message(
        ("name", name),
        ("filterChain", filter is null ? null : new JsonObject { ["filter"] = new JsonObject { ["name"] = filter } }));

    private static JsonObject Patch(string applyTo, string context, JsonObject? listener, JsonObject value) => new()
    {
        ["applyTo"] = applyTo,
        ["match"] = EnvoyTypes.Message(("context", context), ("listener", listener)),
        ["patch"] = new JsonObject { ["operation"] = "MERGE", ["value"] = value },
    };
}
