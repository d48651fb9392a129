using System.Globalization;
using AccessLogWebhook.Policy.Json;

namespace AccessLogWebhook.Policy.Logging;

/// <summary>How much of a proxy's listeners a patch meets.</summary>
public enum LogReach
{
    None,
    Part,
    Whole,
}

/// <summary>
/// Which listeners and chains a patch matches (Istio, <c>pilot/pkg/networking/core/envoyfilter/listener_patch.go</c> listenerMatch, filterChainMatch).
/// </summary>
/// <param name="Context">ANY, or the one context in which it is applied.</param>
/// <param name="Listener"><c>match.listener.name</c>; empty for all.</param>
/// <param name="Port"><c>match.listener.portNumber</c>; 0 for all.</param>
/// <param name="Chain">What the filter chain must be, in words; empty for any.</param>
/// <param name="Condition">What must be true of the proxy that is not known here, in words: its version, its metadata. Empty for nothing.</param>
public sealed record LogPatchScope(string Context, string Listener, long Port, string Chain, string Condition)
{
    public static LogPatchScope Everything { get; } = new("ANY", "", 0, "", "");

    /// <summary>What of the listeners it meets, in words; empty for all of them.</summary>
    public string Where
    {
        get
        {
            var listener = Listener.Length > 0 ? $"listener {Excerpt.Of(Listener)}" : "";
            var port = Port != 0 ? $"port {Port.ToString(CultureInfo.InvariantCulture)}" : "";
            return string.Join(", ", new[] { listener, port, Chain }.Where(part => part.Length > 0));
        }
    }

    /// <summary>
    /// What it meets of the listeners of a direction. The inbound traffic of a sidecar is all in <c>virtualInbound</c>, and the requests of a waypoint in
    /// <c>main_internal</c>: a patch that names these meets all of it.
    /// </summary>
    public LogReach Reach(LogDirection direction, bool isWaypoint)
    {
        if (!MeetsContext(direction))
        {
            return LogReach.None;
        }

        var named = Listener switch
        {
            "" => LogReach.Whole,
            "virtualInbound" => direction == LogDirection.Inbound && !isWaypoint ? LogReach.Whole : LogReach.None,
            "virtualOutbound" => direction == LogDirection.Outbound ? LogReach.Part : LogReach.None,
            "main_internal" => direction != LogDirection.Inbound ? LogReach.None : isWaypoint ? LogReach.Whole : LogReach.Part,
            "connect_terminate" => direction == LogDirection.Inbound ? LogReach.Part : LogReach.None,
            _ => LogReach.Part,
        };
        return named == LogReach.Whole && (Port != 0 || Chain.Length > 0) ? LogReach.Part : named;
    }

    private bool MeetsContext(LogDirection direction) => Context switch
    {
        "ANY" => true,
        "SIDECAR_INBOUND" => direction == LogDirection.Inbound,
        "SIDECAR_OUTBOUND" => direction == LogDirection.Outbound,
        "GATEWAY" => direction == LogDirection.Gateway,
        _ => false,
    };
}
