using System.Collections.Immutable;
using AccessLogWebhook.Policy.Decisions;
using AccessLogWebhook.Policy.Logging;
using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Policy.Profiles;
using AccessLogWebhook.Policy.Tests.Logging;
using AccessLogWebhook.Policy.Tests.Support;
using AccessLogWebhook.Policy.Workloads;
using CsCheck;
using static AccessLogWebhook.Policy.Tests.Properties.Choice;

namespace AccessLogWebhook.Policy.Tests.Properties;

/// <summary>Requests in clusters where profiles, references and labels mostly fit together, and now and then do not.</summary>
internal static class GeneratedCases
{
    private const string Root = Scene.Root;
    private static readonly string[] ProfileNames = ["json", "pick", "team"];

    private static readonly string?[] Revisions = ["1f3a", "0b5e", null];

    private static readonly Gen<LabelSet> ProfileAnnotations = Labels(
        ("fluentbit.io/parser", Rarely(2, "json")),
        ("sidecar.istio.io/logLevel", Rarely(2, "off")),
        ("plain", Rarely(3, "ü \"~/")),
        ("co.elastic.logs/module", Rarely(3, "istio")));

    private static readonly Gen<ImmutableDictionary<string, AccessLogProfile>> Profiles = Each(ProfileNames.Select(Profile))
        .Select(profiles => profiles.Where(profile => profile is not null).ToImmutableDictionary(profile => profile!.Name, profile => profile!, StringComparer.Ordinal));

    private static readonly Gen<ImmutableArray<TargetReference>> Targets = Gen.OneOf<ImmutableArray<TargetReference>>(
        [Scene.ToGateway("edge")],
        [Scene.ToGateway("wp"), Scene.ToGateway("edge", "shop")],
        [new("gateway.networking.k8s.io", "GatewayClass", "", "istio-waypoint")],
        [new("", "Service", "", "edge")]);

    /// <summary>What profiles render to: mostly as it should be, else absent, changed by somebody, or by targetRefs.</summary>
    private static readonly Gen<ImmutableList<LoggingResource?>> Rendered = Gen.Select(
        Gen.Int[0, 11].Array[Enum.GetValues<LoggingResourceKind>().Length * ProfileNames.Length * 3],
        Targets,
        (fates, targets) => (
            from kind in Enum.GetValues<LoggingResourceKind>()
            from profile in ProfileNames
            from revision in Revisions
            let labels = revision is null ? LabelSet.Of((AccessLogKeys.Profile, profile)) : LabelSet.Of((AccessLogKeys.Profile, profile), (AccessLogKeys.Revision, revision))
            select (kind, Key: new ObjectKey(kind == LoggingResourceKind.Telemetry ? "shop" : Root, revision is null ? $"accesslog-{profile}" : $"accesslog-{profile}-{revision}"), labels))
            .Zip(fates, (it, fate) => fate switch
            {
                < 8 => new LoggingResource(it.kind, it.Key, it.labels, it.labels, []),
                8 => new LoggingResource(it.kind, it.Key, it.labels, it.labels.With(LabelSet.Of(("changed", "x"))), []),
                9 => new LoggingResource(it.kind, it.Key, it.labels, null, targets),
                _ => null,
            }).ToImmutableList());

    /// <summary>What the team has, and what targets waypoints.</summary>
    private static readonly Gen<ImmutableList<LoggingResource?>> Others = Each(
        from kind in Enum.GetValues<LoggingResourceKind>()
        from key in new[] { $"{Root}/team", "shop/team", "other/team", "shop/to-edge", $"{Root}/to-all" }
        let targeting = key.Contains("to-", StringComparison.Ordinal)
        select Gen.Select(
            Gen.Int[0, 3],
            Selector,
            Targets,
            OnceIn(6),
            Gen.OneOf(ProfileNames),
            (fate, selector, targets, swapped, profile) => fate == 0 ? null : new LoggingResource(
                kind,
                Scene.Key(key),
                LabelSet.Of((AccessLogKeys.Profile, profile), (AccessLogKeys.Revision, fate == 1 ? "0b5e" : "1f3a")),
                targeting ? null : selector,
                targeting != swapped ? targets : [])));

    private static readonly Gen<ImmutableDictionary<string, string>> Classes = Gen.OneOf(
            "", "", "", "", "", "", "custom=istio.io/gateway-controller", "istio=istio.io/mesh-controller", "istio=istio.io/gateway-controller,istio-waypoint=istio.io/mesh-controller", "istio=nginx.org/x")
        .Select(text => text.Split(',', StringSplitOptions.RemoveEmptyEntries).ToImmutableDictionary(pair => pair.Split('=')[0], pair => pair.Split('=')[1], StringComparer.Ordinal));

