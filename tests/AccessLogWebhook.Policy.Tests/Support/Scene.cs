using System.Collections.Frozen;
using System.Text;
using AccessLogWebhook.Policy.Decisions;
using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Policy.Profiles;
using AccessLogWebhook.Policy.Workloads;

namespace AccessLogWebhook.Policy.Tests.Support;

/// <summary>A namespace of a mesh, what is known and set there, and the requests made in it. Objects are JSON, as they come in.</summary>
internal sealed record Scene
{
    public const string Root = "istio-system";
    public const string Revision = "1f3a";
    public const string OlderRevision = "0b5e";

    /// <summary>What a Pod carries that conforms to profile json in <see cref="Injected"/>.</summary>
    public static readonly LabelSet JsonLabels = LabelSet.Of(("accesslog.mesh/profile", "json"), ("accesslog.mesh/revision", Revision));

    public MeshSnapshot Mesh { get; init; } = MeshSnapshot.Empty;

    public string Name { get; init; } = "shop";

    public LabelSet Labels { get; init; } = LabelSet.Empty;

    public PolicySettings Settings { get; init; } = PolicySettings.Default;

    public string Username { get; init; } = "";

    public string Subresource { get; init; } = "";

    /// <summary>Nothing is known or asked for.</summary>
    public static Scene Bare { get; } = new();

    /// <summary>Istio injects here; profile json has a current and an older revision, and the references of both exist.</summary>
    public static Scene Injected { get; } = Bare
        .Labelled("istio-injection", "enabled")
        .With(new AccessLogProfile("json") { Revision = Revision })
        .With(Filter($"{Root}/accesslog-json-{Revision}", JsonLabels))
        .With(Filter($"{Root}/accesslog-json-{OlderRevision}", JsonLabels.With(LabelSet.Of(("accesslog.mesh/revision", OlderRevision)))));

    public PolicyContext Context => new(new NamespaceFacts(Name, Labels), Mesh, Settings);

    public Scene Labelled(string key, string value) => this with { Labels = Labels.With(LabelSet.Of((key, value))) };

    public Scene Asking(Mode mode, string profile = "json") => Labelled(Modes.LabelOf(mode), profile);

    public Scene With(AccessLogProfile profile) => this with { Mesh = Mesh with { Profiles = Mesh.Profiles.SetItem(profile.Name, profile) } };

    public Scene With(LoggingResource resource) => this with
    {
        Mesh = resource.Kind == LoggingResourceKind.Telemetry
            ? Mesh with { Telemetries = Mesh.Telemetries.SetItem(resource.Key, resource) }
            : Mesh with { EnvoyFilters = Mesh.EnvoyFilters.SetItem(resource.Key, resource) },
    };

    /// <summary>Profile json does not log on waypoints, so nothing is rendered for them.</summary>
    public Scene NotOnWaypoints() => LoggingOn(LoggedProxies.All & ~LoggedProxies.Waypoint);

    /// <summary>Profile json logs on these proxies only.</summary>
    public Scene LoggingOn(LoggedProxies proxies) => With(Mesh.Profiles["json"] with { Logging = ProfileLogging.Default with { Proxies = proxies } });

    public Scene Without(string filter) => this with { Mesh = Mesh with { EnvoyFilters = Mesh.EnvoyFilters.Remove(Key(filter)) } };

    public Scene WithClass(string name, string controller) => this with { Mesh = Mesh with { GatewayClasses = Mesh.GatewayClasses.SetItem(name, controller) } };

    public Scene WithPod(string key, params ReadOnlySpan<(string, string)> labels) => this with { Mesh = Mesh with { Pods = Mesh.Pods.SetItem(Key(key), new PodFacts(LabelSet.Of(labels), LabelSet.Empty)) } };

    public Scene Set(Func<PolicySettings, PolicySettings> change) => this with { Settings = change(Settings) };

    public Scene Excusing(string? @namespace = null, string? user = null, string? runtimeClass = null, bool annotation = false) => Set(settings => settings with
    {
        Exemptions = new Exemptions
        {
            Namespaces = Only(@namespace),
            Usernames = Only(user),
            RuntimeClasses = Only(runtimeClass),
            AllowAnnotation = annotation,
        },
    });

    public Decision Mutate(string json, WorkloadKind kind = WorkloadKind.Pod, Operation operation = Operation.Create) =>
        MutatingPolicy.Decide(Input(operation, Read(kind, json), null));

    public Decision Validate(string json, WorkloadKind kind = WorkloadKind.Pod, Operation operation = Operation.Create) =>
        ValidatingPolicy.Decide(Input(operation, Read(kind, json), null));

    public Decision Update(string before, string after, WorkloadKind kind = WorkloadKind.Pod) =>
        ValidatingPolicy.Decide(Input(Operation.Update, Read(kind, after), Read(kind, before)));

    public Judgement Judge(string json, string profile = "json", WorkloadKind kind = WorkloadKind.Pod) =>
        Policy.Decisions.Judge.Workload(Read(kind, json), Mesh.ProfileNamed(profile)!, Context);

    public static Workload Read(WorkloadKind kind, string json) => WorkloadReader.Read(kind, Encoding.UTF8.GetBytes(json));

    public static LoggingResource Filter(string key, LabelSet? selector, params TargetReference[] targets) =>
        new(LoggingResourceKind.EnvoyFilter, Key(key), LabelSet.Empty, selector, [.. targets]);

    public static LoggingResource Telemetry(string key, LabelSet? selector, params TargetReference[] targets) =>
        Filter(key, selector, targets) with { Kind = LoggingResourceKind.Telemetry };

    public static TargetReference ToGateway(string name, string @namespace = "") => new("gateway.networking.k8s.io", "Gateway", @namespace, name);

    public static ObjectKey Key(string text) => text.Split('/') is [var @namespace, var name] ? new(@namespace, name) : new("", text);

    private PolicyInput Input(Operation operation, Workload workload, Workload? old) => new(operation, Subresource, Username, workload, old, Context);

    private static FrozenSet<string> Only(string? value) => value is null ? [] : FrozenSet.Create(StringComparer.Ordinal, value);
}
