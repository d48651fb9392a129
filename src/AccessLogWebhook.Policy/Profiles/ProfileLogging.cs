using System.Collections.Immutable;

namespace AccessLogWebhook.Policy.Profiles;

/// <summary>
/// How a profile logs: everything of it that is rendered, with what it leaves out filled in, so that a default is the same whether it was written
/// or not.
/// </summary>
public sealed record ProfileLogging
{
    public static ProfileLogging Default { get; } = new();

    /// <summary>What a line says; null where the output decides that itself (a gRPC access log service, a provider of the mesh).</summary>
    public LogFormat? Format { get; init; } = LogFormat.Istio;

    public LoggedProxies Proxies { get; init; } = LoggedProxies.All;

    public LoggedProtocols Protocols { get; init; } = LoggedProtocols.All;

    public LogFilter Filter { get; init; } = LogFilter.Everything;

    public LogOutput Output { get; init; } = LogOutput.StandardOutput;

    /// <summary>
    /// Providers of the mesh configuration that are switched off on the profile's workloads, in ordinal order. They are switched off altogether, for
    /// what the profile itself does not log, too.
    /// </summary>
    public ImmutableArray<string> SilencedProviders { get; init; } = [];
}
