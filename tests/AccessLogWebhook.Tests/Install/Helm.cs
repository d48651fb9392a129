using System.Diagnostics;

namespace AccessLogWebhook.Tests.Install;

/// <summary>Helm as a user runs it: <c>$HELM</c>, else helm of the PATH. A test that needs it is skipped where there is none.</summary>
internal static class Helm
{
    /// <summary>What Helm 3.10 would otherwise take, 1.25, is older than the chart needs.</summary>
    private const string KubernetesVersion = "1.34.0";

    public static (int ExitCode, string Output, string Error) Template(string values, params IEnumerable<string> arguments) =>
        Run(["template", "accesslog-webhook", Repository.Chart, "--namespace", "accesslog-webhook", "--kube-version", KubernetesVersion, "--values", values, .. arguments]);

    public static (int ExitCode, string Output, string Error) Run(params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(Program()) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.GetAwaiter().GetResult());
    }

    private static string Program()
    {
#pragma warning disable RS0030 // Tests have no configuration of their own to read it from.
        var named = Environment.GetEnvironmentVariable("HELM");
        var path = Environment.GetEnvironmentVariable("PATH") ?? "";
#pragma warning restore RS0030
        var program = named is { Length: > 0 } ? named : path.Split(':').Select(directory => Path.Combine(directory, "helm")).FirstOrDefault(File.Exists);
        Assert.SkipWhen(program is null, "helm is not there: put it on the PATH, or name it by $HELM.");
        return program!;
    }
}
