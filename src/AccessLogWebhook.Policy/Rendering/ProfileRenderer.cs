using System.Runtime.CompilerServices;
using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Policy.Profiles;

namespace AccessLogWebhook.Policy.Rendering;

/// <summary>Renders profiles. The same profile renders to the same resources, in every process and at any time.</summary>
public static class ProfileRenderer
{
    // Snapshots share the profiles that have not changed, and a plan is made after every change of anything.
    private static readonly ConditionalWeakTable<AccessLogProfile, ProfileRendering> Known = [];

    /// <summary>The rendering of a profile, made once for each instance: neither changes.</summary>
    /// <exception cref="ArgumentException">The profile has errors, or names a reference instead of rendering one.</exception>
    public static ProfileRendering Render(AccessLogProfile profile)
    {
        if (!profile.Errors.IsEmpty)
        {
            throw new ArgumentException($"profile {profile.Name} has errors: {profile.Errors[0]}", nameof(profile));
        }

        if (profile.EnvoyFilterRef is { } reference)
        {
            throw new ArgumentException($"profile {profile.Name} names the EnvoyFilter {reference} and renders none", nameof(profile));
        }

        return Known.GetValue(profile, static profile => ProfileRendering.Of(profile.Backend == LoggingResourceKind.Telemetry ? Telemetry(profile) : EnvoyFilter(profile)));
    }

    private static RenderedContent EnvoyFilter(AccessLogProfile profile)
    {
        var content = new EnvoyFilterContent(profile.Name, profile.Logging);
        return new RenderedContent(
            profile.Name, LoggingResourceKind.EnvoyFilter, content.ForWorkloads(), content.ForWaypoint(), TelemetryContent.Silencer(profile.Logging), null, content.ReferencedServices());
    }

    private static RenderedContent Telemetry(AccessLogProfile profile)
    {
        var provider = MeshProviders.Of(profile.Logging);
        var name = provider?.Name ?? ((LogOutput.Provider)profile.Logging.Output).Name;
        return new RenderedContent(
            profile.Name,
            LoggingResourceKind.Telemetry,
            TelemetryContent.ForWorkloads(profile.Logging, name),
            TelemetryContent.ForWaypoint(profile.Logging, name),
            null,
            provider,
            "");
    }
}
