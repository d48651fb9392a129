using System.Buffers;

namespace AccessLogWebhook.Policy.Formats;

/// <summary>
/// <c>HEADER?ALTERNATIVE</c> (<c>SubstitutionFormatUtils::parseSubcommandHeaders</c>, <c>HeaderUtility::headerNameIsValid</c>): one alternative at most, and names of
/// the characters that a name has in HTTP/1, after a colon in those of HTTP/2. Either may be empty, but not a colon alone.
/// </summary>
internal static class HeaderRule
{
    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

    public static ArgumentFault? Check(string name, string argument)
    {
        var question = argument.IndexOf('?', StringComparison.Ordinal);
        if (question < 0)
        {
            return CheckName(name, argument, 0);
        }

        var second = argument.IndexOf('?', question + 1);
        return second >= 0
            ? new($"{name} takes one alternative: leave off what comes from this '?' on.", second, argument.Length - second)
            : CheckName(name, argument[..question], 0) ?? CheckName(name, argument[(question + 1)..], question + 1);
    }

    private static ArgumentFault? CheckName(string name, string header, int offset)
    {
        var characters = header.AsSpan(header.StartsWith(':') ? 1 : 0);
        var wrong = characters.IndexOfAnyExcept(NameCharacters);
        return wrong < 0 && (header.Length == 0 || characters.Length > 0)
            ? null
            : new($"is no name of a header for {name}: use letters, digits, '-' and '_', and ':' only in front.", offset, header.Length);
    }
}
