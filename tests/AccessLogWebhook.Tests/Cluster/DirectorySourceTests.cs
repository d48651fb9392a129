using AccessLogWebhook.Cluster;
using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace AccessLogWebhook.Tests.Cluster;

public sealed class DirectorySourceTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();
    private readonly FakeTimeProvider time = new();
    private readonly ClusterView view = new();
    private readonly LogCollector<DirectorySource> log = new();
    private readonly DirectorySource source;

    public DirectorySourceTests() => source = new DirectorySource(directory.Path, view, time, log);

    public void Dispose() => directory.Dispose();

    [Fact]
    public void All_manifests_below_the_directory_are_the_cluster()
    {
        directory.Write("a.yaml", Namespace("a"));
        directory.Write("b/c.yml", Namespace("b"));
        directory.Write("b/d/e.json", """{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "c"}}""");
        directory.Write("notes.txt", "{");
        directory.Write(".hidden.yaml", "{");
        directory.Write(".git/x.yaml", "{");

        Assert.Empty(source.LoadOnce());

        Assert.Equal(["a", "b", "c"], view.Snapshot.Namespaces.Keys.Order());
        Assert.All(source.CacheStatuses(), status => Assert.True(status is { Synced: true, Installed: true, Problem: null }));
        Assert.Equal(3, source.CacheStatuses().Single(status => status.Kind == "namespaces").Objects);
        Assert.Equal($"directory {directory.Path}", source.Description);
    }

    [Fact]
    public void All_errors_of_all_files_are_returned_and_nothing_is_published()
    {
        var a = directory.Write("a.yaml", Namespace("a") + "---\nkind: Pod\n");
        var b = directory.Write("b.yaml", Namespace("a"));
        var c = directory.Write("c.yaml", "a: [\n");
        File.CreateSymbolicLink(directory["d.yaml"], "nowhere.yaml");

        var errors = source.LoadOnce();

        Assert.Equal(
            [
                $"{directory["d.yaml"]}: is a link that leads nowhere.",
                $"{a}:5:1: apiVersion is missing; give one, for instance apiVersion: v1.",
                $"{c}:2:1: invalid YAML: while parsing a node, did not find expected node content.",
                $"{b}:1:1: Namespace a is at {a}:1, too: remove one of them.",
            ],
            errors.Select(error => error.ToString()));
        Assert.Same(MeshSnapshot.Empty, view.Snapshot);
        Assert.All(source.CacheStatuses(), status => Assert.Equal((false, $"{errors[0]} (3 more)"), (status.Synced, status.Problem)));
    }

    [Fact]
    public void A_directory_that_is_none_is_an_error()
    {
        var file = directory.Write("a.yaml", "");
        var missing = directory["missing"];

        Assert.Equal($"{missing}: does not exist.", Assert.Single(Another(missing).LoadOnce()).ToString());
        Assert.Equal($"{file}: is no directory.", Assert.Single(Another(file).LoadOnce()).ToString());
    }

    [Fact]
    public async Task A_namespace_that_is_not_in_the_directory_has_no_labels() => Assert.Equal(
        new NamespaceLookup.Found(new NamespaceFacts("x", LabelSet.Empty)),
        await source.LookUpNamespaceAsync("x", TestContext.Current.CancellationToken));

    [Fact]
    public void Links_are_followed_once_and_never_in_circles()
    {
        directory.Write("real/a.yaml", Namespace("a"));
        Directory.CreateSymbolicLink(directory["real/up"], "..");
        Directory.CreateSymbolicLink(directory["again"], "real");
        File.CreateSymbolicLink(directory["same.yaml"], "real/a.yaml");
        File.CreateSymbolicLink(directory["x"], "y");
        File.CreateSymbolicLink(directory["y"], "x");

        Assert.Empty(source.LoadOnce());

        Assert.Equal(["a"], view.Snapshot.Namespaces.Keys);
    }

    [Fact]
    public void A_change_is_taken_in_once_two_looks_agree()
    {
        directory.Write("a.yaml", Namespace("a"));
        source.LoadOnce();

        directory.Write("b.yaml", "");
        source.Poll();
        directory.Write("b.yaml", Namespace("b"));
        source.Poll();
        Assert.Equal(["a"], view.Snapshot.Namespaces.Keys);
        source.Poll();

        Assert.Equal(["a", "b"], view.Snapshot.Namespaces.Keys.Order());
        Assert.Equal([$"Information 2090: Directory {directory.Path} has changed and was loaded again: 2 files"], log.Lines);
    }

    [Fact]
    public void A_swapped_volume_is_seen_although_lengths_and_times_are_the_same()
    {
        var old = directory.Write("..1/a.yaml", Namespace("a"));
        var @new = directory.Write("..2/a.yaml", Namespace("b"));
        File.SetLastWriteTimeUtc(@new, File.GetLastWriteTimeUtc(old));
        Directory.CreateSymbolicLink(directory["..data"], "..1");
        File.CreateSymbolicLink(directory["a.yaml"], "..data/a.yaml");
        Assert.Empty(source.LoadOnce());

        Directory.Delete(directory["..data"]);
        Directory.CreateSymbolicLink(directory["..data"], "..2");
        source.Poll();
        source.Poll();

        Assert.Equal(["b"], view.Snapshot.Namespaces.Keys);
    }

    [Fact]
    public void A_faulty_change_keeps_the_last_good_snapshot_and_says_so_once()
    {
        directory.Write("a.yaml", Namespace("a"));
        source.LoadOnce();
        var good = view.Snapshot;

        var path = directory.Write("a.yaml", "kind: Pod\n");
        for (var i = 0; i < 5; i++)
        {
            time.Advance(DirectorySource.PollInterval);
            source.Poll();
        }

        var error = $"{path}:1:1: apiVersion is missing; give one, for instance apiVersion: v1.";
        Assert.Same(good, view.Snapshot);
        Assert.All(source.CacheStatuses(), status => Assert.Equal((true, error, TimeSpan.FromSeconds(2.5)), (status.Synced, status.Problem, status.Age)));
        Assert.Equal(
            [$"Error 2091: {error}", $"Error 2092: Directory {directory.Path} has 1 errors; what was read before them stays in force"], log.Lines);

        directory.Write("a.yaml", Namespace("b"));
        source.Poll();
        source.Poll();

        Assert.Equal(["b"], view.Snapshot.Namespaces.Keys);
        Assert.All(source.CacheStatuses(), status => Assert.Equal((null, TimeSpan.Zero), (status.Problem, status.Age)));
    }

    [Fact]
    public void A_look_that_finds_nothing_changed_proves_the_caches_current()
    {
        directory.Write("a.yaml", Namespace("a"));
        source.LoadOnce();
        var snapshot = view.Snapshot;

        time.Advance(TimeSpan.FromSeconds(10));
        Assert.All(source.CacheStatuses(), status => Assert.Equal(TimeSpan.FromSeconds(10), status.Age));
        source.Poll();

        Assert.All(source.CacheStatuses(), status => Assert.Equal(TimeSpan.Zero, status.Age));
        Assert.Same(snapshot, view.Snapshot);
        Assert.Empty(log.Lines);
    }

    [Fact]
    public async Task Running_loads_and_follows_until_it_is_cancelled()
    {
        directory.Write("a.yaml", Namespace("a"));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);

        var running = source.RunAsync(stop.Token);
        Assert.Equal(["a"], view.Snapshot.Namespaces.Keys);

        directory.Write("b.yaml", Namespace("b"));
        while (view.Snapshot.Namespaces.Count < 2)
        {
            time.Advance(DirectorySource.PollInterval);
            await Task.Yield();
        }

        await stop.CancelAsync();
        await running;
    }

    private DirectorySource Another(string path) => new(path, view, time, log);

    private static string Namespace(string name) => $"apiVersion: v1\nkind: Namespace\nmetadata: {{name: {name}}}\n";
}
