using System.Text.Json.Nodes;
using AccessLogWebhook.Policy.Profiles;

namespace AccessLogWebhook.Policy.Rendering;

/// <summary>The access logging of a Telemetry.</summary>
/// <remarks>
/// Istio's modes are SERVER for what comes in at a sidecar, and CLIENT for what leaves one and for a gateway (<c>pilot/pkg/model/telemetry.go</c>, workloadMode); a waypoint is
/// SERVER. The last Telemetry that names providers for a mode replaces those of its parents (mergeLogs), so the workload's own needs no silencing beside it.
/// On a waypoint it holds for services of the waypoint's own namespace only: for others istiod looks into their namespace instead (applicableTelemetries).
/// </remarks>
internal static class TelemetryContent
{
    public static JsonObject? ForWorkloads(ProfileLogging logging, string provider)
    {
        var (server, client) = (logging.Proxies.HasFlag(LoggedProxies.SidecarInbound), logging.Proxies.HasFlag(LoggedProxies.SidecarOutbound));
        return server || client
            ? AccessLogging(logging, provider, server && client ? null : server ? "SERVER" : "CLIENT")
            : null;
    }

    public static JsonObject? ForWaypoint(ProfileLogging logging, string provider) =>
        logging.Proxies.HasFlag(LoggedProxies.Waypoint) ? AccessLogging(logging, provider, null) : null;

    /// <summary>
    /// Switches providers off by their names: without names it would be about <c>defaultProviders</c>, which are none where the mesh logs by
    /// <c>accessLogFile</c> (istio#49126). <c>envoy</c> is built in, and switching it off keeps <c>accessLogFile</c> from being asked (<c>accesslog.go</c>, setHTTPAccessLog).
    /// </summary>
    public static JsonObject? Silencer(ProfileLogging logging) => logging.SilencedProviders.IsEmpty ? null : new JsonObject
    {
        ["accessLogging"] = new JsonArray(new JsonObject
        {
            ["providers"] = new JsonArray([.. logging.SilencedProviders.Select(name => new JsonObject { ["name"] = name })]),
            ["disabled"] = true,
        }),
    };

    private static JsonObject AccessLogging(ProfileLogging logging, string provider, string? mode) => new()
    {
        ["accessLogging"] = new JsonArray(EnvoyTypes.Message(
            ("match", mode is null ? null : new JsonObject { ["mode"] = mode }),
            ("providers", new JsonArray(new JsonObject { ["name"] = provider })),
            ("filter", CelConditions.Of(logging.Filter) is { } expression ? new JsonObject { ["expression"] = expression } : null))),
    };
}
