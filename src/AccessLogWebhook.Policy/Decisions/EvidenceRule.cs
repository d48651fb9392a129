using AccessLogWebhook.Policy.Json;
using AccessLogWebhook.Policy.Logging;
using AccessLogWebhook.Policy.Mesh;

namespace AccessLogWebhook.Policy.Decisions;

/// <summary>
/// Whether a reference that reaches a proxy does what it is there for: log, and log each event once. Only what is certain counts against it
/// (<see cref="LoggingModel"/>); where something is not known, the verdict stays as it was. Enforce refuses for a resource of the workload's own namespace, which
/// its team can put right, and for a reference that a profile names by hand; for what the mesh's administrators set, in the root namespace or in the mesh's configuration, it
/// warns: refusing would keep every Pod of the mesh out.
/// </summary>
internal static class EvidenceRule
{
    /// <param name="judgement">Kept where it is neither <see cref="Verdict.Logged"/> nor <see cref="Verdict.Outdated"/>.</param>
    /// <param name="resource">The reference.</param>
    /// <param name="isManaged">Whether this project renders it.</param>
    public static Judgement Weigh(Judgement judgement, LoggingResource resource, bool isManaged, Proxy proxy, PolicyContext context)
    {
        if (judgement.Verdict is not (Verdict.Logged or Verdict.Outdated) || resource.Effects is null)
        {
            return judgement;
        }

        var logging = LoggingModel.Of(proxy, context.Mesh, context.RootNamespace);
        return LogsNothing(logging, resource)
            ? Silent(judgement, resource, isManaged, proxy, logging, context)
            : Doubled(judgement, resource, proxy, logging, context) ?? judgement;
    }

    private static bool LogsNothing(ProxyLogging logging, LoggingResource resource) =>
        !logging.IsDoubtful(resource.Key)
        && !logging.Loggers.Any(logger => logger.Origin.IsOf(resource.Kind, resource.Key) && (!logger.IsCertain || logger.Logs));

    private static Judgement Silent(Judgement judgement, LoggingResource resource, bool isManaged, Proxy proxy, ProxyLogging logging, PolicyContext context)
    {
        var title = $"{resource.Kind} {resource.Key}";
        if (logging.Events.SelectMany(events => events.Silenced).FirstOrDefault(silenced => silenced.Logger.Origin.IsOf(resource.Kind, resource.Key))?.By is LoggerOrigin.Patch by)
        {
            return new(
                Verdict.Dangling, ReasonCode.ReferenceSilenced, judgement.Profile,
                $"is not logged: {by.Title} takes away what has the access log of {title}.",
                $"Remove spec.configPatches[{by.Index}] of EnvoyFilter {by.EnvoyFilter}.",
                RefusedByEnforce: IsTeams(by.EnvoyFilter, proxy, context));
        }

        if (MissingProvider(resource, proxy, context) is { } missing)
        {
            return new(
                Verdict.Dangling, ReasonCode.ReferenceLogsNothing, judgement.Profile,
                $"is not logged: {title} reaches it and logs nothing, since the mesh has no access-log provider {Excerpt.Of(missing)}.",
                isManaged
                    ? $"Add to meshConfig what accesslog render {judgement.Profile} --mesh-config prints."
                    : $"Add it to meshConfig.extensionProviders, or name another one in {title}.",
                RefusedByEnforce: false);
        }

        return new(
            Verdict.Dangling, ReasonCode.ReferenceLogsNothing, judgement.Profile,
            $"is not logged: {title} reaches it and logs nothing, since it {Cause(resource, proxy, logging)}.",
            isManaged
                ? $"The controllers put it right; without them: accesslog render {judgement.Profile} | kubectl apply -f -."
                : $"Let {title} add an access log, or correct spec.envoyFilterRef of profile {judgement.Profile}.",
            RefusedByEnforce: !isManaged);
    }

    /// <summary>A provider of a Telemetry that the mesh does not have, for all that is known.</summary>
    private static string? MissingProvider(LoggingResource resource, Proxy proxy, PolicyContext context) =>
        MeshConfigurations.Of(context.Mesh, context.RootNamespace, LoggingModel.RevisionOf(proxy, context.Mesh)) is { IsKnown: true } mesh
            ? resource.Effects!.AccessLogging.SelectMany(entry => entry.Providers).FirstOrDefault(provider => mesh.Provider(provider)?.Logger is null)
            : null;

