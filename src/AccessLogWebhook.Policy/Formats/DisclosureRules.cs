using AccessLogWebhook.Policy.Json;

namespace AccessLogWebhook.Policy.Formats;

/// <summary>What an operator may give away to everybody who reads the log, and what to write instead. By names alone: what a value holds is not known here.</summary>
internal static class DisclosureRules
{
    public static (FormatFindingKind Kind, string Message)? Find(CommandOperator definition, string? argument) => definition.Argument switch
    {
        ArgumentKind.Header => argument!.Split('?').Select(header => OfHeader(definition, header, argument)).FirstOrDefault(found => found is not null),
        ArgumentKind.Path when argument is null || !argument.StartsWith("NQ", StringComparison.Ordinal) =>
            (FormatFindingKind.PersonalData, $"logs the query string, which often holds personal data and tokens: write %{definition.Name}({Bare(argument)})%."),
        ArgumentKind.QueryParameters =>
            (FormatFindingKind.PersonalData, "logs the query string, which often holds personal data and tokens: log the parameters that you need, by QUERY_PARAM."),
        ArgumentKind.QueryParameter => SensitiveNames.IsSecret(argument!)
            ? (FormatFindingKind.Secret, "logs what seems to be a credential: leave it out.")
            : (FormatFindingKind.PersonalData, "logs what clients write into the address: make sure that it holds no personal data."),
        ArgumentKind.Variable when SensitiveNames.IsSecret(argument!) =>
            (FormatFindingKind.Secret, "logs an environment variable that seems to hold a credential: leave it out."),
        ArgumentKind.File when IsSecretFile(argument!) =>
            (FormatFindingKind.Secret, "logs a file that seems to hold a credential: leave it out."),
        ArgumentKind.MetadataPath when definition.Name == "DYNAMIC_METADATA" => OfMetadata(argument!),
        ArgumentKind.TypedMetadataPath when argument!.StartsWith("DYNAMIC:", StringComparison.Ordinal) => OfMetadata(argument["DYNAMIC:".Length..]),
        ArgumentKind.Expression => OfExpression(argument!),
        ArgumentKind.None when definition.Name is "DOWNSTREAM_PEER_EMAIL_SAN" =>
            (FormatFindingKind.PersonalData, "logs the client's address of mail: make sure that the log may hold it."),
        _ => null,
    };

    /// <summary>Of a header that is sent as it is, beside a format or in place of one.</summary>
    public static (FormatFindingKind Kind, string Message)? OfHeader(string header) =>
        SensitiveNames.IsSecret(header) ? (FormatFindingKind.Secret, $"sends a credential with every line, if {Excerpt.Of(header)} is what its name says: leave it out.")
        : SensitiveNames.IsAddress(header) ? (FormatFindingKind.PersonalData, $"sends the query string in {Excerpt.Of(header)}, which often holds personal data and tokens: leave it out.")
        : SensitiveNames.IsPersonal(header) ? (FormatFindingKind.PersonalData, $"sends who the user is in {Excerpt.Of(header)}: make sure that the log may hold it.")
        : null;

    private static (FormatFindingKind Kind, string Message)? OfHeader(CommandOperator definition, string header, string argument)
    {
        if (SensitiveNames.IsSecret(header))
        {
            return (FormatFindingKind.Secret, $"logs a credential, if {Excerpt.Of(header)} is what its name says: leave it out.");
        }

        if (definition.Name == "REQ_WITHOUT_QUERY")
        {
            return null;
        }

        if (SensitiveNames.IsAddress(header))
        {
            // Only of requests is there an operator that cuts the query string off.
            return (FormatFindingKind.PersonalData, definition.Name is "REQ" or "REQUEST_HEADER"
                ? $"logs the query string, which often holds personal data and tokens: write %REQ_WITHOUT_QUERY({argument})%."
                : "logs the query string, which often holds personal data and tokens: leave it out.");
        }

        return SensitiveNames.IsPersonal(header)
            ? (FormatFindingKind.PersonalData, "logs who the user is: make sure that the log may hold it.")
            : null;
    }

    /// <summary>A validated token's claims are left under this filter's name (<c>payload_in_metadata</c>); Istio's RequestAuthentication does so, too.</summary>
    private static (FormatFindingKind Kind, string Message)? OfMetadata(string path)
    {
        var pieces = path.Split(':');
        return pieces[0] is "envoy.filters.http.jwt_authn" or "istio_authn" && pieces.Length <= 2
            ? (FormatFindingKind.PersonalData, "logs every claim of the client's token: name the one that you need.")
            : null;
    }

    /// <summary>What an expression quotes or reads; it may only compare it, so this is a guess.</summary>
    private static (FormatFindingKind Kind, string Message)? OfExpression(string expression)
    {
        // Every second piece stands between quotes.
        var quoted = expression.Split(['\'', '"']).Where((_, index) => index % 2 == 1);
        if (expression.Contains(".headers", StringComparison.Ordinal) && quoted.FirstOrDefault(SensitiveNames.IsSecret) is { } header)
        {
            return (FormatFindingKind.Secret, $"reads a credential, if {Excerpt.Of(header)} is what its name says: make sure that it does not log it.");
        }

        return expression.Contains("request.query", StringComparison.Ordinal) || Reads(expression, "request.path")
            ? (FormatFindingKind.PersonalData, "reads the query string, which often holds personal data and tokens: use request.url_path.")
            : null;
    }

    private static bool Reads(string expression, string attribute)
    {
        var at = expression.IndexOf(attribute, StringComparison.Ordinal);
        while (at >= 0)
        {
            var end = at + attribute.Length;
            if (end == expression.Length || !char.IsAsciiLetterOrDigit(expression[end]) && expression[end] != '_')
            {
                return true;
            }

            at = expression.IndexOf(attribute, end, StringComparison.Ordinal);
        }

        return false;
    }

    private static bool IsSecretFile(string path) =>
        path.Contains("secrets/", StringComparison.Ordinal) || path.Split(['/', ':']).Any(SensitiveNames.IsSecret);

    private static string Bare(string? argument) =>
        argument?.IndexOf(':', StringComparison.Ordinal) is { } colon and >= 0 ? $"NQ{argument[colon..]}" : "NQ";
}
