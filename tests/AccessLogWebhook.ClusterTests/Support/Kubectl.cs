using System.Diagnostics;

namespace AccessLogWebhook.ClusterTests.Support;

/// <summary>kubectl as a user of one cluster.</summary>
internal sealed class Kubectl(string file, string kubeconfig, string cacheDirectory)
{
    public async Task<CommandResult> RunAsync(IEnumerable<string> arguments, string? stdin = null)
    {
        var start = new ProcessStartInfo(file)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // A cache of its own for each call: kubectl keeps for hours what it has once been told of the kinds there are.
        var cache = Path.Combine(cacheDirectory, Guid.NewGuid().ToString("N"));
        foreach (var argument in (IEnumerable<string>)[$"--kubeconfig={kubeconfig}", $"--cache-dir={cache}", .. arguments])
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        var cancellation = TestContext.Current.CancellationToken;
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancellation);
            var error = process.StandardError.ReadToEndAsync(cancellation);
            await process.StandardInput.WriteAsync(stdin);
            process.StandardInput.Close();
            await process.WaitForExitAsync(cancellation);
            return new CommandResult(process.ExitCode, await output, await error);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }
    }
}
