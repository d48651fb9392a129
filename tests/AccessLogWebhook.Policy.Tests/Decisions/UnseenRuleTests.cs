using AccessLogWebhook.Policy.Decisions;
using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Policy.Profiles;
using AccessLogWebhook.Policy.Tests.Support;

namespace AccessLogWebhook.Policy.Tests.Decisions;

public sealed class UnseenRuleTests
{
    private static readonly DateTimeOffset Asked = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly Scene Injecting = Scene.Injected.Asking(Mode.Inject);

    [Theory]
    [InlineData(1, true)]
    [InlineData(0, false)]
    [InlineData(-1, false)]
    public void A_Pod_without_a_profile_that_was_created_after_the_label_came_in_unseen(int secondsLater, bool unseen) =>
        Assert.Equal(unseen, CameInUnseen(Injecting, LabelSet.Empty, Asked.AddSeconds(secondsLater)));

    [Fact]
    public void What_is_not_told_is_not_guessed()
    {
        Assert.False(CameInUnseen(Injecting, LabelSet.Empty, null));
        Assert.False(CameInUnseen(Injecting, LabelSet.Empty, Asked.AddSeconds(1), since: null));
    }

    [Fact]
    public void What_is_as_inject_makes_it_was_seen() =>
        Assert.False(CameInUnseen(Injecting, LabelSet.Of(("accesslog.mesh/profile", "json"), ("accesslog.mesh/revision", Scene.Revision)), Asked.AddDays(1)));

    [Fact]
    public void What_inject_would_leave_as_it_is_again_is_not_put_right_by_a_restart() => Assert.False(CameInUnseen(
        Scene.Injected.With(new AccessLogProfile("own") { EnvoyFilterRef = Scene.Key("istio-system/gone") }).Asking(Mode.Inject, "own"), LabelSet.Empty, Asked.AddDays(1)));

    [Fact]
    public void Enforce_alone_changes_nothing_so_that_a_restart_would_not_either() =>
        Assert.False(CameInUnseen(Scene.Injected.Asking(Mode.Enforce), LabelSet.Empty, Asked.AddDays(1)));

    [Fact]
    public void Another_mode_that_decides_first_does_not_hide_it() =>
        Assert.True(CameInUnseen(Injecting.Asking(Mode.Audit, "text"), LabelSet.Empty, Asked.AddDays(1)));

    private static bool CameInUnseen(Scene scene, LabelSet labels, DateTimeOffset? created) => CameInUnseen(scene, labels, created, Asked);

    private static bool CameInUnseen(Scene scene, LabelSet labels, DateTimeOffset? created, DateTimeOffset? since)
    {
        var context = scene.Context;
        context = context with { Namespace = context.Namespace with { InjectSince = since } };
        var pod = new PodFacts(labels, LabelSet.Of(("sidecar.istio.io/status", ""))).ToWorkload(new ObjectKey("shop", "api"), context.Mesh);
        return UnseenRule.CameInUnseen(pod, AuditPolicy.Of(pod, context, isCreated: true), context, created);
    }
}
