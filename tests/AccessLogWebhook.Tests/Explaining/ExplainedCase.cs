using System.CommandLine;
using System.Runtime.CompilerServices;
using AccessLogWebhook.Cli;

namespace AccessLogWebhook.Tests.Explaining;

/// <summary>A folder of <c>tests/Explanations</c>: the arguments, and what is printed as text and as JSON. The clusters are beside it.</summary>
internal sealed record ExplainedCase(string Name)
{
    private const string Clusters = "clusters";

    private static readonly string Root = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(ThisFile())!, "../../Explanations"));

    public static IEnumerable<TheoryDataRow<string>> Names() => Directory.EnumerateDirectories(Root).Select(path => Path.GetFileName(path)).Where(name => name != Clusters)
        .Order(StringComparer.Ordinal).Select(name => new TheoryDataRow<string>(name));

    public string this[string file] => Path.Combine(Root, Name, file);

    public string[] Arguments => [.. File.ReadAllText(this["arguments"]).Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries)];

    public Task<(int ExitCode, string Output, string Error)> RunAsync(string format) => RunAsync([.. Arguments, "-o", format]);

    /// <summary>Runs the command as the program does; a cluster is named by its folder.</summary>
    public static async Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] arguments)
    {
        var at = Array.IndexOf(arguments, "--cluster");
        string[] placed = at < 0 ? arguments : [.. arguments[..(at + 1)], Path.Combine(Root, Clusters, arguments[at + 1]), .. arguments[(at + 2)..]];
        using StringWriter output = new(), error = new();
        var parsed = new RootCommand { ExplainCommand.Create() }.Parse(["explain", .. placed]);
        var exitCode = await parsed.InvokeAsync(new InvocationConfiguration { Output = output, Error = error });
        return (parsed.Errors.Count > 0 ? ExitCodes.Usage : exitCode, output.ToString(), error.ToString());
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
