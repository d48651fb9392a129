namespace AccessLogWebhook.Policy.Profiles;

/// <summary>Which connections are logged.</summary>
[Flags]
public enum LoggedProtocols
{
    None = 0,

    /// <summary>Every HTTP request.</summary>
    Http = 1,

    /// <summary>Every other connection.</summary>
    Tcp = 2,

    /// <summary>Connections that no filter chain took, which neither of the others sees.</summary>
    Listener = 4,

    All = Http | Tcp | Listener,
}
