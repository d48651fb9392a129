using System.Runtime.CompilerServices;
using AccessLogWebhook.Policy.Json;
using AccessLogWebhook.Policy.Logging;
using AccessLogWebhook.Policy.Mesh;

namespace AccessLogWebhook.Policy.Decisions;

/// <summary>
/// Whether a reference that reaches a proxy does what it is there for: log, and log each event once. Only what is certain counts against it
/// (<see cref="LoggingModel"/>); where something is not known, the verdict stays as it was, and says so where it rests on that alone. Enforce refuses for a resource of the
/// workload's own namespace, which its team can put right; for what the mesh's administrators set, in the root namespace or in the mesh's configuration, it
/// warns: refusing would keep every Pod of the mesh out.
/// </summary>
internal static class EvidenceRule
{
    // What counts against a reference follows from the loggers alone, which are the same for all proxies with the same resources: most are weighed once.
    private static readonly ConditionalWeakTable<ProxyLogging, LastCleared> Cleared = [];

    /// <summary>Whether a reason is about other resources, and so nothing that could be put right on the object.</summary>
    public static bool IsAboutOthers(ReasonCode reason) => reason is ReasonCode.DoubledLines or ReasonCode.ReferenceSilenced or ReasonCode.ReferenceLogsNothing;

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
        var cleared = Cleared.GetOrCreateValue(logging);
        if (ReferenceEquals(cleared.Resource, resource))
        {
            return judgement;
        }

        var weighed = Weigh(judgement, resource, isManaged, proxy, logging, context);
        if (ReferenceEquals(weighed, judgement))
        {
            cleared.Resource = resource;
        }

