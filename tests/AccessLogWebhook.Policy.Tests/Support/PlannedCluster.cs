using System.Text.Json;
using AccessLogWebhook.Policy.Decisions;
using AccessLogWebhook.Policy.Json;
using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Policy.Profiles;
using AccessLogWebhook.Policy.Rendering;
using AccessLogWebhook.Policy.Workloads;

namespace AccessLogWebhook.Policy.Tests.Support;

/// <summary>A cluster in which plans are made and carried out, as the controllers do it. Profiles are JSON; an edit counts their generation.</summary>
internal sealed class PlannedCluster
{
    public static readonly DateTimeOffset Noon = new(2026, 11, 25, 12, 0, 0, TimeSpan.Zero);

    private int uids;

    public PolicySettings Settings { get; set; } = PolicySettings.Default;

    public MeshSnapshot Mesh { get; private set; } = MeshSnapshot.Empty;

    /// <summary>The rendered references that there are, <c>EnvoyFilter istio-system/…</c>, without those of the built-in profiles.</summary>
    public string[] References =>
    [
        .. Mesh.EnvoyFilters.Values.Concat(Mesh.Telemetries.Values)
            .Where(resource => resource.SpecFingerprint is not null && BuiltInProfiles.Named(resource.Labels[AccessLogKeys.Profile]!) is null)
            .Select(resource => $"{resource.Kind} {resource.Key}").Order(StringComparer.Ordinal),
    ];

    public ProfileObject? ObjectOf(string profile) => Mesh.Profiles[profile].Object;

    public string Revision(string profile) => Mesh.Profiles[profile].Revision!;

    public PlannedCluster Profile(string name, string spec)
    {
        var before = Mesh.Profiles.GetValueOrDefault(name)?.Object ?? new ProfileObject($"uid-{name}", 0, IsBeingDeleted: false, HasFinalizer: false, ProfileStatus.Empty);
        return Put(name, spec, before with { Generation = before.Generation + 1 });
    }

    public PlannedCluster Deleting(string name, string spec) => Put(name, spec, ObjectOf(name)! with { IsBeingDeleted = true });

    public PlannedCluster Namespace(string name, params (string, string)[] labels)
    {
        Mesh = Mesh with { Namespaces = Mesh.Namespaces.SetItem(name, new NamespaceFacts(name, LabelSet.Of(labels))) };
        return this;
    }

    public PlannedCluster Terminating(string @namespace)
    {
        Mesh = Mesh with { Namespaces = Mesh.Namespaces.SetItem(@namespace, Mesh.Namespaces[@namespace] with { IsTerminating = true }) };
        return this;
    }

    public PlannedCluster Pod(string key, params (string, string)[] labels)
    {
        Mesh = Mesh with { Pods = Mesh.Pods.SetItem(Scene.Key(key), new PodFacts(LabelSet.Of(labels), LabelSet.Empty)) };
        return this;
    }

    /// <summary>A Pod as inject leaves it now.</summary>
    public PlannedCluster Carrying(string key, string profile, params (string, string)[] also) => Pod(key, [(AccessLogKeys.Profile, profile), (AccessLogKeys.Revision, Revision(profile)), .. also]);

    public PlannedCluster WithoutPod(string key)
    {
        Mesh = Mesh with { Pods = Mesh.Pods.Remove(Scene.Key(key)) };
        return this;
    }

    /// <summary>A Pod as it came out of admission.</summary>
    public PlannedCluster Put(string key, Workload pod)
    {
        Mesh = Mesh with { Pods = Mesh.Pods.SetItem(Scene.Key(key), new PodFacts(pod.Labels, pod.Annotations)) };
        return this;
    }

    public PlannedCluster IstioGateway(string key, LabelSet selector, params (string, string)[] annotations)
    {
        var at = Scene.Key(key);
        var metadata = new ObjectMetadata { IsPresent = true, Name = at.Name, Namespace = at.Namespace, Annotations = LabelSet.Of(annotations) };
        Mesh = Mesh with { IstioGateways = Mesh.IstioGateways.SetItem(at, new IstioGateway(metadata, selector, "")) };
        return this;
    }

    public PlannedCluster Waypoint(string key, string? reference, string annotation = AccessLogKeys.EnvoyFilter)
    {
        var at = Scene.Key(key);
        var annotations = reference is null ? LabelSet.Empty : LabelSet.Of((annotation, reference));
        Mesh = Mesh with
        {
            KubernetesGateways = Mesh.KubernetesGateways.SetItem(at, new KubernetesGateway(
                new ObjectMetadata { IsPresent = true, Name = at.Name, Namespace = at.Namespace, Annotations = annotations }, HasSpec: true, "istio-waypoint", IsManaged: true, null, null, "")),
        };
        return this;
    }

