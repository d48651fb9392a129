using System.Text.Json;
using System.Text.Json.Nodes;
using AccessLogWebhook.Policy.Mesh;

namespace AccessLogWebhook.Policy.Rendering;

/// <summary>
/// What one revision of a profile renders to. Every call makes the resource anew, so that nobody changes another's; renderings of the
/// same revision are equal byte by byte.
/// </summary>
public sealed class ProfileRendering
{
    /// <summary>
    /// Forty bits: of the thousand revisions that a profile may see in its life, two are equal by chance in one profile of two million.
    /// </summary>
    private const int RevisionLength = 10;

    private readonly RenderedContent content;

    private ProfileRendering(RenderedContent content, string revision)
    {
        this.content = content;
        Revision = revision;
    }

    /// <summary>The profile's name.</summary>
    public string Profile => content.Profile;

    /// <summary>
    /// Ten lower-case hexadecimal digits of SHA-256 over all that is rendered, with blanks for namespace, gateway and revision. It depends neither on
    /// how the profile was written nor on what of it is not rendered.
    /// </summary>
    public string Revision { get; }

    public LoggingResourceKind Backend => content.Backend;

    /// <summary>What the mesh configuration must have for a Telemetry to log; null where it needs nothing of ours.</summary>
    public MeshProvider? Provider => content.Provider is { } provider ? provider with { Entry = Copy(provider.Entry) } : null;

    /// <summary>The reference of Pods, which selects them by their labels; null where the profile logs on waypoints only.</summary>
    /// <param name="namespace">
    /// Of an EnvoyFilter the mesh's root namespace, from which it reaches the Pods of all namespaces. Of a Telemetry that of the Pods: in the root
    /// namespace, too, it selects Pods of its own namespace only (<c>pilot/pkg/model/telemetry.go</c>, applicableTelemetries).
    /// </param>
    public RenderedResource? ForWorkloads(string @namespace) =>
        content.Workloads is { } members ? Selecting(Backend, members, @namespace) : null;

    /// <summary>The reference of a waypoint, which targets its Gateway from the same namespace; null where the profile does not log on waypoints.</summary>
    public RenderedResource? ForWaypoint(ObjectKey gateway) =>
        content.Waypoint is { } members ? Targeting(Backend, members, gateway) : null;

    /// <summary>
    /// The Telemetry that switches <c>silencedProviders</c> off on the profile's Pods in their namespace; null where there is nothing to switch off.
    /// </summary>
    public RenderedResource? SilencerForWorkloads(string @namespace) =>
        content is { Silencer: { } members, Workloads: not null } ? AsSilencer(Selecting(LoggingResourceKind.Telemetry, members, @namespace)) : null;

    /// <summary>As <see cref="SilencerForWorkloads"/>, for a waypoint.</summary>
    public RenderedResource? SilencerForWaypoint(ObjectKey gateway) =>
        content is { Silencer: { } members, Waypoint: not null } ? AsSilencer(Targeting(LoggingResourceKind.Telemetry, members, gateway)) : null;

    internal static ProfileRendering Of(RenderedContent content)
    {
        var draft = new ProfileRendering(content, "");
        var blank = new ObjectKey("", "");
        var all = new JsonArray(
            draft.ForWorkloads("")?.ToManifest(),
            draft.ForWaypoint(blank)?.ToManifest(),
            Unmarked(draft.SilencerForWorkloads("")),
            Unmarked(draft.SilencerForWaypoint(blank)),
            draft.Provider?.Entry);
        using var document = JsonDocument.Parse(all.ToJsonString());
        return new ProfileRendering(content, CanonicalJson.Hash(document.RootElement)[..RevisionLength]);
    }

    // Its name is that of the reference that it goes with, and after a change of backend the other kind is looked at by name, too.
    private static RenderedResource AsSilencer(RenderedResource resource) =>
        resource with { Labels = resource.Labels.With(LabelSet.Of((AccessLogKeys.Role, AccessLogKeys.Silencer))) };

    // What tells it apart is no part of what a proxy gets: it makes no new revision.
    private static JsonObject? Unmarked(RenderedResource? silencer) =>
        silencer is null ? null : (silencer with { Labels = LabelSet.From(silencer.Labels.Where(label => label.Key != AccessLogKeys.Role)) }).ToManifest();

    private RenderedResource Selecting(LoggingResourceKind kind, JsonObject members, string @namespace)
    {
        var labels = new JsonObject { [AccessLogKeys.Profile] = Profile, [AccessLogKeys.Revision] = Revision };
        var attachment = kind == LoggingResourceKind.EnvoyFilter
            ? new JsonObject { ["workloadSelector"] = new JsonObject { ["labels"] = labels } }
            : new JsonObject { ["selector"] = new JsonObject { ["matchLabels"] = labels } };
        return Resource(kind, new ObjectKey(@namespace, ReferenceNames.Of(Profile, Revision)), attachment, members, selects: true);
    }

    private RenderedResource Targeting(LoggingResourceKind kind, JsonObject members, ObjectKey gateway)
    {
        var target = new JsonObject { ["group"] = "gateway.networking.k8s.io", ["kind"] = "Gateway", ["name"] = gateway.Name };
        var key = new ObjectKey(gateway.Namespace, ReferenceNames.OfWaypoint(Profile, Revision, gateway.Name));
        return Resource(kind, key, new JsonObject { ["targetRefs"] = new JsonArray(target) }, members, selects: false);
    }

    private RenderedResource Resource(LoggingResourceKind kind, ObjectKey key, JsonObject attachment, JsonObject members, bool selects)
    {
        foreach (var (name, value) in members)
        {
            attachment[name] = value?.DeepClone();
        }

        return new RenderedResource(
            kind, key, ResourceMetadata.Labels(Profile, Revision), ResourceMetadata.Annotations(kind, selects, content.ReferencedServices), attachment);
    }

    private static JsonObject Copy(JsonObject entry) => entry.DeepClone().AsObject();
}
