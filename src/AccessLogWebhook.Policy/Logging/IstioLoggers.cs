using AccessLogWebhook.Policy.Json;
using AccessLogWebhook.Policy.Mesh;

namespace AccessLogWebhook.Policy.Logging;

/// <summary>
/// The loggers that istiod gives to listeners before any patch. Sources: <c>pilot/pkg/model/telemetry.go AccessLogging</c> (Telemetries and default providers first, and where
/// no logger comes of them, the mesh's older settings) and <c>pilot/pkg/networking/core/accesslog.go</c> (which of them goes where, with which filter).
/// </summary>
/// <remarks>A provider whose Service does not exist is passed over by istiod; Services are not known here, and providers are taken for sound.</remarks>
internal sealed class IstioLoggers(IReadOnlyList<LoggingResource> telemetries, MeshLogging mesh)
{
    public List<ActiveLogger> Of(LogDirection direction, LogProtocol protocol)
    {
        if (protocol == LogProtocol.Listener && mesh is { IsKnown: true, DisableEnvoyListenerLog: true })
        {
            return [];
        }

        var found = false;
        var loggers = new List<ActiveLogger>();
        foreach (var merged in ProviderMerge.Of(telemetries, mesh.DefaultProviders, ModeOf(direction)).OrderBy(each => mesh.Provider(each.Name)?.Name ?? each.Name, StringComparer.Ordinal))
        {
            if (LoggerOf(merged) is { } logger)
            {
                found = true;
                if (!merged.IsDisabled)
                {
                    loggers.Add(protocol == LogProtocol.Listener ? logger with { Content = logger.Content with { Filter = LoggerFilters.NoRoute.And(logger.Content.Filter) } } : logger);
                }
            }
        }

        return found || !mesh.IsKnown ? loggers : OfSettings(protocol);
    }

    /// <summary>Whether it turns on the mesh's configuration, which is not known, what they are.</summary>
    public bool IsDoubtful(LogDirection direction) =>
        !mesh.IsKnown
        && ProviderMerge.Of(telemetries, [], ModeOf(direction)).All(merged => mesh.Provider(merged.Name)?.Logger is null);

    private ActiveLogger? LoggerOf(MergedProvider merged)
    {
        var origin = new LoggerOrigin.Provider(merged.Telemetry, merged.Name);
        var provider = mesh.Provider(merged.Name);
        if (mesh.IsKnown)
        {
            return provider is not null && mesh.LoggerOf(provider) is { } content ? new ActiveLogger(origin, content with { Filter = merged.Filter }) : null;
        }

        // The built-in provider exists in every mesh, though it may be another one than istiod's.
        var assumed = provider?.Logger ?? new LoggerContent(LogSink.Of(LogSinkKind.Other, $"provider {Excerpt.Of(merged.Name)}"), new LogFormatSummary("its format", ""));
        return provider is not null && provider.Logger is null ? null
            : new ActiveLogger(origin, assumed with { Filter = merged.Filter }, Doubt: $"What provider {Excerpt.Of(merged.Name)} is stands in the mesh configuration. {mesh.Problem}");
    }

    private List<ActiveLogger> OfSettings(LogProtocol protocol)
    {
        var loggers = new List<ActiveLogger>();
        var filter = protocol == LogProtocol.Listener ? LoggerFilters.NoRoute : null;
        if (mesh.AccessLogFile.Length > 0)
        {
            loggers.Add(new ActiveLogger(new LoggerOrigin.MeshSetting("accessLogFile"), new LoggerContent(LogSink.File(mesh.AccessLogFile), mesh.Format, filter)));
        }

        if (mesh.EnableEnvoyAccessLogService)
        {
            loggers.Add(new ActiveLogger(
                new LoggerOrigin.MeshSetting("enableEnvoyAccessLogService"), new LoggerContent(LogSink.Of(LogSinkKind.Grpc, MeshLogging.ServiceCluster), LoggerFormats.OfProtocol, filter)));
        }

        return loggers;
    }

    // telemetry.go workloadMode: a gateway is a client.
    public static string ModeOf(LogDirection direction) => direction == LogDirection.Inbound ? "SERVER" : "CLIENT";
}
