using System.Collections.Immutable;
using AccessLogWebhook.Policy.Mesh;

namespace AccessLogWebhook.Policy.Profiles;

/// <summary>Reads what a profile says about logging: the fields of its spec that are rendered.</summary>
internal static class LoggingReader
{
    private const int MostSilencedProviders = 16;

    private static readonly ImmutableArray<(string Name, LoggedProxies Value)> Proxies =
    [
        ("sidecarInbound", LoggedProxies.SidecarInbound),
        ("sidecarOutbound", LoggedProxies.SidecarOutbound),
        ("gateway", LoggedProxies.Gateway),
        ("waypoint", LoggedProxies.Waypoint),
    ];

    private static readonly ImmutableArray<(string Name, LoggedProtocols Value)> Protocols =
    [
        ("http", LoggedProtocols.Http),
        ("tcp", LoggedProtocols.Tcp),
        ("listener", LoggedProtocols.Listener),
    ];

    public static ProfileLogging Read(string profile, SpecFields spec, LoggingResourceKind backend)
    {
        if (spec.Has("envoyFilterRef"))
        {
            RefuseBesideReference(spec, backend);
            return ProfileLogging.Default;
        }

        var format = FormatReader.Read(spec);
        var proxies = spec.Set("proxies", Proxies.Length, item => Fault(item, [.. Proxies.Select(known => known.Name)]), leastItems: 1);
        var protocols = spec.Set("protocols", Protocols.Length, item => Fault(item, [.. Protocols.Select(known => known.Name)]), leastItems: 1);
        var filter = FilterReader.Read(spec);
        var output = OutputReader.Read(profile, spec);
        var logging = new ProfileLogging
        {
            Format = output is LogOutput.Grpc or LogOutput.Provider ? null : format ?? LogFormat.Istio,
            Proxies = proxies.IsEmpty ? LoggedProxies.All : Proxies.Where(known => proxies.Contains(known.Name)).Aggregate(LoggedProxies.None, (all, known) => all | known.Value),
            Protocols = protocols.IsEmpty
                ? LoggedProtocols.All
                : Protocols.Where(known => protocols.Contains(known.Name)).Aggregate(LoggedProtocols.None, (all, known) => all | known.Value),
            Filter = filter,
            Output = output,
            SilencedProviders = spec.Set("silencedProviders", MostSilencedProviders, ProviderNames.Fault),
        };
        BackendRules.Check(spec, logging, backend);
        return logging;
    }

    // A reference is instead of everything that renders: beside it, these fields would silently do nothing.
    private static void RefuseBesideReference(SpecFields spec, LoggingResourceKind backend)
    {
        foreach (var name in (ReadOnlySpan<string>)["format", "proxies", "protocols", "filter", "output", "silencedProviders"])
        {
            if (spec.Any(name) is not null)
            {
                spec.Refuse(
                    name,
                    name == "silencedProviders"
                        ? "is rendered together with a reference of ours: beside envoyFilterRef, switch providers off by a Telemetry of your own."
                        : $"an EnvoyFilter named by envoyFilterRef has its own {name}: leave it out.");
            }
        }

        if (backend == LoggingResourceKind.Telemetry)
        {
            spec.Refuse("envoyFilterRef", "backend Telemetry takes no EnvoyFilter: leave backend out.");
        }
    }

    private static string? Fault(string item, ReadOnlySpan<string> known) => known.Contains(item) ? null : $"must be {SpecFields.OneOf(known)}.";
}
