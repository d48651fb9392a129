using System.Text;
using Spectre.Console;

namespace AccessLogWebhook.Cli;

/// <summary>
/// Where a command prints: in colour and as wide as the window on a terminal; elsewhere plain, each row on one line, since programs that read
/// lines come after it.
/// </summary>
internal static class TerminalOutput
{
    // No table of ours is this wide; it is the width at which nothing is ever wrapped.
    private const int Unwrapped = 10_000;

    /// <param name="colour">False: none, even on a terminal.</param>
    /// <param name="plainWidth">The width where it is no terminal; null for lines as long as they come.</param>
    public static IAnsiConsole ConsoleOn(TextWriter output, bool colour = true, int? plainWidth = null)
    {
        var terminal = new AnsiConsoleOutput(output);
        if (!terminal.IsTerminal)
        {
            return Plain(output, plainWidth ?? Unwrapped);
        }

        var console = Create(terminal, AnsiSupport.Detect, colour ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors);
        return console.Profile.Capabilities.Ansi ? console : Plain(output, terminal.Width);
    }

    /// <summary>The writer, in UTF-8 where it is the process's own: what programs read must not depend on the locale or code page.</summary>
    public static TextWriter Utf8(TextWriter output) => ReferenceEquals(output, Console.Out)
        ? new StreamWriter(Console.OpenStandardOutput(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true)
        : output;

    private static IAnsiConsole Plain(TextWriter output, int width)
    {
        var console = Create(new AnsiConsoleOutput(new TrimmedLines(output)), AnsiSupport.No, ColorSystemSupport.NoColors);
        console.Profile.Width = width;
        return console;
    }

    private static IAnsiConsole Create(IAnsiConsoleOutput output, AnsiSupport ansi, ColorSystemSupport colours) => AnsiConsole.Create(new AnsiConsoleSettings
    {
        Out = output,
        Ansi = ansi,
        ColorSystem = colours,
        Interactive = InteractionSupport.No,
        // Else an environment variable of a build service changes what is printed.
        Enrichment = new ProfileEnrichment { UseDefaultEnrichers = false },
    });
}
