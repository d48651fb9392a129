using System.Collections.Immutable;

namespace AccessLogWebhook.Policy.Decisions;

/// <summary>
/// Splits messages into warnings. The API server advises 120 characters and cuts each at 256 (k8s.io/apiserver, <c>warning</c>), so
/// that a message which is too long becomes one warning a sentence; a sentence is never cut.
/// </summary>
public static class Sentences
{
    public const int AdvisedLength = 120;

    /// <param name="messages">Of which the empty ones say nothing.</param>
    public static ImmutableArray<string> AsWarnings(params ReadOnlySpan<string> messages)
    {
        List<string>? warnings = null;
        foreach (var message in messages)
        {
            if (message.Length > 0)
            {
                Split(message, warnings ??= []);
            }
        }

        return warnings is null ? [] : [.. warnings.Distinct(StringComparer.Ordinal)];
    }

    private static void Split(string message, List<string> warnings)
    {
        var start = 0;
        while (message.Length - start > AdvisedLength)
        {
            var end = LastSentenceEnd(message.AsSpan(start));
            if (end < 0)
            {
                break;
            }

            warnings.Add(message.Substring(start, end));
            start += end + 1;
        }

        warnings.Add(message[start..]);
    }

    /// <summary>The end of the last sentence that still fits, else of the first one; negative where there is only one.</summary>
    private static int LastSentenceEnd(ReadOnlySpan<char> text)
    {
        var fitting = -1;
        for (var index = 0; index + 2 < text.Length; index++)
        {
            // A full stop inside a name has no space after it, and a sentence begins with a capital.
            if (text[index] == '.' && text[index + 1] == ' ' && char.IsAsciiLetterUpper(text[index + 2]))
            {
                if (index + 1 > AdvisedLength && fitting >= 0)
                {
                    break;
                }

                fitting = index + 1;
                if (fitting > AdvisedLength)
                {
                    break;
                }
            }
        }

        return fitting;
    }
}