    public PlannedCluster Change(string filter, Func<LoggingResource, LoggingResource> change)
    {
        Mesh = Mesh with { EnvoyFilters = Mesh.EnvoyFilters.SetItem(Scene.Key(filter), change(Mesh.EnvoyFilters[Scene.Key(filter)])) };
        return this;
    }

    public PlannedCluster With(LoggingResource resource)
    {
        Mesh = resource.Kind == LoggingResourceKind.Telemetry
            ? Mesh with { Telemetries = Mesh.Telemetries.SetItem(resource.Key, resource) }
            : Mesh with { EnvoyFilters = Mesh.EnvoyFilters.SetItem(resource.Key, resource) };
        return this;
    }

    public ProfilePlan Plan(string profile) => Plan().Profiles.Single(plan => plan.Profile == profile);

    /// <summary>
    /// Plans and carries out until nothing is left to do. References are as they should be after one round; what is counted in a status by them, after
    /// another.
    /// </summary>
    public PlannedCluster Settle()
    {
        CarryOut(Plan());
        var counting = Plan();
        Assert.All(counting.Profiles, plan => Assert.True((plan with { Status = null }).IsEmpty, $"{plan}"));
        CarryOut(counting);
        Assert.All(Plan().Profiles, plan => Assert.True(plan.IsEmpty, $"{plan}"));
        return this;
    }

    public void CarryOut(ReferencePlan plan)
    {
        foreach (var profile in plan.Profiles)
        {
            foreach (var apply in profile.Applies)
            {
                With(Held(apply.Resource));
            }

            if (Mesh.Profiles.GetValueOrDefault(profile.Profile) is { Object: { } @object } held)
            {
                var status = profile.Status ?? @object.Status;
                Mesh = profile.RemovesFinalizer && @object.IsBeingDeleted
                    ? Mesh with { Profiles = Mesh.Profiles.Remove(profile.Profile) }
                    : Mesh with
                    {
                        Profiles = Mesh.Profiles.SetItem(profile.Profile, held with
                        {
                            Revision = status.Revision ?? held.Revision,
                            Object = @object with { HasFinalizer = @object.HasFinalizer || profile.AddsFinalizer, Status = status },
                        }),
                    };
            }

            foreach (var removal in profile.Removals)
            {
                Mesh = Mesh with { EnvoyFilters = Mesh.EnvoyFilters.RemoveRange(Only(LoggingResourceKind.EnvoyFilter, removal)), Telemetries = Mesh.Telemetries.RemoveRange(Only(LoggingResourceKind.Telemetry, removal)) };
            }
        }
    }

    private ReferencePlan Plan() => ReferencePlan.For(Mesh, Settings, VerdictCounts.Of(Mesh, Settings), Noon);

    private static ObjectKey[] Only(LoggingResourceKind kind, ReferenceRemoval removal) => removal.Kind == kind ? [removal.Key] : [];

    private PlannedCluster Put(string name, string spec, ProfileObject @object)
    {
        var read = AccessLogProfileReader.Read(name, JsonElement.Parse($$"""{"spec":{{spec}}}"""));
        Mesh = Mesh with { Profiles = Mesh.Profiles.SetItem(name, read with { Revision = @object.Status.Revision ?? read.Revision, Object = @object }) };
        return this;
    }

    /// <summary>As the snapshot reads it back from the API server.</summary>
    private LoggingResource Held(RenderedResource resource)
    {
        var spec = JsonElement.Parse(resource.Spec.ToJsonString());
        var selector = (spec.Object("workloadSelector")?.Labels("labels")) ?? spec.Object("selector")?.Labels("matchLabels");
        return new LoggingResource(
            resource.Kind,
            resource.Key,
            LabelSet.From(resource.Labels.Where(label => label.Key.StartsWith(AccessLogKeys.Prefix, StringComparison.Ordinal))),
            selector,
            selector is null ? [Scene.ToGateway(spec.GetProperty("targetRefs")[0].GetProperty("name").GetString()!)] : [])
        {
            Uid = $"uid-{++uids}",
            SpecFingerprint = SpecFingerprint.Of(spec, resource.Annotations),
        };
    }
}
