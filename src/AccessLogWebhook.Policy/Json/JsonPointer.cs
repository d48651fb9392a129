namespace AccessLogWebhook.Policy.Json;

/// <summary>RFC 6901 pointers.</summary>
public static class JsonPointer
{
    // The labels and annotations that are injected are a handful, and the same for every Pod.
    private const int Slots = 64;

    private static readonly Known?[] Recurring = new Known?[Slots];

    /// <summary>The pointer to a member of what <paramref name="pointer"/> points to; <c>~</c> and <c>/</c> in the key are escaped (RFC 6901, section 3).</summary>
    /// <remarks>The latest ones are kept, as by <see cref="RecurringTexts"/> and with the same guarantees.</remarks>
    public static string Append(string pointer, string key)
    {
        ref var slot = ref Recurring[(string.GetHashCode(key, StringComparison.Ordinal) ^ pointer.Length) & (Slots - 1)];
        if (slot is { } known && known.Key == key && known.Parent == pointer)
        {
            return known.Pointer;
        }

        var appended = $"{pointer}/{key.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)}";
        slot = new Known(pointer, key, appended);
        return appended;
    }

    private sealed record Known(string Parent, string Key, string Pointer);
}
