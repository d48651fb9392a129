using System.Collections.Immutable;
using System.Text;

namespace AccessLogWebhook.ClusterTests.Support;

/// <summary>
/// Reads HTTP's Warning header as the API server writes it: <c>299 - "text"</c>, where a backslash stands before a quote or a
/// backslash (RFC 7234, 5.5). One header line may hold several, with commas between them, and commas occur in texts too.
/// </summary>
internal static class WarningHeader
{
    public static ImmutableArray<string> Texts(IEnumerable<string> headers) => [.. headers.SelectMany(Texts)];

    private static IEnumerable<string> Texts(string header)
    {
        var text = new StringBuilder();
        var quoted = false;
        for (var at = 0; at < header.Length; at++)
        {
            switch (header[at])
            {
                case '\\' when quoted && at + 1 < header.Length:
                    text.Append(header[++at]);
                    break;
                case '"' when quoted:
                    yield return text.ToString();
                    text.Clear();
                    quoted = false;
                    break;
                case '"':
                    quoted = true;
                    break;
                case var character when quoted:
                    text.Append(character);
                    break;
            }
        }
    }
}
