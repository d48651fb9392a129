using System.Collections.Immutable;
using AccessLogWebhook.Policy.Mesh;

namespace AccessLogWebhook.Policy.Tests.Linting;

/// <summary>What the rest of the cluster makes of a subject, and what is not known is not held against it.</summary>
public sealed class ContextTests
{
    private const string Api = "\"workloadSelector\":{\"labels\":{\"app\":\"api\"}}";
    private const string Stdout = """{"accessLogging":[{"providers":[{"name":"Envoy"}]}]}""";

    [Fact]
    public void A_reference_of_ours_that_reaches_the_same_Pods_may_double_the_lines()
    {
        var context = Subjects.Alone with
        {
            Mesh = MeshSnapshot.Empty with
            {
                EnvoyFilters = MeshSnapshot.Empty.EnvoyFilters
                    .Add(new("istio-system", "accesslog-json"), Reference("accesslog-json", "json"))
                    .Add(new("istio-system", "tuning"), Reference("tuning", null)),
            },
        };

        Assert.Equal("AL053", Subjects.Ids(Subjects.Filter(@namespace: "istio-system"), context));
        Assert.Equal("", Subjects.Ids(Subjects.Filter(spec: """ "workloadSelector":{"labels":{"accesslog.mesh/profile":"text"}} """), context));
        Assert.Equal("", Subjects.Ids(Subjects.Filter("accesslog-json", "istio-system"), context));
    }

    [Fact]
    public void Two_selectors_that_do_not_contradict_each_other_meet_in_a_Pod_or_not_at_all()
    {
        var other = Subjects.Filter("other", spec: """ "workloadSelector":{"labels":{"version":"v1"}} """);
        var pods = Subjects.WithPods(("shop", "api-1", LabelSet.Of(("app", "api"), ("version", "v1"))));

        Assert.Equal("", Subjects.Ids(Subjects.Filter(spec: Api), Subjects.Beside(other)));
        Assert.Equal("AL052", Subjects.Ids(Subjects.Filter(spec: Api), pods with { Others = [other] }));
    }

    [Fact]
    public void An_update_does_not_double_itself()
    {
        var subject = Subjects.Filter(spec: Api);

        Assert.Equal("", Subjects.Ids(subject, Subjects.Beside(Subjects.Filter(), subject)));
        Assert.Equal("AL052", Subjects.Ids(subject, Subjects.Beside(Subjects.Filter("another"))));
    }

    [Fact]
    public void Where_two_write_to_different_places_nothing_is_doubled()
    {
        var toStderr = Subjects.Filter("other", entry: Subjects.Entry.Replace("/dev/stdout", "/dev/stderr", StringComparison.Ordinal));

        Assert.Equal("", Subjects.Ids(Subjects.Filter(), Subjects.Beside(toStderr)));
    }

    [Fact]
    public void A_Telemetry_that_silences_the_log_for_the_same_workloads_settles_it()
    {
        var mesh = Subjects.Telemetry(Stdout, "mesh", "istio-system");
        var silencer = Subjects.Telemetry("""{"selector":{"matchLabels":{"app":"api"}},"accessLogging":[{"providers":[{"name":"envoy"}],"disabled":true}]}""", "silent");

        Assert.Equal("AL052", Subjects.Ids(Subjects.Filter(spec: Api), Subjects.Beside(mesh)));
        Assert.Equal("", Subjects.Ids(Subjects.Filter(spec: Api), Subjects.Beside(mesh, silencer)));
        Assert.Equal("AL052", Subjects.Ids(Subjects.Filter(), Subjects.Beside(mesh, silencer)));
        Assert.Equal("AL052", Subjects.Ids(mesh, Subjects.Beside(Subjects.Filter())));
    }

    [Fact]
    public void A_second_Telemetry_without_a_selector_is_known_from_the_snapshot_too()
    {
        var snapshot = MeshSnapshot.Empty with
        {
            Telemetries = MeshSnapshot.Empty.Telemetries.Add(new("shop", "metrics"), new(LoggingResourceKind.Telemetry, new("shop", "metrics"), LabelSet.Empty, LabelSet.Empty, [])),
        };

        Assert.Equal("AL057", Subjects.Ids(Subjects.Telemetry(Stdout), Subjects.Alone with { Mesh = snapshot }));
        Assert.Equal("", Subjects.Ids(Subjects.Telemetry(Stdout, @namespace: "bank"), Subjects.Alone with { Mesh = snapshot }));
    }

    [Fact]
    public void A_Telemetry_of_the_root_namespace_with_our_label_is_for_nobody()
    {
        const string ours = """{"selector":{"matchLabels":{"accesslog.mesh/profile":"json"}},"accessLogging":[{"providers":[{"name":"envoy"}]}]}""";
        var pods = Subjects.WithPods(("shop", "api-1", LabelSet.Of(("app", "api"))));

        Assert.Equal("AL059", Subjects.Ids(Subjects.Telemetry(ours, @namespace: "istio-system"), pods));
        Assert.Equal("", Subjects.Ids(Subjects.Telemetry(ours), pods));
    }

    [Fact]
    public void Without_Pods_nothing_is_said_of_them() =>
        Assert.Equal("", Subjects.Ids(Subjects.Filter(spec: Api)));

    [Fact]
    public void The_namespace_of_a_request_counts_where_the_object_names_none()
    {
        var subject = Subjects.Read("""{"apiVersion":"telemetry.istio.io/v1alpha1","kind":"Telemetry","metadata":{"generateName":"x-"},"spec":{"selector":{"matchLabels":{"a":"b"}},"accessLogging":[{"providers":[{"name":"envoy"}]}]}}""", "istio-system");

        Assert.Equal("istio-system", subject.Namespace);
        Assert.Equal("AL059", Subjects.Ids(subject));
    }

    private static LoggingResource Reference(string name, string? profile)
    {
        var labels = profile is null ? LabelSet.Empty : LabelSet.Of((AccessLogKeys.Profile, profile));
        return new LoggingResource(LoggingResourceKind.EnvoyFilter, new("istio-system", name), labels, labels, ImmutableArray<TargetReference>.Empty);
    }
}
