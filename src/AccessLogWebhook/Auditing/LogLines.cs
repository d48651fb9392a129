using System.Buffers;

namespace AccessLogWebhook.Auditing;

/// <summary>The lines of a stream of any length, one at a time. One that is too long is passed over, and told.</summary>
internal static class LogLines
{
    /// <summary>An audit event with whole objects in it has as much as two of 3 MiB, escaped.</summary>
    public const int LongestLine = 16 * 1024 * 1024;

    /// <param name="take">Gets each line with its number, without its end; empty where it is longer than <paramref name="longest"/>, which the last argument says.</param>
    public static void Read(Stream stream, Action<long, ReadOnlySpan<byte>, bool> take, int longest = LongestLine)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(Math.Min(longest, 256 * 1024));
        try
        {
            var (length, number, isTooLong) = (0, 0L, false);
            while (true)
            {
                if (length == buffer.Length)
                {
                    if (length >= longest)
                    {
                        (length, isTooLong) = (0, true);
                    }
                    else
                    {
                        var larger = ArrayPool<byte>.Shared.Rent(Math.Min(longest, buffer.Length * 2));
                        buffer.AsSpan(0, length).CopyTo(larger);
                        ArrayPool<byte>.Shared.Return(buffer);
                        buffer = larger;
                    }
                }

                var read = stream.Read(buffer, length, buffer.Length - length);
                if (read == 0)
                {
                    if (length > 0 || isTooLong)
                    {
                        take(number + 1, isTooLong ? [] : buffer.AsSpan(0, length), isTooLong);
                    }

                    return;
                }

                var (from, searched) = (0, length);
                length += read;
                while (buffer.AsSpan(searched, length - searched).IndexOf((byte)'\n') is >= 0 and var end)
                {
                    take(++number, isTooLong ? [] : buffer.AsSpan(from, searched + end - from).TrimEnd((byte)'\r'), isTooLong);
                    (isTooLong, from) = (false, searched + end + 1);
                    searched = from;
                }

                buffer.AsSpan(from, length - from).CopyTo(buffer);
                length -= from;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
