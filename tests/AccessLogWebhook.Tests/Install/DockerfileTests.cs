using AccessLogWebhook.Cli;
using AccessLogWebhook.Hosting;

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

    [Fact]
    public void Its_health_is_asked_by_the_program_itself_at_the_port_that_it_serves_by_default()
    {
        var lines = File.ReadAllLines(Repository.In("Dockerfile"));

        Assert.EndsWith(" CMD [\"/accesslog\", \"healthcheck\"]", Assert.Single(lines, line => line.StartsWith("HEALTHCHECK ", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Contains("ENTRYPOINT [\"/accesslog\"]", lines);
        Assert.Equal("healthcheck", HealthcheckCommand.Create().Name);
        Assert.Contains($"EXPOSE {new ServingOptions().HttpsPort} {new ServingOptions().HttpPort}", lines);
    }

    [Fact]
    public void Every_base_is_pinned_by_a_digest() => Assert.All(
        File.ReadLines(Repository.In("Dockerfile")).Where(line => line.StartsWith("FROM ", StringComparison.Ordinal)),
        line => Assert.Matches("@sha256:[0-9a-f]{64}( AS build)?$", line));

    [Fact]
    public void The_image_that_is_shipped_has_no_shell_and_runs_as_nobody()
    {
        var final = File.ReadAllText(Repository.In("Dockerfile")).Split("\nFROM ")[^1];

        Assert.Matches(@"^mcr\.microsoft\.com/dotnet/runtime-deps:10\.0\.[0-9]+-noble-chiseled@sha256:[0-9a-f]{64}\n", final);
        Assert.DoesNotContain("\nRUN ", final, StringComparison.Ordinal);
        Assert.Contains("\nUSER 65532:65532\n", final, StringComparison.Ordinal);
    }
}
