namespace AccessLogWebhook.Policy.Logging;

/// <summary>Which of a proxy's listeners; istiod patches and fills them apart.</summary>
public enum LogDirection
{
    /// <summary>What comes in: a sidecar's, and all of a waypoint's (<c>listener_builder.go patchListeners</c>).</summary>
    Inbound,

    /// <summary>What a sidecar's workload asks for.</summary>
    Outbound,

    /// <summary>All of a gateway's.</summary>
    Gateway,
}
