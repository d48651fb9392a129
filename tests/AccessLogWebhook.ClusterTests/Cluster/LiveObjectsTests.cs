using System.Text;
using System.Text.Json;
using AccessLogWebhook.Cluster;
using AccessLogWebhook.ClusterTests.Support;
using AccessLogWebhook.Policy.Json;

namespace AccessLogWebhook.ClusterTests.Cluster;

/// <summary>What a real API server makes of each kind of write.</summary>
public sealed class LiveObjectsTests : ClusterTest, IDisposable
{
    private readonly LiveConnection connection;
    private readonly LiveObjects objects;

    public LiveObjectsTests(ControlPlaneFixture fixture)
        : base(fixture)
    {
        Assert.True(LiveConnection.TryOpen(Plane.AdminKubeconfig, null, out var opened, out var problem), problem);
        connection = opened;
        objects = new LiveObjects(connection, TimeSpan.FromSeconds(15), TimeProvider.System);
    }

    public void Dispose() => connection.Dispose();

    [Fact]
    public async Task An_apply_makes_what_is_missing_and_changes_nothing_the_second_time()
    {
        var path = await FilterPathAsync();
        var first = Done(await ApplyAsync(path, Spec("json")));
        var second = Done(await ApplyAsync(path, Spec("json")));

        Assert.Equal(Version(first), Version(second));
        Assert.Equal("accesslog-webhook Apply", Managers(second));
    }

    [Fact]
    public async Task An_apply_takes_back_what_others_changed_and_leaves_what_they_added()
    {
        var path = await FilterPathAsync();
        Done(await ApplyAsync(path, Spec("json")));
        (await Admin.PatchAsync($"/{path}", """{"spec":{"priority":7,"workloadSelector":{"labels":{"accesslog.mesh/profile":"other","theirs":"a"}}}}""")).Successful();

        var merged = Done(await ApplyAsync(path, Spec("json")));
        Assert.Equal(Labels("json", "theirs"), merged.GetProperty("spec").Object("workloadSelector")!.Value.GetProperty("labels").GetRawText());

        using var spec = JsonDocument.Parse(Spec("json"));
        var replaced = Done(await objects.ReplaceSpecAsync(path, Version(merged), spec.RootElement, CancellationToken.None));
        Assert.Equal(Labels("json"), replaced.GetProperty("spec").Object("workloadSelector")!.Value.GetProperty("labels").GetRawText());
        Assert.False(replaced.GetProperty("spec").TryGetProperty("priority", out _));
    }

    [Fact]
    public async Task A_spec_is_not_replaced_in_an_object_that_was_changed_meanwhile()
    {
        var path = await FilterPathAsync();
        var seen = Done(await ApplyAsync(path, Spec("json")));
        (await Admin.PatchAsync($"/{path}", """{"metadata":{"labels":{"a":"b"}}}""")).Successful();

        using var spec = JsonDocument.Parse(Spec("text"));
        Assert.IsType<ObjectOutcome.Conflict>(await objects.ReplaceSpecAsync(path, Version(seen), spec.RootElement, CancellationToken.None));
    }

    [Fact]
    public async Task A_field_that_the_definition_does_not_know_is_refused_and_not_dropped()
    {
        var path = await FilterPathAsync();
        var outcome = await ApplyAsync(path, """{"configPatches":[],"narrowedBy":"what an older definition lacks"}""");

        Assert.IsNotType<ObjectOutcome.Done>(outcome);
        Assert.Contains("narrowedBy", outcome.Problem, StringComparison.Ordinal);
        Assert.IsType<ObjectOutcome.NotFound>(await objects.GetAsync(path, CancellationToken.None));
    }

    [Fact]
    public async Task An_object_in_a_namespace_that_does_not_exist_and_one_of_no_known_kind_are_not_found()
    {
        var nowhere = new ObjectPath("networking.istio.io/v1alpha3", "envoyfilters", "does-not-exist", "a");
        Assert.Contains("namespaces \"does-not-exist\" not found", Assert.IsType<ObjectOutcome.NotFound>(await ApplyAsync(nowhere, Spec("json"))).Message, StringComparison.Ordinal);
        Assert.IsType<ObjectOutcome.NotFound>(await objects.GetAsync(new ObjectPath("no.such/v1", "things", "default", "a"), CancellationToken.None));
    }

    [Fact]
    public async Task A_deletion_is_of_the_object_that_was_meant()
    {
        var path = await FilterPathAsync();
        var first = Done(await ApplyAsync(path, Spec("json")));
        Done(await objects.DeleteAsync(path, Uid(first), null, CancellationToken.None));
        var second = Done(await ApplyAsync(path, Spec("json")));

        Assert.IsType<ObjectOutcome.Conflict>(await objects.DeleteAsync(path, Uid(first), null, CancellationToken.None));
        Assert.IsType<ObjectOutcome.Conflict>(await objects.DeleteAsync(path, Uid(second), Version(first), CancellationToken.None));
        Done(await objects.DeleteAsync(path, Uid(second), Version(second), CancellationToken.None));
        Assert.IsType<ObjectOutcome.NotFound>(await objects.DeleteAsync(path, Uid(second), null, CancellationToken.None));
    }

