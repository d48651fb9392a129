namespace AccessLogWebhook.Auditing;

/// <summary>Where the trail goes: <c>stdout</c>, or a file that is appended to.</summary>
internal static class AuditDestination
{
    public const string StandardOutput = "stdout";

    public static Stream Open(string destination) => destination == StandardOutput
        ? Console.OpenStandardOutput()
        // Others may move it away or cut it: lines are appended wherever it ends at that moment.
        : new FileStream(destination, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);

    /// <summary>Why it cannot be opened, a sentence; null where it can.</summary>
    public static string? Problem(string destination)
    {
        if (destination == StandardOutput)
        {
            return null;
        }

        try
        {
            Open(destination).Dispose();
            return null;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return $"{destination}: the audit trail cannot be written there (auditing.trail): {fault.Message}";
        }
    }
}
