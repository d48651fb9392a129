using System.Collections.Immutable;
using AccessLogWebhook.Policy.Decisions;
using AccessLogWebhook.Policy.Mesh;

namespace AccessLogWebhook.Policy.Rendering;

/// <summary>
/// Who uses which profile, revision and reference: Pods and Gateways by the labels and annotations that they carry (a waypoint and an Istio Gateway have the annotation
/// alone), namespaces by what they ask for. One pass over a snapshot, so that a plan costs the same however many revisions there are.
/// </summary>
internal sealed class ReferenceUsage
{
    private readonly HashSet<(string Profile, string Revision)> revisions = [];
    private readonly HashSet<(string Profile, string Revision, string Namespace)> places = [];
    private readonly HashSet<string> named = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ProfileUsers> users = new(StringComparer.Ordinal);

    private readonly MeshSnapshot mesh;
    private readonly ILookup<ObjectKey, string> byName;

    private ReferenceUsage(MeshSnapshot mesh)
    {
        this.mesh = mesh;
        byName = mesh.Profiles.Values.Where(profile => profile.EnvoyFilterRef is not null).ToLookup(profile => profile.EnvoyFilterRef!.Value, profile => profile.Name);
    }

    public static ReferenceUsage Of(MeshSnapshot mesh, PolicySettings settings)
    {
        var usage = new ReferenceUsage(mesh);
        foreach (var (key, pod) in mesh.Pods)
        {
            usage.Add("Pod", key, pod.Labels, pod.Annotations);
        }

        foreach (var (key, gateway) in mesh.KubernetesGateways)
        {
            usage.Add("Gateway", key, gateway.CopiedLabels, gateway.Annotations);
        }

        foreach (var (key, gateway) in mesh.IstioGateways)
        {
            usage.Add("Gateway", key, gateway.Labels, gateway.Annotations);
        }

        // No workload comes into a namespace that is being deleted; those that are still in it count as the carriers that they are.
        foreach (var (name, facts) in mesh.Namespaces.Where(@namespace => !@namespace.Value.IsTerminating && !settings.Exemptions.Namespaces.Contains(@namespace.Key)))
        {
            foreach (var mode in Modes.All)
            {
                if (Modes.Requested(mode, facts, settings) is { } request)
                {
                    usage.UsersOf(request.Profile).Ask(name, request);
                }
            }
        }

        return usage;
    }

    /// <summary>Whether a workload carries the revision, anywhere.</summary>
    public bool IsCarried(string profile, string revision) => revisions.Contains((profile, revision));

    /// <summary>Whether a workload of that namespace carries the revision.</summary>
    public bool IsCarried(string profile, string revision, string @namespace) => places.Contains((profile, revision, @namespace));

    /// <summary>Whether a workload names the resource by an annotation.</summary>
    public bool IsNamed(ObjectKey reference) => named.Contains(reference.ToString());

    /// <summary>The namespaces in which workloads carry the revision.</summary>
    public IEnumerable<string> NamespacesOf(string profile, string revision) =>
        places.Where(place => place.Profile == profile && place.Revision == revision).Select(place => place.Namespace);

    public ProfileUsers UsersOf(string profile)
    {
        if (!users.TryGetValue(profile, out var found))
        {
            users.Add(profile, found = new ProfileUsers());
        }

        return found;
    }

    private void Add(string kind, ObjectKey key, LabelSet labels, LabelSet annotations)
    {
        var carried = labels[AccessLogKeys.Profile];
        var profiles = carried is null ? ImmutableHashSet<string>.Empty : [carried];
        foreach (var reference in Enum.GetValues<LoggingResourceKind>())
        {
            if (annotations[AccessLogKeys.ReferenceAnnotation(reference)] is { } text)
            {
                named.Add(text);
                profiles = profiles.Union(ProfilesOf(reference, text, carried, key.Name));
            }
        }

        foreach (var profile in profiles)
        {
            UsersOf(profile).Carry(kind, key);
        }

        if (carried is not null && labels[AccessLogKeys.Revision] is { } revision)
        {
            revisions.Add((carried, revision));
            places.Add((carried, revision, key.Namespace));
        }
    }

    /// <summary>The profiles that an annotation stands for, but for the one that is carried: by the reference that it names, else by the name.</summary>
    private IEnumerable<string> ProfilesOf(LoggingResourceKind kind, string text, string? carried, string workload)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0 || (carried is not null && ReferenceNames.IsOf(text.AsSpan(slash + 1), carried)))
        {
            return [];
        }

        var key = new ObjectKey(text[..slash], text[(slash + 1)..]);
        var labelled = mesh.Find(kind, key) is { } found ? found.Labels[AccessLogKeys.Profile] : ReferenceNames.ProfileOf(key.Name, workload);
        var naming = kind == LoggingResourceKind.EnvoyFilter ? byName[key] : [];
        return labelled is null ? naming : naming.Append(labelled);
    }
}
