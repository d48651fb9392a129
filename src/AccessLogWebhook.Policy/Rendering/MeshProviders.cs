using System.Collections.Immutable;
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using AccessLogWebhook.Policy.Profiles;

namespace AccessLogWebhook.Policy.Rendering;

/// <summary>
/// Entries of <c>meshConfig.extensionProviders</c> (istio/api <c>mesh/v1alpha1/config.proto</c>, MeshConfig.ExtensionProvider; what istiod makes of them:
/// <c>pilot/pkg/model/telemetry_logging.go</c>, telemetryAccessLog).
/// </summary>
internal static class MeshProviders
{
    private const int DigestLength = 10;

    /// <summary>The provider that a Telemetry of ours names; null where the profile names one that the mesh has.</summary>
    public static MeshProvider? Of(ProfileLogging logging)
    {
        if (logging.Output is LogOutput.Provider)
        {
            return null;
        }

        var (kind, fields) = logging.Output switch
        {
            LogOutput.File file => ("envoyFileAccessLog", EnvoyTypes.Message(("path", file.Path), ("logFormat", LogFormat(logging)))),
            LogOutput.OpenTelemetry collector => ("envoyOtelAls", EnvoyTypes.Message(
                ("service", collector.Service.Service), ("port", collector.Service.Port), ("logName", collector.LogName), ("logFormat", LogFormat(logging)))),
            // The entries of TCP connections, too, come as HTTP entries, with an empty request: a Telemetry has one logger for both.
            LogOutput.Grpc server => ("envoyHttpAls", EnvoyTypes.Message(
                ("service", server.Service.Service),
                ("port", server.Service.Port),
                ("logName", server.LogName),
                ("filterStateObjectsToLog", List(server.FilterStateObjects)),
                ("additionalRequestHeadersToLog", List(server.RequestHeaders)),
                ("additionalResponseHeadersToLog", List(server.ResponseHeaders)),
                ("additionalResponseTrailersToLog", List(server.ResponseTrailers)))),
            _ => throw new UnreachableException(),
        };
        using var content = JsonDocument.Parse(new JsonObject { [kind] = fields.DeepClone() }.ToJsonString());
        var name = $"accesslog-{CanonicalJson.Hash(content.RootElement)[..DigestLength]}";
        return new MeshProvider(name, new JsonObject { ["name"] = name, [kind] = fields });
    }

    // istiod ends a text line of a file itself.
    private static JsonObject LogFormat(ProfileLogging logging) => logging.Format switch
    {
        LogFormat.Json json => new JsonObject { ["labels"] = FormatJson.Struct(json.Format.Value) },
        LogFormat.Text text => new JsonObject { ["text"] = FormatJson.LineWithoutBreak(text) },
        _ => throw new UnreachableException(),
    };

    private static JsonArray? List(ImmutableArray<string> items) => items.IsEmpty ? null : new JsonArray([.. items.Select(item => JsonValue.Create(item))]);
}
