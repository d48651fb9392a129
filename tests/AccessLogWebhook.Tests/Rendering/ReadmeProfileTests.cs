using System.Runtime.CompilerServices;
using AccessLogWebhook.Policy.Rendering;

namespace AccessLogWebhook.Tests.Rendering;

/// <summary>The README shows a profile with every field; it is one that works.</summary>
public sealed class ReadmeProfileTests
{
    [Fact]
    public void The_profile_in_the_README_renders()
    {
        var readme = File.ReadAllText(Path.Combine(Path.GetDirectoryName(ThisFile())!, "../../../README.md"));
        var section = readme[readme.IndexOf("\n## Profiles\n", StringComparison.Ordinal)..];
        var start = section.IndexOf("```yaml\n", StringComparison.Ordinal) + "```yaml\n".Length;

        var profile = RenderingCase.ProfileOf(section[start..section.IndexOf("\n```", start, StringComparison.Ordinal)]);

        Assert.Empty(profile.Errors);
        Assert.NotNull(ProfileRenderer.Render(profile).SilencerForWorkloads("shop"));
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
