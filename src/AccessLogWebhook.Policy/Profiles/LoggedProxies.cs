namespace AccessLogWebhook.Policy.Profiles;

/// <summary>Which proxies log, by their part in a connection.</summary>
[Flags]
public enum LoggedProxies
{
    None = 0,
    SidecarInbound = 1,
    SidecarOutbound = 2,
    Gateway = 4,
    Waypoint = 8,
    All = SidecarInbound | SidecarOutbound | Gateway | Waypoint,
}
