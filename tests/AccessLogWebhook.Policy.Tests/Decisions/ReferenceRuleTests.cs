using AccessLogWebhook.Policy.Decisions;
using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Policy.Profiles;
using AccessLogWebhook.Policy.Tests.Support;
using static AccessLogWebhook.Policy.Tests.Support.Objects;

namespace AccessLogWebhook.Policy.Tests.Decisions;

/// <summary>What is wrong with the profile that a Pod carries, whole sentence by whole sentence, and whether enforce refuses it.</summary>
public sealed class ReferenceRuleTests
{
    [Theory]
    [InlineData(null, Verdict.Outdated)]
    [InlineData($"istio-system/accesslog-json-{Scene.Revision}", Verdict.Outdated)]
    [InlineData("istio-system/theirs", Verdict.Dangling)]
    [InlineData("istio-system/others", Verdict.Dangling)]
    public void A_Pod_of_a_profile_that_now_names_an_EnvoyFilter_is_logged_still_by_what_was_rendered(string? named, Verdict verdict)
    {
        var scene = Scene.Injected.With(new AccessLogProfile("json") { EnvoyFilterRef = new("istio-system", "theirs") }).With(Scene.Filter("istio-system/theirs", LabelSet.Of(("log", "theirs"))));
        (string, string)[] labels = [("accesslog.mesh/profile", "json"), ("accesslog.mesh/revision", Scene.Revision)];

        Assert.Equal(verdict, scene.Judge(Objects.Pod(labels, named is null ? null : [("accesslog.mesh/envoyfilter", named)])).Verdict);
        Assert.Equal(Verdict.Logged, scene.Judge(Objects.Pod([.. labels, ("log", "theirs")], [("accesslog.mesh/envoyfilter", "istio-system/theirs")])).Verdict);
    }

    private const string Current = $"istio-system/accesslog-json-{Scene.Revision}";

    [Fact]
    public void No_profile() => Says(
        Scene.Injected.Judge(Pod()), Verdict.Missing, refused: true,
        "carries no access-log profile. Add the labels accesslog.mesh/profile=json, accesslog.mesh/revision=1f3a to the Pod template.");

    [Fact]
    public void No_profile_where_one_label_is_enough() => Says(
        Scene.Injected.With(new AccessLogProfile("text")).Judge(Pod(), "text"), Verdict.Missing, refused: true,
        "carries no access-log profile. Add the label accesslog.mesh/profile=text to the Pod template.");

    [Fact]
    public void Another_profile() => Says(
        Scene.Injected.Judge(Pod([("accesslog.mesh/profile", "text")])), Verdict.Conflicting, refused: true,
        "carries profile \"text\" instead of json. Set accesslog.mesh/profile=json on the Pod template.");

    [Fact]
    public void A_revision_that_is_gone() => Says(
        Scene.Injected.Judge(Carrying("dead")), Verdict.Dangling, refused: true,
        "carries revision dead of profile json, which is gone. Set accesslog.mesh/revision=1f3a.");

    [Fact]
    public void A_revision_of_a_profile_that_has_none() => Says(
        Scene.Injected.With(new AccessLogProfile("text")).Judge(Pod([("accesslog.mesh/profile", "text"), ("accesslog.mesh/revision", "dead")]), "text"), Verdict.Dangling, refused: true,
        "carries revision dead of profile text, which is gone. Remove the label accesslog.mesh/revision.");

    [Fact]
    public void An_older_revision_that_still_logs() => Says(
        Scene.Injected.Judge(Carrying(Scene.OlderRevision)), Verdict.Outdated, refused: false,
        "is logged by revision 0b5e of profile json; the current one is 1f3a. Restart the workload to take the current one.");

    [Fact]
    public void The_current_revision() => Says(
        Scene.Injected.Judge(Carrying(Scene.Revision)), Verdict.Logged, refused: false, "is logged by profile json.");

    [Fact]
    public void The_profile_without_its_revision() => Says(
        Scene.Injected.Judge(Pod([("accesslog.mesh/profile", "json")])), Verdict.Dangling, refused: true,
        $"is not selected by EnvoyFilter {Current} of profile json. Add the label accesslog.mesh/revision=1f3a to the Pod template.");

    [Fact]
    public void A_current_reference_that_is_not_rendered_yet() => Says(
        Scene.Injected.Without(Current).Judge(Carrying(Scene.Revision)), Verdict.Dangling, refused: false,
        $"is not logged yet: EnvoyFilter {Current} of profile json does not exist. The controllers make it; without them: accesslog render json | kubectl apply -f -.");

