using System.Collections.Immutable;
using AccessLogWebhook.Manifests;

namespace AccessLogWebhook.Reviewing;

/// <summary>What cannot be read, on its way to whoever ran a command.</summary>
internal static class ErrorLines
{
    /// <summary>A line for each.</summary>
    /// <returns>Whether there was any.</returns>
    public static async Task<bool> ReportAsync(this TextWriter error, ImmutableArray<ManifestError> errors)
    {
        foreach (var fault in errors)
        {
            await error.WriteLineAsync(TerminalText.Safe(fault.ToString())).ConfigureAwait(false);
        }

        return !errors.IsEmpty;
    }
}
