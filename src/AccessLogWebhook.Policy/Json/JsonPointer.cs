namespace AccessLogWebhook.Policy.Json;

/// <summary>RFC 6901 pointers.</summary>
public static class JsonPointer
{
    /// <summary>The pointer to a member of what <paramref name="pointer"/> points to; <c>~</c> and <c>/</c> in the key are escaped (RFC 6901, section 3).</summary>
    public static string Append(string pointer, string key) =>
        $"{pointer}/{key.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)}";
}