        return weighed;
    }

    private static Judgement Weigh(Judgement judgement, LoggingResource resource, bool isManaged, Proxy proxy, ProxyLogging logging, PolicyContext context)
    {
        var isDoubtful = logging.IsDoubtful(resource.Key);
        var lost = isDoubtful ? null : LostEvents.FirstOf(resource, proxy, logging, context.Mesh, context.RootNamespace);
        if (!isDoubtful && !logging.Loggers.Any(logger => logger.Origin.IsOf(resource.Kind, resource.Key) && (!logger.IsCertain || logger.Logs)))
        {
            return lost is null ? Silent(judgement, resource, isManaged, proxy, logging, context) : Silenced(judgement, resource, lost, isWhole: true, proxy, context);
        }

        // Of a proxy that may be a gateway some of the listeners are not there at all.
        return Broken(judgement, resource, logging)
            ?? (lost is null || proxy is Proxy.Sidecar { IsGateway: null } ? null : Silenced(judgement, resource, lost, isWhole: false, proxy, context))
            ?? Doubled(judgement, resource, proxy, logging, context)
            ?? Qualified(judgement, resource, logging);
    }

    private static Judgement Silenced(Judgement judgement, LoggingResource resource, LostEvents lost, bool isWhole, Proxy proxy, PolicyContext context)
    {
        var title = $"{resource.Kind} {resource.Key}";
        var what = lost switch
        {
            { By: LoggerOrigin.Provider } => $"switches off {title}",
            { IsByName: true } => $"gives the filter another name, which {title} does not match",
            _ => $"takes away what has the access log of {title}",
        };
        return new(
            Verdict.Dangling, ReasonCode.ReferenceSilenced, judgement.Profile,
            isWhole ? $"is not logged: {lost.By.Title} {what}." : $"is logged in part only: {lost.By.Title} {what}, for {TitleOf(lost)}.",
            lost.By switch
            {
                LoggerOrigin.Patch patch when lost.IsByName => $"Remove the name from the value of spec.configPatches[{patch.Index}] of EnvoyFilter {patch.EnvoyFilter}.",
                LoggerOrigin.Patch patch => $"Remove spec.configPatches[{patch.Index}] of EnvoyFilter {patch.EnvoyFilter}.",
                LoggerOrigin.Provider { Telemetry: { } telemetry } provider => $"Let Telemetry {telemetry} log by provider {Excerpt.Of(provider.Name)}, too, or select other workloads.",
                _ => "",
            },
            RefusedByEnforce: IsTeams(lost.By, proxy, context));
    }

    /// <summary>Of a reference whose patches istiod gives up, as far as can be told: what it has patched before stays.</summary>
    private static Judgement? Broken(Judgement judgement, LoggingResource resource, ProxyLogging logging)
    {
        var own = Own(resource, logging);
        return logging.Doubts.FirstOrDefault(doubt => doubt.Breaks is { } breaks
            && (own.Count == 0 ? breaks.EnvoyFilter == resource.Key : own.TrueForAll(logger => logger.Doubt == doubt.Problem))) is { Breaks: { } patch } broken
            ? new(
                Verdict.Dangling, ReasonCode.ReferenceSilenced, judgement.Profile,
                $"is not logged, as far as is known: {broken.Problem}",
                $"Correct or remove spec.configPatches[{patch.Index}] of EnvoyFilter {patch.EnvoyFilter}.",
                RefusedByEnforce: false)
            : null;
    }

    /// <summary>What a verdict rests on, where that is not certain or not everywhere.</summary>
    private static Judgement Qualified(Judgement judgement, LoggingResource resource, ProxyLogging logging)
    {
        var own = Own(resource, logging);
        if (own.Count == 0 || own.Exists(logger => logger.Logs && !logger.IsPart))
        {
            return judgement;
        }

        return judgement with
        {
            Problem = own.Find(logger => logger.Logs) is { } part ? $"{judgement.Problem.TrimEnd('.')}, {part.Place}."
                : own.Find(logger => !logger.IsCertain) is { } doubtful ? $"{judgement.Problem.TrimEnd('.')}, as far as is known. {doubtful.Doubt}"
                : judgement.Problem,
        };
    }

    /// <summary>The loggers of a reference; only those of requests where it has such.</summary>
    private static List<ActiveLogger> Own(LoggingResource resource, ProxyLogging logging)
    {
        var own = logging.Events.Select(events => (events.Protocol, Loggers: events.Loggers.Where(logger => logger.Origin.IsOf(resource.Kind, resource.Key)))).ToList();
        var requests = own.Where(events => events.Protocol == LogProtocol.Http).SelectMany(events => events.Loggers).ToList();
        return requests.Count > 0 ? requests : [.. own.SelectMany(events => events.Loggers)];
    }

    private static Judgement Silent(Judgement judgement, LoggingResource resource, bool isManaged, Proxy proxy, ProxyLogging logging, PolicyContext context)
    {
        var title = $"{resource.Kind} {resource.Key}";
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
            RefusedByEnforce: !isManaged && IsTeams(resource.Key, proxy, context));
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

        // Each event with what the reference doubles: first where that is certain, and of the others first what the team can put right.
        var pairs =
            from doubled in DoubledLines.Of(logging)
            from own in doubled.Loggers
            where own.Origin.IsOf(resource.Kind, resource.Key)
            from other in doubled.Loggers
            where !ReferenceEquals(own, other) && DoubledLines.Overlap(own, other)
            select (Doubled: doubled, Other: other.Origin, Part: own.IsPart ? own : other.IsPart ? other : null);
        var found = pairs.ToList();
        if (found.Count == 0)
        {
            return null;
        }

        var isPart = found.TrueForAll(pair => pair.Part is not null);
        var (events, _, part) = found.Find(pair => pair.Part is null == !isPart);
        var others = found.Where(pair => ReferenceEquals(pair.Doubled, events) && pair.Part?.Where == part?.Where).Select(pair => pair.Other).ToList();
        // Where the reference itself logs twice, its second logger is the one to take away.
        var foreign = others.FindAll(origin => !origin.IsOf(resource.Kind, resource.Key));
        var culprit = foreign.Find(origin => IsTeams(origin, proxy, context)) ?? foreign.FirstOrDefault() ?? events.Loggers[^1].Origin;
        var lines = events.Loggers.Count(logger => !logger.IsPart || logger.Where == part?.Where);
        return new(
            Verdict.Duplicated, ReasonCode.DoubledLines, judgement.Profile,
            $"is logged by {resource.Kind} {resource.Key} and by {culprit.Title}, too: {EventOf(events)}{(part is null ? "" : $" {part.Place},")} has {lines} lines in {events.Sink.Title}.",
            Remedy(culprit, proxy),
            RefusedByEnforce: !isPart && IsTeams(culprit, proxy, context));
    }

    private static string TitleOf(LostEvents lost) => $"{lost.Direction switch
    {
        LogDirection.Inbound => "inbound ",
        LogDirection.Outbound => "outbound ",
        _ => "",
    }}{lost.Protocol switch
    {
        LogProtocol.Http => "HTTP requests",
        LogProtocol.Tcp => "TCP connections",
        LogProtocol.Listener => "connections without a filter chain",
        _ => "traffic",
    }}";

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

    /// <summary>The reference against which nothing was found last. Written and read whole, whoever comes first.</summary>
    private sealed class LastCleared
    {
        public LoggingResource? Resource { get; set; }
    }
}
