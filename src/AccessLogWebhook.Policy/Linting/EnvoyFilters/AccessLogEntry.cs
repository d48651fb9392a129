using AccessLogWebhook.Policy.Linting.Protos;

namespace AccessLogWebhook.Policy.Linting.EnvoyFilters;

/// <summary>What an access log is of, by what it stands in.</summary>
internal enum LogPoint
{
    /// <summary>The HTTP connection manager: requests.</summary>
    Http,

    /// <summary>The TCP proxy: connections.</summary>
    Tcp,

    /// <summary>The listener itself: connections, those that no filter chain took among them.</summary>
    Listener,

    /// <summary>The router: attempts upstream.</summary>
    Upstream,

    /// <summary>Anything else: Envoy's admin interface, other protocols.</summary>
    Other,
}

/// <summary>One access log of a patch.</summary>
/// <param name="Field">The entry of the list.</param>
internal sealed record AccessLogEntry(LogPoint Point, Field Field)
{
    public Field? Config { get; } = Field.Proto("typed_config");

    public Field? Filter { get; } = Field.Proto("filter");

    public string Name { get; } = Field["name"]?.Text ?? "";

    /// <summary>The type of the sink, without what comes before its slash; empty where there is none.</summary>
    public string Type { get; } = ProtoTypes.NameIn(Field.Proto("typed_config")?["@type"]?.Text ?? "");

    /// <summary>Whether HTTP is what it is about: else there are no headers and no status.</summary>
    public bool IsHttp => Point is LogPoint.Http or LogPoint.Upstream;

    public string Title => Point switch
    {
        LogPoint.Http => "HTTP",
        LogPoint.Tcp => "TCP",
        LogPoint.Listener => "listener",
        LogPoint.Upstream => "upstream",
        _ => "other",
    };
}
