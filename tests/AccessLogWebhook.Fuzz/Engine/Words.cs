using System.Text;
using System.Text.RegularExpressions;
using AccessLogWebhook.Fuzz.Targets;

namespace AccessLogWebhook.Fuzz.Engine;

/// <summary>The words of a target's seeds: what a parser compares with is seldom found by changing bytes.</summary>
internal static partial class Words
{
    private const int Most = 400;

    public static IReadOnlyList<byte[]> Of(IEnumerable<byte[]> seeds) =>
    [
        .. seeds.SelectMany(seed => Word().Matches(Encoding.UTF8.GetString(seed)).Select(match => match.Value))
            .GroupBy(word => word, StringComparer.Ordinal)
            .OrderByDescending(word => word.Count())
            .ThenBy(word => word.Key, StringComparer.Ordinal)
            .Take(Most)
            .Select(word => Encoding.UTF8.GetBytes(word.Key)),
    ];

    /// <summary>In the form of libFuzzer's and AFL's dictionaries.</summary>
    public static string Dictionary(FuzzTarget target, IEnumerable<byte[]> seeds) => string.Concat(
        Of(seeds.Concat(target.Words.Select(Encoding.UTF8.GetBytes))).Concat(target.Words.Select(Encoding.UTF8.GetBytes)).Select(word => $"\"{Escaped(word)}\"\n"));

    private static string Escaped(byte[] word) =>
        string.Concat(word.Select(octet => octet is >= 0x20 and < 0x7f and not ((byte)'"' or (byte)'\\') ? ((char)octet).ToString() : $"\\x{octet:X2}"));

    [GeneratedRegex("""("[^"\\\n]{1,60}":?)|(%[A-Z_]{2,40}[%(])|([A-Za-z@][A-Za-z0-9_./-]{2,40}:)|([A-Za-z_]{3,30})""")]
    private static partial Regex Word();
}
