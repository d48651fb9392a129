using System.Collections.Immutable;
using AccessLogWebhook.Policy.Mesh;

namespace AccessLogWebhook.Policy.Profiles;

/// <summary>Where the lines go. Sets are in ordinal order.</summary>
public abstract record LogOutput
{
    private LogOutput()
    {
    }

    public static LogOutput StandardOutput { get; } = new File("/dev/stdout");

    /// <summary>A file in the proxy's container.</summary>
    public sealed record File(string Path) : LogOutput;

    /// <summary>A collector, by OTLP over gRPC: a JSON format becomes attributes, a text format the body.</summary>
    /// <param name="DisableBuiltinLabels">Null where the profile leaves it to the backend: by an EnvoyFilter they are sent, by a Telemetry never.</param>
    public sealed record OpenTelemetry(ServicePort Service, string LogName, LabelSet ResourceAttributes, bool? DisableBuiltinLabels) : LogOutput;

    /// <summary>Envoy's gRPC access log service, which is sent structured entries.</summary>
    public sealed record Grpc(
        ServicePort Service,
        string LogName,
        ImmutableArray<string> RequestHeaders,
        ImmutableArray<string> ResponseHeaders,
        ImmutableArray<string> ResponseTrailers,
        ImmutableArray<string> FilterStateObjects) : LogOutput;

    /// <summary>An entry of <c>meshConfig.extensionProviders</c> that somebody else keeps; a Telemetry names it.</summary>
    public sealed record Provider(string Name) : LogOutput;
}
