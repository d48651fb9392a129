using System.CommandLine;
using AccessLogWebhook.Demonstration;

namespace AccessLogWebhook.Cli;

/// <summary><c>accesslog demo</c>: the webhook at work, on a cluster of its own.</summary>
internal static class DemoCommand
{
    // What people read, and where it is no terminal still has lines that people can read.
    private const int PlainWidth = 110;

    public static Command Create()
    {
        var stay = new Option<bool>("--stay") { Description = "Keeps the server running, and says how to call it with curl." };
        var noColour = new Option<bool>("--no-color") { Description = "No colours, on a terminal either." };
        var command = new Command("demo", "Shows the webhook at work: the real server on loopback, asked about sample Pods and Gateways.") { stay, noColour };
        command.SetAction((parse, cancellationToken) => RunAsync(
            parse.GetValue(stay), !parse.GetValue(noColour), parse.InvocationConfiguration, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(bool stay, bool colour, InvocationConfiguration invocation, CancellationToken cancellationToken)
    {
        try
        {
            var run = new DemonstrationRun(TerminalOutput.ConsoleOn(invocation.Output, colour, PlainWidth), TimeProvider.System);
            return await run.RunAsync(stay, cancellationToken).ConfigureAwait(false) ? ExitCodes.Fine : ExitCodes.Finding;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            await invocation.Error.WriteLineAsync($"The demo cannot run: {problem.Message}").ConfigureAwait(false);
            return ExitCodes.Usage;
        }
    }
}
