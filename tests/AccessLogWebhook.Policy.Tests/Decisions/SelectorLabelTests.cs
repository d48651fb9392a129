using AccessLogWebhook.Policy.Decisions;
using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Policy.Profiles;
using AccessLogWebhook.Policy.Tests.Support;
using static AccessLogWebhook.Policy.Tests.Support.Objects;

namespace AccessLogWebhook.Policy.Tests.Decisions;

/// <summary>A profile that names the team's own EnvoyFilter: the labels by which that selects are injected, where they are free.</summary>
public sealed class SelectorLabelTests
{
    private static readonly (string, string)[] Profile = [("accesslog.mesh/profile", "team")];

    [Fact]
    public void The_labels_of_the_selector_are_injected()
    {
        var decision = Assert.IsType<Decision.Mutate>(Selecting(("app", "api"), ("log", "on")).Mutate(Pod([("app", "api")])));

        Assert.Equal(["/metadata/labels/accesslog.mesh~1profile=team", "/metadata/labels/log=on", "/metadata/annotations="], decision.Patch.Select(operation => $"{operation.Path}={operation.Text}"));
        Assert.Equal(Verdict.Logged, decision.Verdict);
        Assert.Empty(decision.Warnings);
    }

    [Fact]
    public void A_label_that_is_taken_stays_and_nothing_is_half_applied()
    {
        var decision = Assert.IsType<Decision.Admit>(Selecting(("log", "on")).Mutate(Pod([("log", "off")])));

        Assert.Equal(ReasonCode.SelectorLabelTaken, decision.Reason);
        Assert.Equal(
            [
                "Label log=off was kept, but istio-system/existing selects log=on.",
                "Pod shop/api carries log=off, but EnvoyFilter istio-system/existing of profile team selects log=on.",
                "Set log=on on the Pod template.",
            ],
            decision.Warnings);
    }

    [Fact]
    public void Enforce_says_which_label_is_taken() => Assert.Equal(
        "Pod shop/api carries log=off, but EnvoyFilter istio-system/existing of profile team selects log=on. "
        + "It is refused because namespace shop is labelled accesslog.mesh/enforce=team. Set log=on on the Pod template.",
        Assert.IsType<Decision.Deny>(Selecting(("log", "on")).Validate(Pod([.. Profile, ("log", "off")]))).Message);

    [Theory]
    [InlineData("sidecar.istio.io/inject", "true")]
    [InlineData("istio.io/rev", "canary")]
    [InlineData("istio.io/dataplane-mode", "ambient")]
    [InlineData("gateway.networking.k8s.io/gateway-name", "edge")]
    [InlineData("gateway.istio.io/managed", "istio.io-gateway-controller")]
    [InlineData("app.kubernetes.io/name", "api")]
    [InlineData("team", "no value")]
    [InlineData("no key", "value")]
    [InlineData("UPPER.example/key", "value")]
    public void A_label_that_says_what_a_Pod_is_or_that_none_may_carry_is_not_set_though_the_selector_asks_for_it(string key, string value)
    {
        var decision = Assert.IsType<Decision.Admit>(Selecting((key, value)).Mutate(Pod()));

        Assert.Equal(ReasonCode.ReferenceDoesNotSelect, decision.Reason);
        Assert.Equal(
            $"Pod shop/api is not selected by EnvoyFilter istio-system/existing of profile team. "
            + $"EnvoyFilter istio-system/existing selects by {key}={value}, which is never put on a workload: let it select by a label of your own.",
            decision.Message);
        Assert.IsType<Decision.Mutate>(Selecting((key, value)).Mutate(Pod([(key, value)])));
    }

    private static Scene Selecting(params (string, string)[] selector) => Scene.Injected
        .Asking(Mode.Inject, "team")
        .Asking(Mode.Enforce, "team")
        .With(new AccessLogProfile("team") { EnvoyFilterRef = new("istio-system", "existing") })
        .With(Scene.Filter("istio-system/existing", LabelSet.Of(selector)));
}
