using AccessLogWebhook.Policy.Mesh;

namespace AccessLogWebhook.Policy.Logging;

/// <summary>Where a logger comes from.</summary>
public abstract record LoggerOrigin
{
    private LoggerOrigin()
    {
    }

    /// <summary>For sentences: <c>EnvoyFilter istio-system/team (spec.configPatches[0])</c>.</summary>
    public abstract string Title { get; }

    /// <summary>A setting of the mesh: <c>accessLogFile</c>.</summary>
    public sealed record MeshSetting(string Name) : LoggerOrigin
    {
        public override string Title => $"meshConfig.{Name}";
    }

    /// <summary>A provider, by a Telemetry or by the mesh's default providers.</summary>
    /// <param name="Telemetry">Null for <c>meshConfig.defaultProviders</c>.</param>
    public sealed record Provider(ObjectKey? Telemetry, string Name) : LoggerOrigin
    {
        public override string Title => Telemetry is { } key
            ? $"Telemetry {key} (provider {Json.Excerpt.Of(Name)})"
            : $"meshConfig.defaultProviders.accessLogging (provider {Json.Excerpt.Of(Name)})";
    }

    public sealed record Patch(ObjectKey EnvoyFilter, int Index) : LoggerOrigin
    {
        public override string Title => $"EnvoyFilter {EnvoyFilter} (spec.configPatches[{Index}])";
    }

    /// <summary>Whether it is of that resource.</summary>
    public bool IsOf(LoggingResourceKind kind, ObjectKey key) => this switch
    {
        Patch patch => kind == LoggingResourceKind.EnvoyFilter && patch.EnvoyFilter == key,
        Provider { Telemetry: { } telemetry } => kind == LoggingResourceKind.Telemetry && telemetry == key,
        _ => false,
    };
}
