using System.Collections.Frozen;

namespace AccessLogWebhook.Policy.Formats;

/// <summary>Which headers, parameters and variables are likely to hold a credential or something of a person; their names are compared word by word.</summary>
internal static class SensitiveNames
{
    private static readonly FrozenSet<string> SecretWords = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "authorization", "auth", "cookie", "cookie2", "token", "jwt", "secret", "password", "passwd", "pwd", "credential", "credentials", "apikey", "session", "sessionid", "sid",
        "code", "signature", "sig", "assertion", "dpop");

    private static readonly FrozenSet<string> PersonalHeaders = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "from", "x-forwarded-user", "x-forwarded-email", "x-forwarded-preferred-username", "x-auth-request-user", "x-auth-request-email",
        "x-auth-request-preferred-username", "x-remote-user", "remote-user", "x-user-email", "x-user-id", "x-goog-authenticated-user-email");

    /// <summary>Headers whose value is a path or an address with its query string.</summary>
    private static readonly FrozenSet<string> AddressHeaders = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        ":path", "x-envoy-original-path", "x-original-uri", "x-original-url", "x-rewrite-url", "x-forwarded-uri", "x-forwarded-path", "referer", "location",
        "content-location");

    /// <summary>Whether a credential is to be expected: <c>x-api-key</c>, <c>DB_PASSWORD</c>, <c>access_token</c>.</summary>
    public static bool IsSecret(string name)
    {
        var words = name.Split(['-', '_', '.'], StringSplitOptions.RemoveEmptyEntries);
        for (var i = 0; i < words.Length; i++)
        {
            // A key by itself may be anything; that of an API, of an access or a private one opens something.
            if (IsSecretWord(words[i], words.Length) || i > 0 && Is(words[i], "key") && IsOfKey(words[i - 1]))
            {
                return true;
            }
        }

        return false;
    }

    public static bool IsPersonal(string header) => PersonalHeaders.Contains(header);

    public static bool IsAddress(string header) => AddressHeaders.Contains(header);

    /// <summary>"code" is a credential where it is the whole name, as in OAuth, and "auth" not before "request".</summary>
    private static bool IsSecretWord(string word, int words) => SecretWords.Contains(word) && (words == 1 || !Is(word, "code") && !Is(word, "auth"));

    private static bool IsOfKey(string word) =>
        Is(word, "api") || Is(word, "access") || Is(word, "private") || Is(word, "secret") || Is(word, "subscription") || Is(word, "functions") || Is(word, "encryption");

    private static bool Is(string left, string right) => string.Equals(left, right, StringComparison.OrdinalIgnoreCase);
}