    private static readonly Gen<ImmutableDictionary<ObjectKey, PodFacts>> Pods = Each(new[] { "infra/ingress-1", "shop/ingress-2", "shop/wp-1" }.Select(key =>
            Gen.Select(
                Gen.Int[0, 5],
                Labels(
                    (AccessLogKeys.Profile, Rarely(1, "json", "json", "json", "pick")),
                    (AccessLogKeys.Revision, Rarely(1, "1f3a", "1f3a", "0b5e")),
                    (MeshKeys.GatewayName, Rarely(8, "edge")),
                    (MeshKeys.GatewayManaged, Rarely(8, "istio.io-mesh-controller"))),
                (fate, labels) => fate < 1 ? default : KeyValuePair.Create(
                    Scene.Key(key),
                    new PodFacts(labels.With(key == "shop/wp-1" ? LabelSet.Of((MeshKeys.GatewayName, "wp")) : LabelSet.Of(("istio", "ingress"))), LabelSet.Empty)))))
        .Select(pods => pods.Where(pod => pod.Value is not null).ToImmutableDictionary());

    private static readonly Gen<LabelSet> NamespaceLabels = Labels(
        ("accesslog.mesh/inject", [.. Enumerable.Repeat("json", 12), "team", "team", "team", "team", "pick", "pick", "gone", "off", null]),
        ("accesslog.mesh/enforce", ["json", "json", "json", "json", "team", "pick", "gone", "off", null]),
        ("accesslog.mesh/warn", Rarely(3, "json", "team", "gone")),
        ("accesslog.mesh/audit", Rarely(3, "json", "pick", "gone")),
        (MeshKeys.NamespaceInjection, ["enabled", "enabled", "enabled", "enabled", "disabled", null, null]),
        (MeshKeys.Revision, Rarely(8, "canary")),
        (MeshKeys.DataplaneMode, Rarely(4, "ambient")),
        (MeshKeys.UseWaypoint, Rarely(3, "wp", "wp", "none")));

    private static readonly Gen<PolicySettings> Settings = Gen.Select(OnceIn(40), OnceIn(16), OnceIn(16), OnceIn(4), OnceIn(4), OneOf(Rarely(6, "json", "gone")), (ns, user, runtime, annotation, byDefault, preset) =>
        Scene.Bare.Excusing(ns ? "shop" : null, user ? "ada" : null, runtime ? "gvisor" : null, annotation).Settings with
        {
            EnableNamespacesByDefault = byDefault,
            Defaults = new ModeDefaults(preset, preset, preset, preset),
        });

    private static readonly Gen<ImmutableDictionary<ObjectKey, MeshLogging>> Configurations = Gen.OneOf("unknown", "{}", "{}", "{}", "{\"accessLogFile\": \"/dev/stdout\"}", "{\"defaultProviders\": {\"accessLogging\": [\"envoy\"]}}")
        .Select(text => (text == "unknown" ? MeshSnapshot.Empty : Effects.Configured(MeshSnapshot.Empty, text)).Configurations);

    /// <summary>Dice by which each resource has its content: mostly what it is for, or not known; else nothing, or what takes loggers away.</summary>
    private static readonly Gen<int[]> Contents = Gen.Int[0, 15].Array[Enum.GetValues<LoggingResourceKind>().Length * (ProfileNames.Length * 3 + 5)];

    private static readonly Gen<MeshSnapshot> Mesh = Gen.Select(Profiles, Rendered, Others, Classes, Pods, Gen.Select(Configurations, Contents), (profiles, rendered, others, classes, pods, logging) => new MeshSnapshot
    {
        Profiles = profiles,
        EnvoyFilters = OfKind(LoggingResourceKind.EnvoyFilter, Filled(rendered, others, logging.Item2)),
        Telemetries = OfKind(LoggingResourceKind.Telemetry, Filled(rendered, others, logging.Item2)),
        Configurations = logging.Item1,
        GatewayClasses = classes,
        Pods = pods,
    });

    private static readonly Gen<Scene> Scenes = Gen.Select(
        Mesh, NamespaceLabels, Settings, OnceIn(20), OnceIn(3), OnceIn(20),
        (mesh, labels, settings, system, ada, subresource) => new Scene
        {
            Mesh = mesh,
            Labels = labels,
            Settings = settings,
            Name = system ? "kube-system" : "shop",
            Username = ada ? "ada" : "",
            Subresource = subresource ? "status" : "",
        });

