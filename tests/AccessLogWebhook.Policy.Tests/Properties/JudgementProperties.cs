using System.Collections.Concurrent;
using AccessLogWebhook.Policy.Decisions;
using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Policy.Tests.Support;
using AccessLogWebhook.Policy.Workloads;
using CsCheck;

namespace AccessLogWebhook.Policy.Tests.Properties;

/// <summary>What holds of every verdict, whatever the object and the cluster; and that what is generated reaches what matters.</summary>
public sealed class JudgementProperties
{
    private const int Cases = 4_000;
    private static readonly string[] Waypoints = ["wp", "edge"];

    [Fact]
    public void What_is_called_Logged_is_reached_by_a_reference_that_exists() => GeneratedCases.Creation.Sample(
        @case =>
        {
            var mutated = @case.Mutate();
            Holds(mutated, @case.Patched() ?? @case);
            Holds(@case.Validate(), @case);
        },
        iter: Cases);

    [Fact]
    public void Validate_changes_nothing_and_refuses_only_where_enforce_is_on_and_with_a_message() => GeneratedCases.Any.Sample(
        @case =>
        {
            var decision = @case.Validate();
            Assert.IsNotType<Decision.Mutate>(decision);
            if (decision is Decision.Deny deny)
            {
                Assert.Equal(Mode.Enforce, deny.Mode);
                Assert.NotNull(Modes.Requested(Mode.Enforce, @case.Scene.Context.Namespace, @case.Scene.Settings));
                Assert.EndsWith(".", deny.Message, StringComparison.Ordinal);
                Assert.Contains("accesslog.mesh/enforce", deny.Message.Replace("cluster-wide default of enforce", "accesslog.mesh/enforce", StringComparison.Ordinal), StringComparison.Ordinal);
            }
        },
        iter: Cases);

    [Fact]
    public void An_update_that_changes_nothing_is_never_refused() => GeneratedCases.Creation.Sample(
        @case => Assert.IsType<Decision.Admit>(@case.Scene.Update(@case.Json, @case.Json, @case.Kind)), iter: Cases);

    [Fact]
    public void An_update_is_refused_only_where_creation_would_be() => Gen.Select(GeneratedCases.Creation, GeneratedObjects.Of(WorkloadKind.Pod)).Sample(
        (@case, before) =>
        {
            var pod = @case with { Kind = WorkloadKind.Pod, Json = @case.Kind == WorkloadKind.Pod ? @case.Json : before };
            // What is on its way out as it is created is nothing yet, and what changes on its way out is judged; so is what claims to have another proxy than it was created with.
            if (pod.Validate() is Decision.Admit { Reason: not ReasonCode.BeingDeleted, Verdict: not Verdict.Inert })
            {
                Assert.IsType<Decision.Admit>(pod.Scene.Update(before, pod.Json));
            }
        },
        iter: Cases);

    [Fact]
    public void Every_sentence_shown_to_people_is_whole() => GeneratedCases.Any.Sample(
        @case =>
        {
            foreach (var decision in new[] { @case.Mutate(), @case.Validate() })
            {
                Assert.All(decision.Warnings, warning => Assert.Matches(@"\A[A-Z].*\.\z", warning));
                Assert.All(decision.Warnings, warning => Assert.DoesNotContain("  ", warning, StringComparison.Ordinal));
            }
        },
        iter: Cases);

