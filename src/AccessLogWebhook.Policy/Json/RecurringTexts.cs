using System.Text;

namespace AccessLogWebhook.Policy.Json;

/// <summary>
/// The strings of texts that come again and again: the labels of Pods, and their namespaces. One instance serves all of them, so that a review makes no
/// garbage of what it only compares, and a cluster of 50,000 Pods does not hold <c>pod-template-hash</c> 50,000 times.
/// </summary>
/// <remarks>
/// A table of fixed size in which a later text takes the place of an earlier one: it is never full, never cleared, and read and written without a
/// lock, since a string never changes and a reference is written whole. Whoever fills it with texts that do not recur costs others a string each.
/// </remarks>
public static class RecurringTexts
{
    // Two slots for each of the labels that an ordinary cluster has: about a thousand keys and values.
    private const int Slots = 4096;

    /// <summary>Longer texts, in bytes, hardly recur: a label has at most 63 characters, its key with a prefix rarely more.</summary>
    public const int Longest = 96;

    private static readonly string?[] Table = new string?[Slots];

    /// <param name="utf8">Valid UTF-8 without escapes.</param>
    public static string Of(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length is 0 or > Longest)
        {
            return Encoding.UTF8.GetString(utf8);
        }

        ref var slot = ref Table[TextHash.Of(utf8) & (Slots - 1)];
        if (slot is { } known && Ascii.Equals(utf8, known))
        {
            return known;
        }

        // What is not ASCII is not found again, which costs it a string each time, as without the table.
        return slot = Encoding.UTF8.GetString(utf8);
    }
}