    private static readonly Gen<(WorkloadKind Kind, string Json)> Objects = Gen.Frequency(
        (4, GeneratedObjects.Of(WorkloadKind.Pod).Select(json => (WorkloadKind.Pod, json))),
        (2, GeneratedObjects.Of(WorkloadKind.IstioGateway).Select(json => (WorkloadKind.IstioGateway, json))),
        (4, GeneratedObjects.Of(WorkloadKind.KubernetesGateway).Select(json => (WorkloadKind.KubernetesGateway, json))));

    /// <summary>Every operation.</summary>
    public static Gen<AdmissionCase> Any { get; } = Gen.Select(Objects, Gen.OneOf(Enum.GetValues<Operation>()), Scenes, (@object, operation, scene) => new AdmissionCase(@object.Kind, @object.Json, operation, scene));

    /// <summary>Creation alone; some objects are as inject left them, since what conforms seldom comes by chance.</summary>
    public static Gen<AdmissionCase> Creation { get; } = Gen.Select(Any, OnceIn(4), (drawn, conforming) =>
    {
        var @case = drawn with { Operation = Operation.Create, Scene = drawn.Scene with { Subresource = "" } };
        return conforming ? @case.Patched() ?? @case : @case;
    });

    private static Gen<LabelSet> Selector => Labels(
            ("app", Rarely(2, "x")),
            ("log", Rarely(2, "on")),
            ("a/b~c", Rarely(5, "v")),
            ("sidecar.istio.io/inject", Rarely(12, "true")),
            ("istio.io/rev", Rarely(12, "canary")));

    private static Gen<AccessLogProfile?> Profile(string name) => Gen.Select(
        OneOf(Rarely(1, "1f3a", "1f3a")),
        ProfileAnnotations,
        OneOf(Rarely(6, $"{Root}/team", $"{Root}/team", "shop/team", "shop/to-edge", "other/team", $"{Root}/gone")),
        Gen.Int[0, 255],
        (revision, annotations, reference, dice) => dice == 0 && name != "json" ? null : new AccessLogProfile(name)
        {
            Backend = (dice & 3) == 1 ? LoggingResourceKind.Telemetry : LoggingResourceKind.EnvoyFilter,
            Revision = revision,
            Annotations = annotations,
            EnvoyFilterRef = reference is null ? null : Scene.Key(reference),
            Selectable = name == "pick" ? dice % 5 > 0 : dice % 7 == 0,
            RequireProxy = dice % 6 == 0,
            AllowExempt = dice % 11 < 3,
            Errors = dice % 40 == 9 ? [new ProfileError("spec", "is missing.")] : [],
        });

    private static Gen<LabelSet> Labels(params (string Key, string?[] Values)[] entries) =>
        OneOfEach([.. entries.Select(entry => entry.Values)]).Select(drawn => LabelSet.From(
            entries.Zip(drawn).Where(entry => entry.Second is not null).Select(entry => KeyValuePair.Create(entry.First.Key, entry.Second!))));

    private static IEnumerable<LoggingResource?> Filled(IEnumerable<LoggingResource?> rendered, IEnumerable<LoggingResource?> others, int[] contents) =>
        rendered.Zip(contents, (resource, dice) => resource is null ? null : resource with { Effects = dice < 6 ? null : dice < 15 ? Logs(resource) : Effects.Nothing })
            // What a team has is mostly about other things: what doubles everything would leave little of everything else.
            .Concat(others.Zip(contents.Skip(contents.Length / 2), (resource, dice) => resource is null ? null : resource with
            {
                Effects = dice < 5 ? null : dice < 12 ? Effects.Nothing : dice < 15 || resource.Kind == LoggingResourceKind.Telemetry ? Logs(resource) : Effects.Removal,
            }));

    private static LoggingEffects Logs(LoggingResource resource) => resource.Kind == LoggingResourceKind.Telemetry ? Effects.OfTelemetry("all | providers=envoy") : Effects.Logging;

    private static ImmutableDictionary<ObjectKey, LoggingResource> OfKind(LoggingResourceKind kind, IEnumerable<LoggingResource?> resources) =>
        resources.Where(resource => resource?.Kind == kind).ToImmutableDictionary(resource => resource!.Key, resource => resource!);
}
