namespace AccessLogWebhook;

/// <summary>What a command's exit code means; the same for all.</summary>
internal static class ExitCodes
{
    public const int Fine = 0;

    /// <summary>A finding, or something refused.</summary>
    public const int Finding = 1;

    /// <summary>Wrong usage, or input that cannot be read.</summary>
    public const int Usage = 2;
}