    private static string Cause(LoggingResource resource, Proxy proxy, ProxyLogging logging)
    {
        var effects = resource.Effects!;
        if (logging.Loggers.Any(logger => logger.Origin.IsOf(resource.Kind, resource.Key)))
        {
            return "has a filter that lets nothing pass";
        }

        if (resource.Kind == LoggingResourceKind.Telemetry)
        {
            return effects.AccessLogging.IsEmpty ? "has no accessLogging" : "is disabled or for another mode, or another Telemetry counts more";
        }

        return effects.Patches.IsEmpty ? "adds no access log"
            : effects.Patches.FirstOrDefault(patch => patch.Action == LogPatchAction.None) is { } nothing ? $"{nothing.Note} (spec.configPatches[{nothing.Index}])"
            : effects.Patches.Any(patch => LoggingModel.DirectionsOf(proxy).Any(direction => patch.Scope.Reach(direction, proxy is Proxy.Waypoint) != LogReach.None)) ? "adds no access log"
            : "is for other listeners than this proxy has";
    }

    private static Judgement? Doubled(Judgement judgement, LoggingResource resource, Proxy proxy, ProxyLogging logging, PolicyContext context)
    {
        if (proxy is Proxy.Sidecar { IsGateway: null })
        {
            return null;
        }

        var doubled = DoubledLines.Of(logging).FirstOrDefault(events => events.Loggers.Any(logger => logger.Origin.IsOf(resource.Kind, resource.Key)));
        if (doubled is null)
        {
            return null;
        }

        // Where the reference itself logs twice, its second logger is the one to take away.
        var others = doubled.Loggers.Where(logger => !logger.Origin.IsOf(resource.Kind, resource.Key)).Select(logger => logger.Origin).ToList();
        var other = others.Find(origin => IsTeams(origin, proxy, context)) ?? others.FirstOrDefault() ?? doubled.Loggers[^1].Origin;
        return new(
            Verdict.Duplicated, ReasonCode.DoubledLines, judgement.Profile,
            $"is logged by {resource.Kind} {resource.Key} and by {other.Title}, too: {EventOf(doubled)} has {doubled.Loggers.Length} lines in {doubled.Sink.Title}.",
            Remedy(other, proxy),
            RefusedByEnforce: IsTeams(other, proxy, context));
    }

    private static string EventOf(DoubledEvents doubled)
    {
        var direction = doubled.Direction switch
        {
            LogDirection.Inbound => "inbound ",
            LogDirection.Outbound => "outbound ",
            _ => "",
        };
        return doubled.Protocol switch
        {
            LogProtocol.Http => $"an {direction}HTTP request",
            LogProtocol.Tcp => direction.Length == 0 ? "a TCP connection" : $"an {direction}TCP connection",
            _ => direction.Length == 0 ? "a connection without a filter chain" : $"an {direction}connection without a filter chain",
        };
    }

    /// <summary>How a logger is taken away that is one too many, a sentence.</summary>
    public static string Remedy(LoggerOrigin origin, Proxy proxy) => origin switch
    {
        LoggerOrigin.Patch patch => $"Remove spec.configPatches[{patch.Index}] of EnvoyFilter {patch.EnvoyFilter}, or let it select other workloads.",
        LoggerOrigin.Provider { Telemetry: { } telemetry } provider => $"Remove provider {Excerpt.Of(provider.Name)} from accessLogging of Telemetry {telemetry}, or disable it {Here(provider.Name, proxy)}.",
        LoggerOrigin.Provider provider => $"Remove provider {Excerpt.Of(provider.Name)} from meshConfig.defaultProviders.accessLogging, or disable it {Here(provider.Name, proxy)}.",
        LoggerOrigin.MeshSetting setting => $"Set meshConfig.{setting.Name} to {(setting.Name == "accessLogFile" ? "\"\"" : "false")}, or disable it {Here(MeshLogging.BuiltIn, proxy)}.",
        _ => "",
    };

    private static string Here(string provider, Proxy proxy) =>
        $"by a Telemetry in namespace {proxy.Namespace}: accessLogging: [{{providers: [{{name: {Excerpt.Of(provider)}}}], disabled: true}}]";

    private static bool IsTeams(LoggerOrigin origin, Proxy proxy, PolicyContext context) => origin switch
    {
        LoggerOrigin.Patch patch => IsTeams(patch.EnvoyFilter, proxy, context),
        LoggerOrigin.Provider { Telemetry: { } telemetry } => IsTeams(telemetry, proxy, context),
        _ => false,
    };

    private static bool IsTeams(ObjectKey resource, Proxy proxy, PolicyContext context) =>
        resource.Namespace == proxy.Namespace && resource.Namespace != context.RootNamespace;
}
