namespace AccessLogWebhook.Policy.Formats;

/// <summary>
/// Why Envoy would refuse a format, and what to write instead. <paramref name="Position"/> counts UTF-16 characters from 0 and lies inside the
/// text; <paramref name="Fragment"/> is what stands there, shortened.
/// </summary>
public sealed record FormatFault(int Position, FormatFaultKind Kind, string Fragment, string Message)
{
    public override string ToString() => $"\"{Fragment}\" at {Position}: {Message}";
}
