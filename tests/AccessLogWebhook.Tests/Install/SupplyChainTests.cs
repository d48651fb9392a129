using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml.Linq;

namespace AccessLogWebhook.Tests.Install;

/// <summary>
/// What the program is made of, in step with its lock file: the bill of materials (CycloneDX) that is published beside the executable, and the licences.
/// <c>UPDATE_GOLDEN=1</c> writes both.
/// </summary>
public sealed class SupplyChainTests
{
    private const string Bill = "src/AccessLogWebhook/accesslog.cdx.json";
    private const string Notices = "THIRD-PARTY-NOTICES.md";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // What checks or shortens the code and leaves nothing in it. The compiler leaves .NET's own libraries.
    private static readonly string[] OfTheBuild = ["Microsoft.CodeAnalysis.BannedApiAnalyzers", "Microsoft.NET.ILLink.Tasks", "Vecc.YamlDotNet.Analyzers.StaticGenerator"];

    [Fact]
    public void The_bill_of_materials_is_that_of_the_lock_file()
    {
        var packages = Packages();
        var bill = new JsonObject
        {
            ["$schema"] = "http://cyclonedx.org/schema/bom-1.6.schema.json",
            ["bomFormat"] = "CycloneDX",
            ["specVersion"] = "1.6",
            ["version"] = 1,
            ["metadata"] = new JsonObject
            {
                ["component"] = new JsonObject
                {
                    ["type"] = "application",
                    ["bom-ref"] = "accesslog",
                    ["name"] = "accesslog-webhook",
                    ["version"] = XDocument.Load(Repository.In("Directory.Build.props")).Descendants("Version").Single().Value,
                    ["licenses"] = new JsonArray(new JsonObject { ["license"] = new JsonObject { ["id"] = "Apache-2.0" } }),
                },
            },
            ["components"] = new JsonArray([.. packages.Select(Component)]),
            ["dependencies"] = new JsonArray(
            [
                Dependency("accesslog", packages.Where(package => package.IsDirect).Select(package => package.Purl)),
                .. packages.Select(package => Dependency(package.Purl, packages.Where(other => package.Needs.Contains(other.Id)).Select(other => other.Purl))),
            ]),
        };

        Repository.AssertGenerated(Bill, bill.ToJsonString(Indented) + "\n");
    }

    [Fact]
    public void The_licences_are_those_of_the_packages()
    {
        var text = new StringBuilder("""
            # Third-party notices

            What is in the executable, and what builds it, by `src/AccessLogWebhook/packages.lock.json`. The licence under Apache-2.0 is that of [LICENSE](LICENSE). Of .NET itself, which
            `Microsoft.DotNet.ILCompiler` compiles in, see also its [notices](https://github.com/dotnet/runtime/blob/main/THIRD-PARTY-NOTICES.TXT).

            | package | version | licence | copyright | in |
            |---|---|---|---|---|

            """.ReplaceLineEndings("\n"));
        foreach (var package in Packages())
        {
            text.Append($"| [{package.Id}](https://www.nuget.org/packages/{package.Id}/{package.Version}) | {package.Version} | {package.Licence} | {package.Copyright} | {(package.IsOfTheBuild ? "the build" : "the executable")} |\n");
        }

        text.Append($"\n## MIT\n\n{MitText}");
        Repository.AssertGenerated(Notices, text.ToString());
    }

    [Fact]
    public void Every_licence_is_one_that_allows_what_Apache_2_does() =>
        Assert.All(Packages(), package => Assert.Contains(package.Licence, (string[])["MIT", "Apache-2.0"]));

