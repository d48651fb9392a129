using AccessLogWebhook.Policy.Decisions;
using AccessLogWebhook.Policy.Json;
using AccessLogWebhook.Policy.Logging;
using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Policy.Workloads;

namespace AccessLogWebhook.Policy.Explaining;

/// <summary>How it comes that the loggers of a proxy are what they are: a sentence for each resource that counts.</summary>
internal static class ChainText
{
    public static IEnumerable<string> Of(Proxy proxy, Workload workload, ProxyLogging logging, PolicyContext context)
    {
        foreach (var request in Modes.All.Select(mode => Modes.Requested(mode, context.Namespace, context.Settings)).OfType<ModeRequest>())
        {
            yield return Sentence(request.Source);
        }

        var labels = workload is KubernetesGateway gateway ? gateway.CopiedLabels : workload.Labels;
        var own = LabelSet.From(labels.Where(label => label.Key.StartsWith(AccessLogKeys.Prefix, StringComparison.Ordinal)));
        if (own.Count > 0)
        {
            yield return $"It carries {Excerpt.Of(own.ToString(), 200)}.";
        }

        var told = new HashSet<string>(StringComparer.Ordinal);
        foreach (var origin in logging.Loggers.Select(logger => logger.Origin))
        {
            if (Of(origin, proxy, context) is var sentence && told.Add(sentence))
            {
                yield return sentence;
            }
        }

        foreach (var (logger, by) in logging.Events.SelectMany(events => events.Silenced))
        {
            if ($"{by.Title} takes away what {logger.Origin.Title} adds." is var sentence && told.Add(sentence))
            {
                yield return sentence;
            }
        }
    }

    private static string Of(LoggerOrigin origin, Proxy proxy, PolicyContext context) => origin switch
    {
        LoggerOrigin.Patch patch => Reaching(LoggingResourceKind.EnvoyFilter, patch.EnvoyFilter, proxy, context),
        LoggerOrigin.Provider { Telemetry: { } telemetry } => Reaching(LoggingResourceKind.Telemetry, telemetry, proxy, context),
        LoggerOrigin.Provider provider => $"meshConfig.defaultProviders.accessLogging names {Excerpt.Of(provider.Name)}, and no Telemetry says otherwise.",
        _ => $"{origin.Title} is set, and no Telemetry says otherwise.",
    };

    private static string Reaching(LoggingResourceKind kind, ObjectKey key, Proxy proxy, PolicyContext context)
    {
        var title = $"{kind} {key}";
        if (context.Mesh.Find(kind, key) is not { } resource)
        {
            return $"{title} reaches it.";
        }

        if (!resource.TargetRefs.IsEmpty && proxy is not Proxy.Sidecar)
        {
            var target = resource.TargetRefs[0];
            return $"{title} targets {Excerpt.Of($"{target.Kind} {target.Name}")}{(resource.TargetRefs.Length == 1 ? "" : $" and {resource.TargetRefs.Length - 1} more")}.";
        }

        if (resource.Selector is { Count: > 0 } selector)
        {
            return $"{title} selects {Excerpt.Of(selector.ToString(), 200)}, which it carries.";
        }

        return key.Namespace == context.RootNamespace ? $"{title} is in the root namespace, for everything." : $"{title} is for everything in namespace {key.Namespace}.";
    }

    private static string Sentence(string clause) => $"{char.ToUpperInvariant(clause[0])}{clause[1..]}.";
}
