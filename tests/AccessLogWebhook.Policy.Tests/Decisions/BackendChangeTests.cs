using AccessLogWebhook.Policy.Decisions;
using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Policy.Tests.Support;
using AccessLogWebhook.Policy.Workloads;

namespace AccessLogWebhook.Policy.Tests.Decisions;

/// <summary>A profile is moved from one backend to the other: nothing that runs is disturbed, and nothing new is led to what does not exist yet.</summary>
public sealed class BackendChangeTests
{
    private const string ToEnvoyFilter = "{}";
    private const string ToTelemetry = """{"backend":"Telemetry"}""";
    private const string Silencing = """{"silencedProviders":["envoy"]}""";

    private readonly PlannedCluster cluster = new PlannedCluster().Namespace("shop", ("istio-injection", "enabled"), ("accesslog.mesh/inject", "team"));

    [Theory]
    [InlineData(ToEnvoyFilter, ToTelemetry)]
    [InlineData(ToTelemetry, ToEnvoyFilter)]
    [InlineData(Silencing, ToTelemetry)]
    [InlineData(ToTelemetry, Silencing)]
    public void Running_Pods_stay_logged_and_new_ones_get_the_old_revision_until_the_new_one_is_there(string from, string to)
    {
        cluster.Profile("team", from).Settle();
        var old = Inject();
        cluster.Put("shop/old", old.After).Settle();
        Assert.Equal((Verdict.Logged, cluster.Revision("team")), (Judge(old.After).Verdict, old.After.Labels[AccessLogKeys.Revision]));

        // Between the edit and what the controllers make of it.
        cluster.Profile("team", to);
        Assert.Equal(Verdict.Logged, Judge(old.After).Verdict);
        Assert.Equal((old.Labels, old.Annotations), (Inject().Labels, Inject().Annotations));
        Assert.Equal(Verdict.Logged, Judge(Inject().After).Verdict);

        cluster.Settle();
        Assert.Equal((Verdict.Outdated, ReasonCode.OlderRevision), (Judge(old.After).Verdict, Judge(old.After).Reason));
        var fresh = Inject();
        Assert.NotEqual(old.Labels, fresh.Labels);
        Assert.Equal(Verdict.Logged, Judge(fresh.After).Verdict);

        cluster.WithoutPod("shop/old").Settle();
        Assert.DoesNotContain(cluster.References, reference => reference.Contains(old.After.Labels[AccessLogKeys.Revision]!, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(ToEnvoyFilter, ToTelemetry, AccessLogKeys.EnvoyFilter)]
    [InlineData(ToTelemetry, ToEnvoyFilter, AccessLogKeys.Telemetry)]
    public void A_waypoint_stays_logged_and_is_outdated_when_the_new_revision_is_handed_out(string from, string to, string annotation)
    {
        cluster.Profile("team", from).Settle();
        var old = $"shop/accesslog-team-{cluster.Revision("team")}-wp";
        cluster.Waypoint("shop/wp", old, annotation).Settle();
        Assert.Equal(Verdict.Logged, JudgeWaypoint().Verdict);

        cluster.Profile("team", to);
        Assert.Equal(Verdict.Logged, JudgeWaypoint().Verdict);

        cluster.Settle();
        Assert.Equal((Verdict.Outdated, ReasonCode.OlderRevision), (JudgeWaypoint().Verdict, JudgeWaypoint().Reason));
        Assert.Contains(old, JudgeWaypoint().Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ToEnvoyFilter, ToTelemetry, AccessLogKeys.EnvoyFilter)]
    [InlineData(ToTelemetry, ToEnvoyFilter, AccessLogKeys.Telemetry)]
    public void A_new_Pod_does_not_keep_the_annotation_of_the_former_kind(string from, string to, string former)
    {
        cluster.Profile("team", from).Settle();
        var stale = Scene.Read(WorkloadKind.Pod, Objects.Pod(annotations: [(former, cluster.References[0].Split(' ')[1]), ("other", "x")]));
        cluster.Profile("team", to).Settle();

        var plan = InjectionPlan.For(stale, cluster.Mesh.Profiles["team"], Context);

        Assert.False(plan.After.Annotations.ContainsKey(former));
        Assert.Equal("x", plan.After.Annotations["other"]);
        Assert.Equal(2, plan.After.Annotations.Count);
        Assert.Equal(Verdict.Logged, Judge(plan.After).Verdict);
        // What is not ours stays.
        var theirs = Scene.Read(WorkloadKind.Pod, Objects.Pod(annotations: [(former, "shop/theirs")]));
        Assert.Equal("shop/theirs", InjectionPlan.For(theirs, cluster.Mesh.Profiles["team"], Context).After.Annotations[former]);
    }

    [Fact]
    public void A_new_waypoint_is_not_led_to_what_only_silences_others()
    {
        cluster.Profile("team", """{"silencedProviders":["envoy"],"proxies":["waypoint"]}""").Settle();
        cluster.Waypoint("shop/wp", $"shop/accesslog-team-{cluster.Revision("team")}-wp").Settle();

        cluster.Profile("team", ToTelemetry);
        var reference = ProfileReference.ForWaypoint(cluster.Mesh.Profiles["team"], new Proxy.Waypoint("shop", "wp"), cluster.Mesh, Scene.Root)!;

        Assert.Equal(LoggingResourceKind.EnvoyFilter, reference.Kind);
        Assert.False(reference.Resource!.IsSilencer);
    }

    private PolicyContext Context => new(cluster.Mesh.Namespaces["shop"], cluster.Mesh, cluster.Settings);

    private (Workload After, LabelSet Labels, LabelSet Annotations) Inject()
    {
        var plan = InjectionPlan.For(Scene.Read(WorkloadKind.Pod, Objects.Pod()), cluster.Mesh.Profiles["team"], Context);
        return (plan.After, plan.After.Labels, plan.After.Annotations);
    }

    private Judgement Judge(Workload pod) => Policy.Decisions.Judge.Workload(pod, cluster.Mesh.Profiles["team"], Context);

    private Judgement JudgeWaypoint() => Judge(cluster.Mesh.KubernetesGateways[Scene.Key("shop/wp")]);
}