    /// <summary>Properties prove nothing about cases that never come.</summary>
    [Fact]
    public void The_cases_reach_every_verdict_and_nearly_every_reason()
    {
        const int count = 20_000;
        var tally = new ConcurrentDictionary<string, int>();
        GeneratedCases.Creation.Sample(
            @case =>
            {
                var (mutated, validated) = (@case.Mutate(), @case.Validate());
                var updated = @case.Scene.Update(@case.Json, @case.Json, @case.Kind);
                foreach (var (endpoint, decision) in new[] { ("mutate", mutated), ("validate", validated), ("update", updated) })
                {
                    Count($"{endpoint} {decision.GetType().Name}");
                    Count($"reason {decision.Reason}");
                    if (decision.Verdict is { } verdict)
                    {
                        Count($"{endpoint} {verdict}");
                    }
                }

                foreach (var operation in mutated is Decision.Mutate mutate ? mutate.Patch : [])
                {
                    Count($"{operation.Kind} {string.Join('/', operation.Path.Split('/').Take(operation.Path.StartsWith("/spec", StringComparison.Ordinal) ? 4 : 3))}{(operation.Map is null ? "/*" : "")}");
                }
            },
            iter: count);

        string[] expected =
        [
            "mutate Admit", "mutate Mutate", "validate Admit", "validate Deny", "update Admit",
            .. Enum.GetValues<Verdict>().Select(verdict => $"validate {verdict}"),
            // Inject leaves nothing outdated.
            .. Enum.GetValues<Verdict>().Except([Verdict.Outdated]).Select(verdict => $"mutate {verdict}"),
            "Add /metadata", "Add /metadata/labels", "Add /metadata/annotations", "Add /metadata/labels/*", "Add /metadata/annotations/*",
            "Replace /metadata/labels/*", "Replace /metadata/annotations/*",
            "Add /spec/infrastructure/labels/*", "Replace /spec/infrastructure/labels/*", "Add /spec/infrastructure/annotations/*",
            .. Enum.GetValues<ReasonCode>().Where(reason => reason < ReasonCode.NamespaceLabelsValid).Except([
                // These do not come at a creation of what is generated.
                ReasonCode.OperationNotJudged, ReasonCode.SubresourceNotJudged, ReasonCode.KindNotMutated, ReasonCode.UpdateNotMutated, ReasonCode.Ztunnel, ReasonCode.ProxyNotLogged,
                // These are of audits, which judge what runs.
                ReasonCode.ProxyAbsent, ReasonCode.MetadataOnly,
            ]).Select(reason => $"reason {reason}"),
        ];
        TestContext.Current.SendDiagnosticMessage("{0}", string.Join("\n", tally.OrderBy(entry => entry.Key).Select(entry => $"{entry.Key}: {entry.Value}")));
        Assert.Empty(expected.Except(tally.Keys));
        Assert.True(tally["mutate Mutate"] > count / 8, $"only {tally["mutate Mutate"]} patches");
        Assert.True(tally["validate Deny"] > count / 10, $"only {tally["validate Deny"]} refusals");

        void Count(string what) => tally.AddOrUpdate(what, 1, (_, so_far) => so_far + 1);
    }

    // The truth, found another way than the code finds it: from the labels and annotations that are there to the resource.
    private static void Holds(Decision decision, AdmissionCase @case)
    {
        if (decision.Verdict != Verdict.Logged)
        {
            return;
        }

        var (scene, workload) = (@case.Scene, @case.Workload);
        var profile = scene.Mesh.ProfileNamed(decision.Profile!)!;
        Assert.Empty(profile.Errors);
        switch (workload)
        {
            case PodWorkload pod:
                Assert.False(pod.Annotations.ContainsKey("kubernetes.io/config.mirror"));
                if (decision.Reason == ReasonCode.WaypointReached)
                {
                    Assert.Contains(scene.Mesh.EnvoyFilters.Values.Concat(scene.Mesh.Telemetries.Values), resource =>
                        Waypoints.Any(name => Attachment.Reaches(resource, new Proxy.Waypoint("shop", name), Scene.Root)
                            || Attachment.Reaches(resource, new Proxy.Waypoint(scene.Name, name), Scene.Root)));
                    return;
                }

                Assert.True(!pod.HostNetwork || pod.HasProxyContainer || pod.Annotations.ContainsKey("sidecar.istio.io/status"));
                AssertReached(pod.Labels, pod.Labels["gateway.networking.k8s.io/gateway-name"] is { } name
                    ? new Proxy.GeneratedGateway(scene.Name, name, pod.Labels)
                    : new Proxy.Sidecar(scene.Name, pod.Labels, IsCertain: true));
                break;
            case KubernetesGateway gateway when GatewayClasses.KindOf(gateway.ClassName, scene.Mesh) == GatewayClassKind.Waypoint:
                Assert.Contains(Annotated(gateway), resource => Attachment.Reaches(resource, new Proxy.Waypoint(scene.Name, gateway.Metadata.Name), Scene.Root));
                break;
            case KubernetesGateway gateway:
                var labels = gateway.InfrastructureLabels ?? gateway.Labels;
                AssertReached(labels, new Proxy.GeneratedGateway(scene.Name, gateway.Metadata.Name, labels));
                break;
            case IstioGateway gateway:
                var pods = scene.Mesh.Pods.Where(pod => gateway.Selector.IsSubsetOf(pod.Value.Labels)).ToList();
                Assert.NotEmpty(pods);
                Assert.All(pods.Where(pod => !pod.Value.Labels.ContainsKey("gateway.networking.k8s.io/gateway-name")), pod =>
                    Assert.Contains(
                        Annotated(gateway).Concat(OfItsRevision(pod.Key.Namespace, pod.Value.Labels)),
                        resource => Attachment.Reaches(resource, new Proxy.Sidecar(pod.Key.Namespace, pod.Value.Labels, IsCertain: true), Scene.Root)));
                break;
        }

        void AssertReached(LabelSet labels, Proxy proxy)
        {
            Assert.Equal(profile.Name, labels["accesslog.mesh/profile"]);
            var revision = labels["accesslog.mesh/revision"] ?? profile.Revision;
            var name = revision is null ? $"accesslog-{profile.Name}" : $"accesslog-{profile.Name}-{revision}";
            // A revision may be of the backend that the profile had then, and be handed out still.
            LoggingResource?[] rendered =
            [
                scene.Mesh.Find(LoggingResourceKind.Telemetry, new ObjectKey(scene.Name, name)),
                scene.Mesh.Find(LoggingResourceKind.EnvoyFilter, new ObjectKey(Scene.Root, name)),
            ];
            var candidates = profile.EnvoyFilterRef is { } named ? [scene.Mesh.Find(LoggingResourceKind.EnvoyFilter, named)] : rendered;
            Assert.Contains(candidates, resource => resource is not null && Attachment.Reaches(resource, proxy, Scene.Root));
        }

        // By either annotation: a reference that is handed out may be of the backend that the profile had.
        // A Pod that carries a revision which is not behind is logged by that one's reference, whichever the Gateway names.
        IEnumerable<LoggingResource> OfItsRevision(string @namespace, LabelSet labels) =>
            labels[AccessLogKeys.Revision] is { } revision && labels.Has(AccessLogKeys.Profile, profile.Name) && (profile.Revision is null || profile.IsCurrent(revision))
                ? new[]
                {
                    scene.Mesh.FindReference(LoggingResourceKind.Telemetry, new ObjectKey(@namespace, $"accesslog-{profile.Name}-{revision}")),
                    scene.Mesh.FindReference(LoggingResourceKind.EnvoyFilter, new ObjectKey(Scene.Root, $"accesslog-{profile.Name}-{revision}")),
                }.OfType<LoggingResource>()
                : [];

        IEnumerable<LoggingResource> Annotated(Workload named) => Enum.GetValues<LoggingResourceKind>()
            .Select(kind => named.Annotations[AccessLogKeys.ReferenceAnnotation(kind)] is { } key ? scene.Mesh.FindReference(kind, Scene.Key(key)) : null)
            .OfType<LoggingResource>();
    }
}
