using System.Collections.Immutable;

namespace AccessLogWebhook.Policy.Logging;

/// <summary>
/// The mesh's own settings of access logging (<c>meshConfig</c>, istio/api <c>mesh/v1alpha1/config.proto</c>), with istiod's defaults where they are not set
/// (<c>pkg/config/mesh/mesh.go DefaultMeshConfig</c>).
/// </summary>
public sealed record MeshLogging
{
    /// <summary>The provider that istiod has built in.</summary>
    public const string BuiltIn = "envoy";

    /// <summary>The cluster of Envoy's access log service, in every proxy's bootstrap (<c>accesslog.go EnvoyAccessLogCluster</c>).</summary>
    public const string ServiceCluster = "envoy_accesslog_service";

    /// <summary>istiod without a configuration.</summary>
    public static MeshLogging Default { get; } = new();

    /// <summary>Why the settings are not known, a sentence; empty where they are.</summary>
    public string Problem { get; init; } = "";

    public bool IsKnown => Problem.Length == 0;

    /// <summary><c>accessLogFile</c>; empty for none.</summary>
    public string AccessLogFile { get; init; } = "";

    /// <summary>By <c>accessLogEncoding</c> and <c>accessLogFormat</c>.</summary>
    public LogFormatSummary Format { get; init; } = LoggerFormats.IstioText;

    public bool EnableEnvoyAccessLogService { get; init; }

    public bool DisableEnvoyListenerLog { get; init; }

    /// <summary><c>defaultProviders.accessLogging</c>.</summary>
    public ImmutableArray<string> DefaultProviders { get; init; } = [];

    /// <summary>In istiod's order: the built-in ones, then those of the configuration.</summary>
    public ImmutableArray<LogProvider> Providers { get; init; } =
    [
        new("prometheus", null),
        new("stackdriver", null),
        new(BuiltIn, new LoggerContent(LogSink.Stdout, LoggerFormats.IstioText), IsPlainFile: true),
    ];

    /// <summary><c>rootNamespace</c>; empty where it is not set.</summary>
    public string RootNamespace { get; init; } = "";

    public static MeshLogging Unknown(string problem) => Default with { Problem = problem };

    /// <summary>The first of that name, whatever its case (<c>telemetry.go fetchProvider</c>); null where there is none.</summary>
    public LogProvider? Provider(string name)
    {
        foreach (var provider in Providers)
        {
            if (string.Equals(provider.Name, name, StringComparison.OrdinalIgnoreCase))
            {
                return provider;
            }
        }

        return null;
    }

    /// <summary>What a provider logs; the built-in one has the mesh's format where it has none of its own (<c>telemetry_logging.go telemetryAccessLog</c>).</summary>
    public LoggerContent? LoggerOf(LogProvider provider) =>
        provider is { IsPlainFile: true, Name: BuiltIn, Logger: { } logger } ? logger with { Format = Format } : provider.Logger;

    /// <summary>Whether both are the same as far as access logging goes.</summary>
    public bool Agrees(MeshLogging other) =>
        Problem == other.Problem
        && AccessLogFile == other.AccessLogFile
        && Format == other.Format
        && EnableEnvoyAccessLogService == other.EnableEnvoyAccessLogService
        && DisableEnvoyListenerLog == other.DisableEnvoyListenerLog
        && RootNamespace == other.RootNamespace
        && DefaultProviders.SequenceEqual(other.DefaultProviders)
        && Providers.SequenceEqual(other.Providers);
}
