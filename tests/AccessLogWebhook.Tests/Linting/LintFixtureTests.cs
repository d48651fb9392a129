using System.Runtime.CompilerServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using AccessLogWebhook.Policy.Linting;

namespace AccessLogWebhook.Tests.Linting;

/// <summary>
/// The cases of <c>tests/LintFixtures</c>: of each rule a file that it is about and one close to it that it is not, and what is found in both.
/// <c>UPDATE_GOLDEN=1</c> writes what comes out as what is expected.
/// </summary>
public sealed class LintFixtureTests : IDisposable
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    internal static readonly string Folder = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(ThisFile())!, "../../LintFixtures"));

    private readonly LintedFiles files = new();

    public static IEnumerable<TheoryDataRow<string>> Cases() =>
        Directory.EnumerateDirectories(Folder).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal).Select(name => new TheoryDataRow<string>(name));

    [Fact]
    public void Every_rule_has_one() =>
        Assert.Equal(LintRules.All.Select(rule => $"{rule.Id}-{rule.Name}"), Cases().Select(row => row.Data));

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Case(string name)
    {
        var (bad, good) = (await LintAsync(name, "bad.yaml"), await LintAsync(name, "good.yaml"));
        var path = Path.Combine(Folder, name, "expected.json");
        var text = new JsonObject { ["bad"] = bad, ["good"] = good }.ToJsonString(Indented) + "\n";
#pragma warning disable RS0030 // The switch of the test run, no setting of the product.
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
#pragma warning restore RS0030
        {
            await File.WriteAllTextAsync(path, text);
        }

        Assert.Equal(await File.ReadAllTextAsync(path), text);
        var id = name[..name.IndexOf('-', StringComparison.Ordinal)];
        Assert.Contains(id, IdsOf(bad));
        Assert.DoesNotContain(id, IdsOf(good));
        Assert.All(bad, finding => Assert.True((int)finding!["line"]! > 1, "A finding stands in its field, not at the object's beginning."));
    }

    private async Task<JsonArray> LintAsync(string name, string file)
    {
        var linted = await files.RunAsync("-f", Path.Combine(Folder, name, file), "-o", "json");
        Assert.Equal("", linted.Error);
        var findings = linted.Json;
        foreach (var finding in findings)
        {
            Assert.True(finding!.AsObject().Remove("file"));
        }

        return findings;
    }

    private static IEnumerable<string?> IdsOf(JsonArray findings) => findings.Select(finding => (string?)finding!["id"]);

    public void Dispose() => files.Dispose();

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
