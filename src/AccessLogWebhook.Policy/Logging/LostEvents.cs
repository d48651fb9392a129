using AccessLogWebhook.Policy.Mesh;

namespace AccessLogWebhook.Policy.Logging;

/// <summary>What of a direction a reference is there to log and does not, for certain.</summary>
/// <param name="Protocol">Null for all of the direction.</param>
/// <param name="By">What takes it away.</param>
/// <param name="IsByName">Whether it gives the filter another name, which the reference does not match.</param>
internal sealed record LostEvents(LogDirection Direction, LogProtocol? Protocol, LoggerOrigin By, bool IsByName = false)
{
    /// <summary>The first that is lost, requests before connections; null where nothing is, for all that is known.</summary>
    public static LostEvents? FirstOf(LoggingResource reference, Proxy proxy, ProxyLogging logging, MeshSnapshot mesh, string rootNamespace)
    {
        foreach (var events in logging.Events.OrderBy(events => events.Protocol))
        {
            if (!events.Loggers.Any(logger => IsOf(logger, reference) && (!logger.IsCertain || logger.Logs))
                && events.Silenced.FirstOrDefault(silenced => IsOf(silenced.Logger, reference) && silenced.Logger.Logs) is { } lost)
            {
                return new(events.Direction, events.Protocol, lost.By, lost.IsByName);
            }
        }

        return reference.Kind == LoggingResourceKind.Telemetry ? ToTelemetry(reference, proxy, mesh, rootNamespace) : null;
    }

    private static bool IsOf(ActiveLogger logger, LoggingResource reference) => logger.Origin.IsOf(reference.Kind, reference.Key);

    /// <summary>What another Telemetry that counts more switches off, or has other providers for.</summary>
    private static LostEvents? ToTelemetry(LoggingResource reference, Proxy proxy, MeshSnapshot mesh, string rootNamespace)
    {
        var attached = AttachedResources.Telemetries(proxy, mesh, rootNamespace);
        var defaults = MeshConfigurations.Of(mesh, rootNamespace, LoggingModel.RevisionOf(proxy, mesh)).DefaultProviders;
        foreach (var direction in LoggingModel.DirectionsOf(proxy))
        {
            var mode = IstioLoggers.ModeOf(direction);
            var wanted = ProviderMerge.Of([reference], [], mode).Where(each => !each.IsDisabled).Select(each => each.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
            var merged = ProviderMerge.Of(attached, defaults, mode);
            if (wanted.Count == 0 || merged.Any(each => !each.IsDisabled && wanted.Contains(each.Name)))
            {
                continue;
            }

            var by = merged.FirstOrDefault(each => each.IsDisabled && wanted.Contains(each.Name))?.Telemetry
                ?? attached.LastOrDefault(telemetry => ProviderMerge.Of([telemetry], [], mode).Count > 0)?.Key;
            if (by is { } telemetry && telemetry != reference.Key)
            {
                return new(direction, null, new LoggerOrigin.Provider(telemetry, wanted.Order(StringComparer.Ordinal).First()));
            }
        }

        return null;
    }
}
