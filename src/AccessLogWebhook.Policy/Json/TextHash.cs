using System.Runtime.InteropServices;

namespace AccessLogWebhook.Policy.Json;

/// <summary>
/// A fast 32-bit hash of a short text. It withstands nobody who looks for collisions: where it is used, one costs time that is bounded, and never an answer.
/// </summary>
internal static class TextHash
{
    public static int Of(ReadOnlySpan<byte> text)
    {
        var hash = (ulong)text.Length * 0x9E3779B97F4A7C15;
        if (text.Length >= sizeof(ulong))
        {
            // The last octets overlap with those before them, which is quicker than to take what is left one by one.
            var last = MemoryMarshal.Read<ulong>(text[^sizeof(ulong)..]);
            for (; text.Length > sizeof(ulong); text = text[sizeof(ulong)..])
            {
                hash = Mix(hash, MemoryMarshal.Read<ulong>(text));
            }

            return Folded(Mix(hash, last));
        }

        if (text.Length >= sizeof(uint))
        {
            return Folded(Mix(hash, MemoryMarshal.Read<uint>(text) | ((ulong)MemoryMarshal.Read<uint>(text[^sizeof(uint)..]) << 32)));
        }

        return text.Length == 0 ? 0 : Folded(Mix(hash, text[0] | ((ulong)text[text.Length >> 1] << 8) | ((ulong)text[^1] << 16)));
    }

    private static ulong Mix(ulong hash, ulong octets)
    {
        hash = (hash ^ octets) * 0xFF51AFD7ED558CCD;
        return hash ^ (hash >> 32);
    }

    private static int Folded(ulong hash) => (int)(hash ^ (hash >> 29));
}