    [Fact]
    public async Task A_status_is_applied_beside_the_spec_and_makes_no_profile()
    {
        var (path, profile) = await ProfileAsync();
        var status = Done(await StatusAsync(path, "1f3a"));
        Assert.Equal("1f3a", status.GetProperty("status").Text("revision"));
        Assert.Equal(profile.GetProperty("spec").GetRawText(), status.GetProperty("spec").GetRawText());
        Assert.Equal(Version(status), Version(Done(await StatusAsync(path, "1f3a"))));

        Assert.Contains("status.revision", Assert.IsType<ObjectOutcome.Refused>(await StatusAsync(path, "NO")).Message, StringComparison.Ordinal);
        var absent = path with { Name = $"{path.Name}-not" };
        Assert.IsType<ObjectOutcome.NotFound>(await StatusAsync(absent, "1f3a"));
    }

    [Fact]
    public async Task A_finalizer_keeps_a_profile_and_lets_it_go()
    {
        var (path, profile) = await ProfileAsync();
        (await Admin.PatchAsync($"/{path}", """{"metadata":{"finalizers":["theirs.example.org/a"]}}""")).Successful();
        var finalizer = new ObjectFinalizer(objects, "accesslog.mesh/in-use");
        Done(await finalizer.SetAsync(path, Uid(profile), present: true, CancellationToken.None));
        (await Admin.DeleteAsync($"/{path}")).Successful();
        (await Admin.PatchAsync($"/{path}", """[{"op":"remove","path":"/metadata/finalizers/0"}]""", contentType: "application/json-patch+json")).Successful();
        Assert.NotEqual("", Done(await objects.GetAsync(path, CancellationToken.None)).GetProperty("metadata").Text("deletionTimestamp"));

        Done(await finalizer.SetAsync(path, Uid(profile), present: false, CancellationToken.None));

        Assert.IsType<ObjectOutcome.NotFound>(await objects.GetAsync(path, CancellationToken.None));
    }

    [Fact]
    public async Task Rights_that_are_missing_are_named()
    {
        var user = await Plane.CreateUserAsync(new AccessRule("", ["namespaces"], ["get"]));
        Assert.True(LiveConnection.TryOpen(user.Kubeconfig, null, out var theirs, out _));
        using (theirs)
        {
            var outcome = await new LiveObjects(theirs, TimeSpan.FromSeconds(15), TimeProvider.System).ApplyAsync(
                new ObjectPath("networking.istio.io/v1alpha3", "envoyfilters", "default", "a"), Manifest("a", "default", Spec("json")), CancellationToken.None);
            Assert.Contains("cannot patch resource \"envoyfilters\"", Assert.IsType<ObjectOutcome.Refused>(outcome).Message, StringComparison.Ordinal);
        }
    }

    private async Task<ObjectPath> FilterPathAsync() =>
        new("networking.istio.io/v1alpha3", "envoyfilters", await Plane.CreateNamespaceAsync(), "accesslog-json");

    private Task<ObjectOutcome> ApplyAsync(ObjectPath path, string spec) =>
        objects.ApplyAsync(path, Manifest(path.Name, path.Namespace, spec), CancellationToken.None);

    private async Task<(ObjectPath Path, JsonElement Profile)> ProfileAsync()
    {
        var path = new ObjectPath("accesslog.mesh/v1alpha1", "accesslogprofiles", "", $"p-{Guid.NewGuid():N}"[..10]);
        (await Admin.PostAsync(ApiPaths.Profiles(), $$$"""{"apiVersion":"accesslog.mesh/v1alpha1","kind":"AccessLogProfile","metadata":{"name":"{{{path.Name}}}"},"spec":{}}""")).Successful();
        return (path, Done(await objects.GetAsync(path, CancellationToken.None)));
    }

    private Task<ObjectOutcome> StatusAsync(ObjectPath path, string revision) => objects.ApplyStatusAsync(
        path,
        Encoding.UTF8.GetBytes(
            $$$"""{"apiVersion":"accesslog.mesh/v1alpha1","kind":"AccessLogProfile","metadata":{"name":"{{{path.Name}}}"},"status":{"revision":"{{{revision}}}"} }"""),
        CancellationToken.None);

    private static byte[] Manifest(string name, string @namespace, string spec) => Encoding.UTF8.GetBytes(
        $$$"""{"apiVersion":"networking.istio.io/v1alpha3","kind":"EnvoyFilter","metadata":{"name":"{{{name}}}","namespace":"{{{@namespace}}}"},"spec":{{{spec}}} }""");

    private static string Spec(string profile) => $$$"""{"configPatches":[],"workloadSelector":{"labels":{{{Labels(profile)}}} } }""";

    private static string Labels(string profile, params string[] others) =>
        $$"""{"accesslog.mesh/profile":"{{profile}}"{{string.Concat(others.Select(other => $",\"{other}\":\"a\""))}}}""";

    private static JsonElement Done(ObjectOutcome outcome)
    {
        Assert.True(outcome is ObjectOutcome.Done, outcome.Problem);
        return ((ObjectOutcome.Done)outcome).Object;
    }

    private static string Uid(JsonElement @object) => @object.GetProperty("metadata").Text("uid")!;

    private static string Version(JsonElement @object) => @object.GetProperty("metadata").Text("resourceVersion")!;

    private static string Managers(JsonElement @object) => string.Join(
        ' ', @object.GetProperty("metadata").GetProperty("managedFields").EnumerateArray().Select(entry => $"{entry.Text("manager")} {entry.Text("operation")}"));
}