    [Fact]
    public void A_rendered_reference_that_somebody_changed() => Says(
        Scene.Injected.With(Scene.Filter(Current, LabelSet.Of(("more", "x")))).Judge(Carrying(Scene.Revision)), Verdict.Dangling, refused: false,
        $"is out of reach of EnvoyFilter {Current} of profile json. Put it into namespace istio-system (or the workload's own) "
        + "with the workloadSelector accesslog.mesh/profile=json,accesslog.mesh/revision=1f3a and without targetRefs.");

    [Fact]
    public void An_annotation_that_names_nothing() => Says(
        Scene.Injected.Judge(Pod(Labels(Scene.Revision), [("accesslog.mesh/envoyfilter", "a/b")])), Verdict.Dangling, refused: true,
        $"names EnvoyFilter \"a/b\", which does not exist. Set annotation accesslog.mesh/envoyfilter to {Current}, or remove it.");

    [Fact]
    public void An_annotation_that_names_another() => Says(
        Scene.Injected.With(Scene.Filter("a/b", null)).Judge(Pod(Labels(Scene.Revision), [("accesslog.mesh/envoyfilter", "a/b")])), Verdict.Conflicting, refused: true,
        $"names EnvoyFilter a/b, but profile json is realised by {Current}. Set annotation accesslog.mesh/envoyfilter to {Current}, or remove it.");

    [Fact]
    public void An_annotation_agrees_with_the_revision_that_is_carried()
    {
        Assert.Equal(Verdict.Outdated, Scene.Injected.Judge(Pod(Labels(Scene.OlderRevision), [("accesslog.mesh/envoyfilter", $"istio-system/accesslog-json-{Scene.OlderRevision}")])).Verdict);
        Assert.Equal(ReasonCode.OtherReference, Scene.Injected.Judge(Pod(Labels(Scene.OlderRevision), [("accesslog.mesh/envoyfilter", Current)])).Reason);
    }

    [Fact]
    public void A_reference_by_name_that_does_not_exist() => Says(
        ByName(null).Without("infra/existing").Judge(Pod([("accesslog.mesh/profile", "team")]), "team"), Verdict.Dangling, refused: true,
        "cannot be logged: profile team names EnvoyFilter infra/existing, which does not exist. Create it, or correct spec.envoyFilterRef of the profile.");

    [Fact]
    public void A_reference_by_name_in_a_namespace_that_reaches_nobody_here() => Says(
        ByName(LabelSet.Empty).Judge(Pod([("accesslog.mesh/profile", "team")]), "team"), Verdict.Dangling, refused: true,
        "is out of reach of EnvoyFilter infra/existing of profile team. Put it into namespace istio-system (or the workload's own) "
        + "with the workloadSelector accesslog.mesh/profile=team and without targetRefs.");

    [Fact]
    public void A_reference_by_name_whose_labels_are_lacking() => Says(
        ByName(LabelSet.Of(("a", "1"), ("b", "2"), ("c", "3"))).Judge(Pod([("accesslog.mesh/profile", "team"), ("b", "2")]), "team"), Verdict.Dangling, refused: true,
        "is not selected by EnvoyFilter infra/existing of profile team. Add the labels a=1, c=3 to the Pod template.");

    [Fact]
    public void A_reference_by_name_has_no_revisions()
    {
        var scene = (ByName(LabelSet.Empty) with { Name = "infra" });

        Assert.Equal(Verdict.Logged, scene.Judge(Pod([("accesslog.mesh/profile", "team"), ("accesslog.mesh/revision", "dead")]), "team").Verdict);
    }

    private static Scene ByName(LabelSet? selector) => Scene.Injected
        .With(new AccessLogProfile("team") { EnvoyFilterRef = new("infra", "existing"), Revision = "1f3a" })
        .With(Scene.Filter("infra/existing", selector));

    private static (string, string)[] Labels(string revision) => [("accesslog.mesh/profile", "json"), ("accesslog.mesh/revision", revision)];

    private static string Carrying(string revision) => Pod(Labels(revision));

    private static void Says(Judgement judgement, Verdict verdict, bool refused, string explanation)
    {
        Assert.Equal(explanation, judgement.Explanation);
        Assert.Equal((verdict, refused), (judgement.Verdict, judgement.RefusedByEnforce));
    }
}
