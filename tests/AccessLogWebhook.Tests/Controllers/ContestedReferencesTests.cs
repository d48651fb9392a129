using System.Text.Json;
using AccessLogWebhook.Cluster;
using AccessLogWebhook.Controllers;
using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Policy.Profiles;
using AccessLogWebhook.Policy.Rendering;
using AccessLogWebhook.Tests.Support;

namespace AccessLogWebhook.Tests.Controllers;

public sealed class ContestedReferencesTests
{
    private static readonly RenderedResource Reference = ProfileRenderer.Render(BuiltInProfiles.Named("json")!).ForWorkloads("istio-system")!;

    private readonly TestTime time = new();
    private readonly ContestedReferences contests;

    public ContestedReferencesTests() => contests = new ContestedReferences(new ReferenceTimings(), time);

    [Fact]
    public void However_long_it_goes_on_it_is_put_right_every_five_minutes()
    {
        for (var round = 0; round < 200; round++)
        {
            contests.Applied("json", Reference);
            Observe(isUndone: true);
            Assert.InRange(Left(), TimeSpan.Zero, TimeSpan.FromMinutes(5));
            time.Advance(Left());
        }

        Assert.Equal(TimeSpan.Zero, Left());
        contests.Applied("json", Reference);
        Assert.Equal(TimeSpan.FromMinutes(5), Left());
    }

    [Fact]
    public void An_edit_is_no_concern_of_a_contest_over_the_revision_before()
    {
        Contest();
        Assert.Single(contests.Of("json"));

        contests.Observe("json", [], MeshSnapshot.Empty, "another");

        Assert.Empty(contests.Of("json"));
    }

    [Fact]
    public void What_somebody_else_puts_right_has_to_stand_too()
    {
        Contest();
        Observe(isUndone: true);
        time.Advance(TimeSpan.FromMinutes(1));
        Observe(isUndone: false);
        Assert.Single(contests.Of("json"));

        time.Advance(TimeSpan.FromSeconds(30));
        Observe(isUndone: false);

        Assert.Empty(contests.Of("json"));
    }

    [Fact]
    public void A_profile_that_is_no_more_is_forgotten()
    {
        Contest();

        contests.Keep(new HashSet<string>(StringComparer.Ordinal) { "other" });

        Assert.Empty(contests.Of("json"));
    }

    [Theory]
    [InlineData("", null)]
    [InlineData("""{"manager":"accesslog-webhook","time":"2026-11-25T10:00:00Z","fieldsV1":{"f:spec":{}}}""", null)]
    [InlineData("""{"manager":"labeller","time":"2026-11-25T10:00:00Z","fieldsV1":{"f:metadata":{"f:labels":{}}}}""", "labeller")]
    [InlineData("""{"manager":"annotator","time":"2026-11-25T10:00:00Z","fieldsV1":{"f:metadata":{"f:annotations":{}}}}""", "annotator")]
    [InlineData("""{"manager":"other","time":"2026-11-25T10:00:00Z","fieldsV1":{"f:status":{}}}""", null)]
    [InlineData("""{"manager":"a","time":"2026-11-25T10:00:01Z","fieldsV1":{"f:spec":{}}},{"manager":"b","time":"2026-11-25T10:00:00Z","fieldsV1":{"f:spec":{}}}""", "a")]
    [InlineData("""{"manager":"a","time":"2026-11-25T10:00:00Z","fieldsV1":{"f:spec":{}}},{"manager":"b","time":"2026-11-25T10:00:00Z","fieldsV1":{"f:spec":{}}}""", "b")]
    [InlineData("""7,{"manager":7},{"manager":"a","fieldsV1":7}""", null)]
    public void The_last_to_change_spec_or_metadata_is_known_by_the_managed_fields(string entries, string? manager)
    {
        var read = ClusterKinds.ReadReference(LoggingResourceKind.EnvoyFilter, JsonElement.Parse($$"""{"metadata":{"name":"accesslog-json-1","managedFields":[{{entries}}]} }"""));

        Assert.Equal(manager, read.ChangedBy);
    }

    private void Contest()
    {
        contests.Applied("json", Reference);
        contests.Applied("json", Reference);
        Observe(isUndone: true);
    }

    private void Observe(bool isUndone) =>
        contests.Observe("json", isUndone ? [new ReferenceApply(Reference, Repairs: true)] : [], MeshSnapshot.Empty, Reference.Labels["accesslog.mesh/revision"]);

    private TimeSpan Left() => contests.Left("json", ControlledObjects.Of(Reference));
}
