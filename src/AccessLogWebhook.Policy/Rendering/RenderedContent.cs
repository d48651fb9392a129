using System.Text.Json.Nodes;
using AccessLogWebhook.Policy.Mesh;

namespace AccessLogWebhook.Policy.Rendering;

/// <summary>What a profile's resources say, apart from whom they reach and what they are called.</summary>
/// <param name="Workloads">Members of the spec; null where the profile logs on waypoints only.</param>
/// <param name="Waypoint">Members of the spec; null where the profile does not log on waypoints.</param>
/// <param name="Silencer">Members of a Telemetry's spec; null where nothing is switched off.</param>
/// <param name="ReferencedServices">Services whose clusters the patches name, as <see cref="ResourceMetadata.ReferencedServices"/> lists them; empty for none.</param>
internal sealed record RenderedContent(
    string Profile,
    LoggingResourceKind Backend,
    JsonObject? Workloads,
    JsonObject? Waypoint,
    JsonObject? Silencer,
    MeshProvider? Provider,
    string ReferencedServices);
