using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace AccessLogWebhook.Policy.Tests.Architecture;

/// <summary>Which room may import which, read off the <c>using</c> lines: the architecture document that cannot rot.</summary>
public sealed partial class DependencyDirectionTests
{
    private const string Host = "AccessLogWebhook";

    private static readonly (string Room, string[] Never)[] Forbidden =
    [
        ("Admission", [$"{Host}.Certificates", $"{Host}.Controllers", $"{Host}.Hosting", $"{Host}.Issuance"]),
        ("Cluster", [$"{Host}.Admission", $"{Host}.Certificates", $"{Host}.Controllers", $"{Host}.Hosting", $"{Host}.Issuance"]),
        ("Certificates", [$"{Host}.Admission", $"{Host}.Cluster", $"{Host}.Controllers", $"{Host}.Hosting", $"{Host}.Issuance"]),
        ("Issuance", [$"{Host}.Admission", $"{Host}.Configuration", $"{Host}.Hosting", $"{Host}.Manifests"]),
        ("Controllers", [$"{Host}.Admission", $"{Host}.Certificates", $"{Host}.Configuration", $"{Host}.Hosting", $"{Host}.Issuance", $"{Host}.Manifests", $"{Host}.Reviewing"]),
        ("Auditing", [$"{Host}.Admission", $"{Host}.Certificates", $"{Host}.Controllers", $"{Host}.Hosting", $"{Host}.Issuance"]),
        ("Forms", [$"{Host}.Admission", $"{Host}.Auditing", $"{Host}.Cluster", $"{Host}.Controllers", $"{Host}.Hosting", $"{Host}.Issuance", $"{Host}.Linting"]),
        ("Observability", [$"{Host}.Admission", $"{Host}.Controllers", $"{Host}.Hosting", $"{Host}.Issuance"]),
    ];

    [Fact]
    public void Policy_imports_nothing_but_the_base_library_and_itself() =>
        Assert.DoesNotContain(Imports($"{Host}.Policy"), import => !Within(import.Name, "System", $"{Host}.Policy"));

    [Fact]
    public void Rooms_of_the_host_import_along_the_arrows_only() =>
        Assert.DoesNotContain(Imports(Host), import => Forbidden.Any(rule => rule.Room == import.Room && Within(import.Name, rule.Never)));

    [Fact]
    public void The_Kubernetes_client_is_imported_where_the_cluster_is_touched_and_nowhere_else() => Assert.DoesNotContain(
        Imports(Host), import => Within(import.Name, "k8s") && import.Room is not ("Cluster" or "Certificates" or "Hosting"));

    [Fact]
    public void Commands_are_imported_by_the_program_alone() =>
        Assert.DoesNotContain(Imports(Host), import => Within(import.Name, $"{Host}.Cli") && import.Room is not ("Cli" or "Program.cs"));

    [Fact]
    public void Manifests_know_YAML_and_nothing_of_the_mesh() =>
        Assert.DoesNotContain(Imports(Host), import => import.Room == "Manifests" && !Within(import.Name, "System", "YamlDotNet", $"{Host}.Manifests"));

    private static List<(string Room, string Name, string File)> Imports(string assembly, [CallerFilePath] string here = "")
    {
        var source = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../../src", assembly));
        var imports =
            from file in Directory.EnumerateFiles(source, "*.cs", SearchOption.AllDirectories)
            let path = Path.GetRelativePath(source, file)
            let room = path.Split('/', '\\')[0]
            where room is not ("bin" or "obj")
            from Match match in Using().Matches(File.ReadAllText(file))
            select (room, match.Groups["name"].Value, path);
        return imports.ToList() is { Count: > 20 } found ? found : throw new DirectoryNotFoundException(source);
    }

    private static bool Within(string name, params string[] roots) => roots.Any(root => name == root || name.StartsWith($"{root}.", StringComparison.Ordinal));

    [GeneratedRegex(@"^(global )?using (static |\w+ = )?(global::)?(?<name>[\w.]+)", RegexOptions.Multiline)]
    private static partial Regex Using();
}
