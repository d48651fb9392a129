using System.Runtime.CompilerServices;
using AccessLogWebhook.Manifests;

namespace AccessLogWebhook.Tests.Auditing;

/// <summary>
/// The cluster of <c>tests/AuditFixtures</c>, and what is true of it in every form that people read. <c>UPDATE_GOLDEN=1</c> writes the cluster anew, and what comes out as what is expected.
/// </summary>
public sealed class AuditFixtureTests : IDisposable
{
    private static readonly string Folder = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(ThisFile())!, "../../AuditFixtures"));

    private static readonly string Cluster = Path.Combine(Folder, "shop");

#pragma warning disable RS0030 // The switch of the test run, no setting of the product.
    private static readonly bool Updates = Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1";
#pragma warning restore RS0030

    private readonly AuditedFiles files = new();

    [Fact]
    public void The_shop_has_three_hundred_manifests_and_is_what_is_described()
    {
        var described = ShopCluster.Files();
        WriteCluster(described);

        Assert.Equal(described.Keys, Directory.EnumerateFiles(Cluster, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(Cluster, path).Replace('\\', '/')).Order(StringComparer.Ordinal));
        Assert.All(described, file => Assert.Equal(file.Value, File.ReadAllText(Path.Combine(Cluster, file.Key))));
        var manifests = described.Keys.Select(file => ManifestReader.ReadFile(Path.Combine(Cluster, file))).ToList();
        Assert.Empty(manifests.SelectMany(reading => reading.Errors));
        Assert.InRange(manifests.Sum(reading => reading.Manifests.Length), 300, 1_000);
        Assert.Equal(40, manifests.Sum(reading => reading.Manifests.Count(manifest => manifest.Kind == "Service")));
    }

    [Theory]
    [InlineData("owners.txt", "table", "owner")]
    [InlineData("namespaces.txt", "table", "namespace")]
    [InlineData("verdicts.txt", "table", "verdict")]
    [InlineData("workloads.json", "json", "owner")]
    [InlineData("reports.yaml", "policyreport", "owner")]
    [InlineData("owners.md", "markdown", "owner")]
    public async Task What_is_true_of_it_is_expected(string file, string format, string by)
    {
        WriteCluster(ShopCluster.Files());

        var audited = await files.RunAsync("--cluster", Cluster, "-o", format, "--by", by);

        Assert.Equal((0, "2 Pods have ended and are left out.\n"), (audited.ExitCode, audited.Error));
        var output = audited.Output.Replace($"{Cluster}{Path.DirectorySeparatorChar}", "", StringComparison.Ordinal);
        var path = Path.Combine(Folder, "expected", file);
        if (Updates)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await File.WriteAllTextAsync(path, output);
        }

        Assert.Equal(await File.ReadAllTextAsync(path), output);
    }

    [Fact]
    public async Task The_order_of_files_does_not_matter()
    {
        var number = 0;
        foreach (var text in ShopCluster.Files().Values.Reverse())
        {
            files.Write($"reversed/{number++:000}.yaml", text);
        }

        var (described, reversed) = (await files.RunAsync("--cluster", Cluster), await files.RunAsync("--cluster", files["reversed"]));

        Assert.Equal(described.Output, reversed.Output);
    }

    public void Dispose() => files.Dispose();

    private static void WriteCluster(SortedDictionary<string, string> described)
    {
        if (!Updates)
        {
            return;
        }

        foreach (var (file, text) in described)
        {
            var path = Path.Combine(Cluster, file);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, text);
        }
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
