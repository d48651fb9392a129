using AccessLogWebhook.Policy.Decisions;
using AccessLogWebhook.Policy.Tests.Patching;
using AccessLogWebhook.Policy.Tests.Support;
using AccessLogWebhook.Policy.Workloads;

namespace AccessLogWebhook.Policy.Tests.Properties;

/// <summary>One generated request.</summary>
internal sealed record AdmissionCase(WorkloadKind Kind, string Json, Operation Operation, Scene Scene)
{
    public Workload Workload => Scene.Read(Kind, Json);

    public Decision Mutate() => Scene.Mutate(Json, Kind, Operation);

    public Decision Validate() => Scene.Validate(Json, Kind, Operation);

    /// <summary>The same request for the object as the patch leaves it; null where there is no patch.</summary>
    public AdmissionCase? Patched() => Mutate() is Decision.Mutate mutate ? this with { Json = RawJson.Parse(Json).Apply(WrittenPatch.Of(mutate.Patch)).ToString() } : null;

    /// <summary>All that is needed to try it by hand.</summary>
    public override string ToString() => $"""

        {Operation} {Scene.Subresource} {Kind} by "{Scene.Username}": {Json}
        namespace {Scene.Name}: {Scene.Labels}
        settings {Scene.Settings} annotation {Scene.Settings.Exemptions.AllowAnnotation}
        profiles
          {string.Join("\n  ", Scene.Mesh.Profiles.Values.Select(profile => $"{profile} {profile.Annotations}"))}
        filters
          {string.Join("\n  ", Scene.Mesh.EnvoyFilters.Values.Select(filter => $"{filter.Key} [{filter.Labels}] selects {filter.Selector?.ToString() ?? "all"} targets {string.Join(' ', filter.TargetRefs)}"))}
        telemetries
          {string.Join("\n  ", Scene.Mesh.Telemetries.Values.Select(filter => $"{filter.Key} [{filter.Labels}] selects {filter.Selector?.ToString() ?? "all"} targets {string.Join(' ', filter.TargetRefs)}"))}
        classes {string.Join(' ', Scene.Mesh.GatewayClasses)} pods {string.Join(' ', Scene.Mesh.Pods)}
        """;
}
