using System.Collections.Immutable;
using AccessLogWebhook.Policy.Json;
using AccessLogWebhook.Policy.Linting.EnvoyFilters;
using AccessLogWebhook.Policy.Linting.Protos;

namespace AccessLogWebhook.Policy.Linting.Doubles;

/// <summary>An access log that a patch adds to what Istio makes, and to what it adds it.</summary>
/// <param name="Sink">Where it writes; two with an equal one write to the same place.</param>
internal sealed record AddedLog(AccessLogEntry Entry, FilterPatch Patch, string Sink)
{
    /// <summary>An EnvoyFilter with more would be compared with itself for seconds.</summary>
    private const int Most = 100;

    /// <summary>Those of which it is known where they write. What goes into a listener of the author's own is nobody else's.</summary>
    public static IEnumerable<AddedLog> Of(IEnumerable<FilterPatch> patches) => patches
        .Where(IsAdded)
        .SelectMany(patch => patch.Logs.Select(entry => SinkOf(entry) is { } sink ? new AddedLog(entry, patch, sink) : null))
        .OfType<AddedLog>()
        .Take(Most);

    /// <summary>What a connection or request must be to be logged, a text for each condition; empty for none. Made once, since many are compared.</summary>
    private ImmutableArray<string> Conditions { get; } =
    [
        Patch.Context == "ANY" ? "" : Patch.Context,
        Raw(Patch.Listener?["name"]),
        Raw(Patch.Listener?["portNumber"]),
        Raw(Patch.Listener?["filterChain"]?["name"]),
        Raw(Patch.Listener?["filterChain"]?["sni"]),
        Raw(Patch.Listener?["filterChain"]?["destinationPort"]),
        Raw(Patch.Match?["proxy"]),
        // Of two filters it is not known whether one request passes both.
        Raw(Entry.Filter),
    ];

    /// <summary>Whether both log some request, or connection, to the same place.</summary>
    public bool Doubles(AddedLog other)
    {
        if (Entry.Point != other.Entry.Point || Sink != other.Sink)
        {
            return false;
        }

        for (var index = 0; index < Conditions.Length; index++)
        {
            var (left, right) = (Conditions[index], other.Conditions[index]);
            if (left.Length > 0 && right.Length > 0 && left != right)
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsAdded(FilterPatch patch) => patch.Context != "WAYPOINT" && patch switch
    {
        { Operation: "MERGE", ApplyTo: "NETWORK_FILTER" } => LoggingFilters.Find(patch.FilterName)?.Name == patch.FilterName,
        { Merges: true, ApplyTo: "LISTENER" } => true,
        _ => false,
    };

    private static string Raw(Field? field) => field?.Value.Written() ?? "";

    private static string? SinkOf(AccessLogEntry entry) => entry.Type switch
    {
        ProtoTypes.FileAccessLog => entry.Config?["path"]?.Text,
        ProtoTypes.StdoutAccessLog => "/dev/stdout",
        ProtoTypes.StderrAccessLog => "/dev/stderr",
        ProtoTypes.HttpGrpcAccessLog or ProtoTypes.TcpGrpcAccessLog or ProtoTypes.OpenTelemetryAccessLog =>
            (entry.Config?.Proto("grpc_service") ?? entry.Config?.Proto("common_config")?.Proto("grpc_service"))?.Proto("envoy_grpc")?.Proto("cluster_name")?.Text,
        _ => null,
    };
}
