using System.Runtime.CompilerServices;
using AccessLogWebhook.Policy.Profiles;

namespace AccessLogWebhook.Tests.Rendering;

/// <summary>The built-in profiles are in the code, and in the chart for people to begin with.</summary>
public sealed class BuiltInProfileTests
{
    private static readonly string Folder = Path.Combine(Path.GetDirectoryName(ThisFile())!, "../../../charts/accesslog-webhook/profiles");

    [Fact]
    public void Each_has_a_file_in_the_chart_and_the_other_way_round() => Assert.Equal(
        BuiltInProfiles.Names, Directory.EnumerateFiles(Folder).Select(path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal));

    [Fact]
    public void The_files_say_what_the_code_says() => Assert.All(BuiltInProfiles.Names, name =>
    {
        var written = RenderingCase.ProfileOf(File.ReadAllText(Path.Combine(Folder, $"{name}.yaml")));

        Assert.Equal(BuiltInProfiles.Named(name)! with { Errors = written.Errors }, written);
        Assert.Empty(written.Errors);
    });

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
