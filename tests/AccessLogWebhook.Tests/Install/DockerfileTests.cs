namespace AccessLogWebhook.Tests.Install;

/// <summary>What the image is built with is what the build server builds, tests and publishes with.</summary>
public sealed class DockerfileTests
{
    private const string Publish = "dotnet publish src/AccessLogWebhook -c Release -r \"$rid\" -o ";

    [Fact]
    public void The_image_is_published_by_the_command_whose_output_is_tested()
    {
        Assert.Contains(Publish, File.ReadAllText(Repository.In("Dockerfile")), StringComparison.Ordinal);
        Assert.Contains(Publish, File.ReadAllText(Repository.In(".ci/run")), StringComparison.Ordinal);
    }

    [Fact]
    public void Everything_that_is_copied_into_the_build_is_there()
    {
        var copied = File.ReadLines(Repository.In("Dockerfile"))
            .Where(line => line.StartsWith("COPY ", StringComparison.Ordinal) && !line.Contains("--from", StringComparison.Ordinal))
            .SelectMany(line => line.Split(' ')[1..^1])
            .ToList();

        Assert.Contains("Directory.Packages.props", copied);
        Assert.All(copied, path => Assert.True(Path.Exists(Repository.In(path)), $"{path} is not there."));
    }
}
