using System.Diagnostics;

namespace AccessLogWebhook.ClusterTests.Support;

/// <summary>A program that ends by itself: a command of the product, or Helm.</summary>
public static class ProductCommand
{
    public static Task<CommandResult> RunAsync(params IEnumerable<string> arguments)
    {
        var (file, first) = TestEnvironment.Product;
        return RunAsync(file, [.. first, .. arguments]);
    }

    public static async Task<CommandResult> RunAsync(string file, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(file) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        var cancellation = TestContext.Current.CancellationToken;
        try
        {
            process.StandardInput.Close();
            var output = process.StandardOutput.ReadToEndAsync(cancellation);
            var error = process.StandardError.ReadToEndAsync(cancellation);
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
