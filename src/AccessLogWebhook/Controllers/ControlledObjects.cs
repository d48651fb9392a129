using AccessLogWebhook.Cluster;
using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Policy.Rendering;

namespace AccessLogWebhook.Controllers;

/// <summary>Where the objects are that controllers write.</summary>
internal static class ControlledObjects
{
    public const string ProfileApiVersion = "accesslog.mesh/v1alpha1";

    public const string Profiles = "accesslogprofiles";

    public static ObjectPath Profile(string name) => new(ProfileApiVersion, Profiles, "", name);

    public static ObjectPath Of(RenderedResource resource) => Reference(resource.Kind, resource.ApiVersion, resource.Key);

    public static ObjectPath Of(ReferenceRemoval removal) => Reference(removal.Kind, RenderedResource.ApiVersionOf(removal.Kind), removal.Key);

    /// <summary>The resource name, which is also the title of its cache.</summary>
    public static string Plural(LoggingResourceKind kind) => kind == LoggingResourceKind.Telemetry ? "telemetries" : "envoyfilters";

    private static ObjectPath Reference(LoggingResourceKind kind, string apiVersion, ObjectKey key) =>
        new(apiVersion, Plural(kind), key.Namespace, key.Name);
}
