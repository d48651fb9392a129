using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using AccessLogWebhook.Policy.Logging;
using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Policy.Profiles;
using AccessLogWebhook.Policy.Rendering;

namespace AccessLogWebhook.Benchmarks.Samples;

/// <summary>Clusters of any size, of which <see cref="SampleReview.Namespace"/> asks for inject and enforce of the profile <c>json</c>.</summary>
internal static class SampleCluster
{
    public const string RootNamespace = "istio-system";

    public static string Revision => BuiltInProfiles.Named("json")!.Revision!;

    /// <param name="namespaces">How many there are, the one that is asked about included.</param>
    /// <param name="envoyFilters">How many there are, the profile's own included; the others are of teams, in their namespaces.</param>
    public static MeshSnapshot Of(int namespaces, int envoyFilters, int pods = 0)
    {
        var spaces = Enumerable.Range(0, namespaces - 1).Select(index => new NamespaceFacts(
            Name("team", index), index % 2 == 0 ? LabelSet.Of(("istio-injection", "enabled")) : LabelSet.Of(("istio-injection", "enabled"), ("accesslog.mesh/warn", "json"))));
        var asking = new NamespaceFacts(
            SampleReview.Namespace, LabelSet.Of(("accesslog.mesh/enforce", "json"), ("accesslog.mesh/inject", "json"), ("istio-injection", "enabled")));
        var own = Own();
        var others = Enumerable.Range(0, envoyFilters - 1).Select(index => new LoggingResource(
            LoggingResourceKind.EnvoyFilter, new ObjectKey(Name("team", index), "tuning"), LabelSet.Empty, LabelSet.Of(("app", Name("app", index))), []));
        return MeshSnapshot.Empty with
        {
            Namespaces = spaces.Append(asking).ToImmutableDictionary(space => space.Name, StringComparer.Ordinal),
            Configurations = ImmutableDictionary<ObjectKey, MeshLogging>.Empty.Add(new ObjectKey(RootNamespace, "istio"), MeshLoggingReader.Read(JsonElement.Parse("{}"))),
            EnvoyFilters = others.Append(own).ToImmutableDictionary(filter => filter.Key),
            Pods = Enumerable.Range(0, pods).ToImmutableDictionary(
                index => new ObjectKey(Name("team", index % Math.Max(1, namespaces - 1)), Name("pod", index)),
                index => new PodFacts(LabelSet.Of(("app", Name("app", index % 40))), LabelSet.Empty)),
        };
    }

    /// <summary>What the profile renders to, as a cluster's watch reads it.</summary>
    private static LoggingResource Own()
    {
        var rendered = ProfileRenderer.Render(BuiltInProfiles.Named("json")!).ForWorkloads(RootNamespace)!;
        var spec = JsonElement.Parse(rendered.Spec.ToJsonString());
        return LoggingResourceReader.Read(rendered.Kind, rendered.Key, rendered.Labels, spec) with
        {
            Effects = LoggingEffectsReader.Read(rendered.Kind, JsonElement.Parse(rendered.ToManifest().ToJsonString())),
        };
    }

    private static string Name(string prefix, int index) => string.Create(CultureInfo.InvariantCulture, $"{prefix}-{index:D5}");
}
