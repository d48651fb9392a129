namespace AccessLogWebhook.Policy.Logging;

/// <summary>What an access log is of.</summary>
public enum LogProtocol
{
    /// <summary>Requests, logged by the HTTP connection manager.</summary>
    Http,

    /// <summary>Connections, logged by the TCP proxy.</summary>
    Tcp,

    /// <summary>Connections, logged by the listener itself: those that no filter chain took among them.</summary>
    Listener,
}
