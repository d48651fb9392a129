using System.Text.Json.Nodes;

namespace AccessLogWebhook.Tests.Explaining;

/// <summary>What <c>explain</c> prints, whole. <c>UPDATE_GOLDEN=1</c> writes what comes out as what is expected.</summary>
public sealed class ExplainCommandTests
{
    [Theory]
    [MemberData(nameof(ExplainedCase.Names), MemberType = typeof(ExplainedCase))]
    public async Task An_explanation_is_what_is_expected(string name)
    {
        var @case = new ExplainedCase(name);
        foreach (var (format, file) in new[] { ("text", "expected.txt"), ("json", "expected.json") })
        {
            var (exitCode, output, error) = await @case.RunAsync(format);
            Assert.Equal("", error);
            Assert.InRange(exitCode, 0, 1);
#pragma warning disable RS0030 // A switch of the test run, not a setting of the product.
            if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
#pragma warning restore RS0030
            {
                await File.WriteAllTextAsync(@case[file], output);
            }

            Assert.Equal(await File.ReadAllTextAsync(@case[file]), output);
        }
    }

    [Theory]
    [InlineData("pod-logged-once", 0)]
    [InlineData("gateway-generated", 0)]
    [InlineData("pod-without-profile", 1)]
    [InlineData("pod-doubled-by-the-mesh", 1)]
    [InlineData("pod-not-logged", 1)]
    public async Task The_exit_code_says_whether_it_is_logged_as_is_asked(string name, int expected) =>
        Assert.Equal(expected, (await new ExplainedCase(name).RunAsync("text")).ExitCode);

    [Fact]
    public async Task JSON_and_text_agree()
    {
        var @case = new ExplainedCase("pod-doubled-by-its-team");
        var json = JsonNode.Parse((await @case.RunAsync("json")).Output)!;
        var text = (await @case.RunAsync("text")).Output;

        Assert.Contains(json["answer"]!.GetValue<string>(), text, StringComparison.Ordinal);
        Assert.Contains(json["change"]!.GetValue<string>(), text, StringComparison.Ordinal);
        Assert.Equal("Duplicated", json["verdicts"]![0]!["verdict"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("There is no Pod shop/gone. Is it in another namespace (-n NAMESPACE)?\n", "pod/gone", "-n", "shop", "--cluster", "shop")]
    [InlineData("There is no Deployment shop/gone. Is it in another namespace (-n NAMESPACE)?\n", "deployment/gone", "-n", "shop", "--cluster", "shop")]
    public async Task What_is_not_there_is_said(string expected, params string[] arguments)
    {
        var (exitCode, output, error) = await ExplainedCase.RunAsync(arguments);
        Assert.Equal((2, "", expected), (exitCode, output, error));
    }

    [Theory]
    [InlineData("\"api-1\" is no KIND/NAME: write pod/NAME.", "api-1")]
    [InlineData("\"secret\" cannot be explained: give one of pod, gateway, deployment, statefulset, daemonset, replicaset, job, cronjob.", "secret/x")]
    public async Task What_cannot_be_explained_is_wrong_usage(string expected, string target)
    {
        var (exitCode, _, error) = await ExplainedCase.RunAsync(target, "--cluster", "shop");
        Assert.Equal(2, exitCode);
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }
}
