using AccessLogWebhook.Policy.Linting.EnvoyFilters;

namespace AccessLogWebhook.Policy.Linting.Loggers;

/// <summary>
/// AL031. Sources: Envoy's <c>source/common/listener_manager/active_stream_listener_base.cc</c>, which writes a listener's log at the end of every
/// connection; Istio's <c>pilot/pkg/networking/core/accesslog.go listenerAccessLogFilter</c>, which lets the flag NR alone pass.
/// </summary>
internal static class ListenerRule
{
    public static void Check(LintPass pass)
    {
        foreach (var log in pass.Logs.Where(log => log is { Point: LogPoint.Listener, Filter: null }))
        {
            pass.Add(
                LintRules.UnfilteredListener, log.Field,
                "A listener's access log has a line for every connection, and where a TCP proxy or an HTTP connection manager logs too, it has another for the same.");
        }
    }
}
