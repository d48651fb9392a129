using AccessLogWebhook.Policy.Decisions;
using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Policy.Profiles;
using AccessLogWebhook.Policy.Tests.Support;
using AccessLogWebhook.Policy.Workloads;

namespace AccessLogWebhook.Policy.Tests.Decisions;

/// <summary>What is never refused, since it would do harm and no good; and what is admitted while the cluster is not known.</summary>
public sealed class BeyondRefusalTests
{
    private static readonly PodWorkload Plain = new(new ObjectMetadata { IsPresent = true, Name = "api" }, HostNetwork: false, "", HasProxyContainer: false);
    private static readonly PodWorkload Mirror = Plain with { Metadata = Plain.Metadata with { Annotations = LabelSet.Of((MeshKeys.MirrorPod, "1")) } };

    [Theory]
    [InlineData("kube-system")]
    [InlineData("kube-public")]
    [InlineData("kube-node-lease")]
    [InlineData("local-path-storage")]
    public void A_Pod_of_a_system_namespace_is_admitted_whatever_is_asked(string name)
    {
        var strict = Scene.Bare.With(new AccessLogProfile("strict") { RequireProxy = true }) with { Name = name };

        foreach (var scene in new[] { strict.Asking(Mode.Enforce, "strict"), strict.Asking(Mode.Enforce, "ghost"), Defaulting(strict, "strict"), Defaulting(strict, "ghost") })
        {
            Assert.IsType<Decision.Admit>(Validate(scene, Plain));
            Assert.IsType<Decision.Admit>(Validate(scene, Plain with { HostNetwork = true }));
        }
    }

    [Fact]
    public void A_mirror_Pod_is_admitted_whatever_is_asked()
    {
        var strict = Scene.Injected.With(new AccessLogProfile("strict") { RequireProxy = true });

        Assert.IsType<Decision.Admit>(Validate(strict.Asking(Mode.Enforce, "strict"), Mirror));
        Assert.IsType<Decision.Admit>(Validate(strict.Asking(Mode.Enforce, "ghost"), Mirror));
        Assert.IsType<Decision.Deny>(Validate(strict.Asking(Mode.Enforce, "ghost"), Plain));
    }

    [Fact]
    public void A_cluster_wide_default_that_names_no_profile_warns_and_stops_no_one()
    {
        var decision = Validate(Defaulting(Scene.Injected, "ghost"), Plain);

        Assert.Equal(ReasonCode.UnknownProfile, Assert.IsType<Decision.Admit>(decision).Reason);
        Assert.Equal(
            ["There is no access-log profile \"ghost\", but the cluster-wide default of enforce is ghost.", "Profiles: json, json-errors, text."],
            decision.Warnings);
    }

    [Fact]
    public void Without_facts_what_no_knowledge_would_change_is_admitted()
    {
        var settings = PolicySettings.Default with
        {
            Exemptions = new Exemptions { Namespaces = ["ops"], Usernames = ["admin"], RuntimeClasses = ["kata"] },
        };
        ReasonCode? Reason(Workload workload, string @namespace = "shop", string username = "", Operation operation = Operation.Create, Workload? old = null, bool mutate = false) =>
            WithoutFacts.Admit(operation, username, @namespace, workload, old, settings, mutate)?.Reason;
        var labelled = new NamespaceObject(new ObjectMetadata { Name = "shop", Labels = LabelSet.Of(("accesslog.mesh/enforce", "json")) });
        var bare = new NamespaceObject(new ObjectMetadata { Name = "shop", Labels = LabelSet.Of(("a", "b")) });

        Assert.Equal(ReasonCode.ExemptNamespace, Reason(Plain, "ops"));
        Assert.Equal(ReasonCode.ExemptUser, Reason(Plain, username: "admin"));
        Assert.Equal(ReasonCode.ExemptRuntimeClass, Reason(Plain with { RuntimeClass = "kata" }));
        Assert.Equal(ReasonCode.SystemNamespace, Reason(Plain, "kube-system"));
        Assert.Equal(ReasonCode.MirrorPod, Reason(Mirror));
        Assert.Equal(ReasonCode.BeingDeleted, Reason(Plain with { Metadata = Plain.Metadata with { IsBeingDeleted = true } }, operation: Operation.Update));
        Assert.Equal(ReasonCode.UpdateNotMutated, Reason(Plain, operation: Operation.Update, mutate: true));
        Assert.Equal(ReasonCode.KindNotMutated, Reason(labelled, mutate: true));
        Assert.Equal(ReasonCode.NamespaceLabelsUnchanged, Reason(bare));
        Assert.Equal(ReasonCode.NamespaceLabelsUnchanged, Reason(labelled, operation: Operation.Update, old: labelled));
        Assert.Null(Reason(labelled));
        Assert.Null(Reason(labelled, operation: Operation.Update, old: bare));
        Assert.Null(Reason(Plain));
        Assert.Null(Reason(Plain, operation: Operation.Update));
    }

    [Fact]
    public void What_a_message_quotes_is_short_and_has_no_control_characters()
    {
        var decision = Validate(
            Scene.Injected.Asking(Mode.Warn),
            Plain with { Metadata = Plain.Metadata with { Name = "a\u001b[2J\n" + new string('x', 5000), Labels = LabelSet.Of(("accesslog.mesh/profile", new string('y', 5000))) } });

        Assert.All(decision.Warnings, warning =>
        {
            Assert.InRange(warning.Length, 1, 256);
            Assert.DoesNotContain(warning, char.IsControl);
        });
    }

    private static Scene Defaulting(Scene scene, string profile) => scene with { Settings = scene.Settings with { Defaults = new ModeDefaults(Enforce: profile) } };

    private static Decision Validate(Scene scene, Workload workload) =>
        ValidatingPolicy.Decide(new PolicyInput(Operation.Create, "", "", workload, null, scene.Context));
}