    [Fact]
    public void What_is_restored_is_locked_audited_and_named_in_one_place()
    {
        var props = XDocument.Load(Repository.In("Directory.Build.props")).Descendants().Where(element => !element.HasElements).ToLookup(element => element.Name.LocalName, element => element.Value);
        foreach (var (property, value) in ((string, string)[])
        [
            ("NuGetAudit", "true"), ("NuGetAuditMode", "all"), ("NuGetAuditLevel", "low"), ("TreatWarningsAsErrors", "true"), ("RestorePackagesWithLockFile", "true"),
            ("RestoreLockedMode", "true"), ("ManagePackageVersionsCentrally", "true"), ("CentralPackageTransitivePinningEnabled", "true"), ("Deterministic", "true"),
        ])
        {
            Assert.Equal([value], props[property]);
        }

        // A vulnerability fails the build; that nobody can be asked about any does not.
        Assert.Equal(["$(WarningsNotAsErrors);NU1900"], props["WarningsNotAsErrors"]);
        foreach (var project in Directory.EnumerateFiles(Repository.In("."), "*.csproj", SearchOption.AllDirectories))
        {
            Assert.True(File.Exists(Path.Combine(Path.GetDirectoryName(project)!, "packages.lock.json")), $"{project} has no lock file.");
            Assert.DoesNotContain(XDocument.Load(project).Descendants("PackageReference"), reference => reference.Attribute("Version") is not null || reference.Attribute("VersionOverride") is not null);
        }
    }

    private const string MitText = """
        Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation files (the "Software"), to deal in the Software
        without restriction, including without limitation the rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit
        persons to whom the Software is furnished to do so, subject to the following conditions:

        The above copyright notice and this permission notice shall be included in all copies or substantial portions of the Software.

        THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR
        PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
        OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.

        """;

    private static JsonObject Component(Package package) => new()
    {
        ["type"] = "library",
        ["bom-ref"] = package.Purl,
        ["name"] = package.Id,
        ["version"] = package.Version,
        ["scope"] = package.IsOfTheBuild ? "excluded" : "required",
        ["licenses"] = new JsonArray(new JsonObject { ["license"] = new JsonObject { ["id"] = package.Licence } }),
        ["copyright"] = package.Copyright,
        ["purl"] = package.Purl,
        ["properties"] = new JsonArray(new JsonObject { ["name"] = "nuget:contentHash", ["value"] = package.ContentHash }),
    };

    private static JsonObject Dependency(string of, IEnumerable<string> on) => new()
    {
        ["ref"] = of,
        ["dependsOn"] = new JsonArray([.. on.Select(purl => JsonValue.Create(purl))]),
    };

    /// <summary>By their names, each once: those of a runtime are the same package for another architecture.</summary>
    private static List<Package> Packages()
    {
        var frameworks = JsonNode.Parse(File.ReadAllText(Repository.In("src/AccessLogWebhook/packages.lock.json")))!["dependencies"]!.AsObject();
        return [.. frameworks["net10.0"]!.AsObject().Where(entry => (string?)entry.Value!["type"] != "Project").Select(entry => Package.Of(entry.Key, entry.Value!.AsObject())).OrderBy(package => package.Id, StringComparer.Ordinal)];
    }

    private sealed record Package(string Id, string Version, bool IsDirect, string ContentHash, IReadOnlyCollection<string> Needs, string Licence, string Copyright)
    {
        public string Purl => $"pkg:nuget/{Id}@{Version}";

        public bool IsOfTheBuild => OfTheBuild.Contains(Id);

        public static Package Of(string id, JsonObject locked)
        {
            var version = (string)locked["resolved"]!;
            var folder = Path.Combine(Restored, id.ToLowerInvariant(), version);
            var metadata = XDocument.Load(Path.Combine(folder, $"{id.ToLowerInvariant()}.nuspec")).Root!.Elements().Single();
            var licence = metadata.Elements().Single(element => element.Name.LocalName == "license");
            return new Package(
                id,
                version,
                (string?)locked["type"] == "Direct",
                (string)locked["contentHash"]!,
                [.. locked["dependencies"]?.AsObject().Select(entry => entry.Key) ?? []],
                (string?)licence.Attribute("type") == "expression" ? licence.Value : NameOf(File.ReadAllText(Path.Combine(folder, licence.Value))),
                Of(metadata, "copyright") ?? Of(metadata, "authors")!);
        }

        private static string? Of(XElement metadata, string name) =>
            metadata.Elements().SingleOrDefault(element => element.Name.LocalName == name)?.Value.Trim() is { Length: > 0 } value ? value : null;

        private static string NameOf(string licence) => licence.Contains("Permission is hereby granted, free of charge", StringComparison.Ordinal) ? "MIT" : "another";

        private static string Restored =>
#pragma warning disable RS0030 // NuGet's own variable, for where it keeps packages.
            Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } path ? path : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
#pragma warning restore RS0030
    }
}
