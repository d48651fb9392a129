using static AccessLogWebhook.Policy.Formats.ArgumentKind;

namespace AccessLogWebhook.Policy.Formats;

/// <summary>
/// What Envoy asks of arguments. Presence and length: <c>CommandSyntaxChecker::verifySyntax</c> (<c>substitution_format_utility.cc</c>), to which an empty
/// argument is none. The rest is what each operator's constructor refuses, named at each rule.
/// </summary>
internal static class ArgumentRules
{
    /// <param name="depth">How many operators it is inside of.</param>
    public static ArgumentFault? Check(CommandOperator definition, string? argument, bool hasLength, int depth = 0)
    {
        var name = definition.Name;
        if (definition.Argument == Secret)
        {
            return new($"{name} needs the formatter {FormatterExtensions.GenericSecret.Name} with that secret in its secret_configs, which is not configured here; a secret does not belong in a log, so leave it out.")
            {
                Kind = FormatFaultKind.Unconfigured,
            };
        }

        if (hasLength && !definition.LengthAllowed)
        {
            return new(definition.Argument is MetadataPath
                ? $"{name} takes no length, though Envoy's documentation says so: leave the length off."
                : $"{name} takes no length: leave it off.");
        }

        if (argument is null)
        {
            return Needed(definition.Argument) is { } needed ? new($"{name} needs an argument: {needed}, as in {Example(definition)}.") : null;
        }

        return definition.Argument switch
        {
            None => new($"{name} takes no argument: write %{name}%."),
            Header => HeaderRule.Check(name, argument),
            Time => TimeRule.Check(name, argument),
            TypedMetadataPath => OneOf(name, "type of metadata", Pieces(argument)[0], "DYNAMIC", "CLUSTER", "ROUTE", "UPSTREAM_HOST", "LISTENER", "LISTENER_FILTER_CHAIN", "VIRTUAL_HOST"),
            FilterState => CheckFilterState(name, argument),
            ArgumentKind.Duration => CheckDuration(name, argument),
            GrpcStatus => OneOf(name, "form", new(0, argument), "CAMEL_STRING", "SNAKE_STRING", "NUMBER"),
            ServerName => OneOfOrEmpty(name, "source", Pieces(argument), 0, "SNI_ONLY", "SNI_FIRST", "HOST_FIRST")
                ?? OneOfOrEmpty(name, "source of the host", Pieces(argument), 1, "ORIG", "HOST", "ORIG_OR_HOST"),
            ArgumentKind.Path => OneOfOrEmpty(name, "form", Pieces(argument), 0, "WQ", "NQ")
                ?? OneOfOrEmpty(name, "source of the path", Pieces(argument), 1, "ORIG", "PATH", "ORIG_OR_PATH"),
            QueryParameters => OneOf(name, "form", new(0, argument), "ORIG", "DECODED"),
            PrefixLength => byte.TryParse(argument, System.Globalization.NumberStyles.None, null, out var bits) && bits <= 128
                ? null
                : Piece(argument, $"{name} takes the number of bits to show: at most 32 for IPv4 and 128 for IPv6."),
            ArgumentKind.Coalesce => CoalesceRule.Check(name, argument, depth),
            Expression => ExpressionRule.Check(name, argument),
            ArgumentKind.File => argument.Split(':', StringSplitOptions.RemoveEmptyEntries).Length is 1 or 2
                ? null
                : Piece(argument, $"{name} takes PATH or PATH:DIRECTORY."),
            ClientCertificateKey => OneOf(name, "key", new(0, argument.ToLowerInvariant()), "by", "hash", "cert", "chain", "subject", "uri", "dns"),
            // Anything goes, such as an unknown word in RESPONSE_CODE_DETAILS, which Envoy passes over.
            _ => null,
        };
    }

    /// <summary><c>FilterStateFormatter::create</c>; what comes after the third piece is passed over.</summary>
    private static ArgumentFault? CheckFilterState(string name, string argument)
    {
        var pieces = Pieces(argument);
        if (pieces[0].Text.Length == 0)
        {
            return Piece(argument, $"{name} needs the key of the object before the first ':'.");
        }

        if (OneOfOrEmpty(name, "form", pieces, 1, "PLAIN", "TYPED", "FIELD") is { } fault)
        {
            return fault;
        }

        var (form, field) = (pieces.Count > 1 ? pieces[1].Text : "", pieces.Count > 2 ? pieces[2].Text : "");
        return (form == "FIELD") == (field.Length > 0)
            ? null
            : Piece(argument, form == "FIELD" ? $"{name} with FIELD needs the name of the field: KEY:FIELD:NAME." : $"{name} takes a field only with FIELD: KEY:FIELD:NAME.");
    }

    /// <summary><c>CommonDurationFormatter::create</c>; times that it does not know are looked up by name when a line is logged.</summary>
    private static ArgumentFault? CheckDuration(string name, string argument)
    {
        var pieces = Pieces(argument);
        return pieces.Count is 2 or 3
            ? pieces.Count == 3 ? OneOf(name, "precision", pieces[2], "ms", "us", "ns") : null
            : Piece(argument, $"{name} takes START:END or START:END:PRECISION, as in DS_RX_BEG:US_TX_BEG:us.");
    }

    private static ArgumentFault? OneOfOrEmpty(string name, string what, List<ArgumentPiece> pieces, int index, params ReadOnlySpan<string> allowed) =>
        pieces.Count <= index || pieces[index].Text.Length == 0 ? null : OneOf(name, what, pieces[index], allowed);

    private static ArgumentFault? OneOf(string name, string what, ArgumentPiece piece, params ReadOnlySpan<string> allowed)
    {
        if (allowed.Contains(piece.Text))
        {
            return null;
        }

        var message = $"the {what} of {name} must be {string.Join(", ", allowed[..^1])} or {allowed[^1]}.";
        return new(message, piece.Offset, piece.Text.Length);
    }

    private static ArgumentFault Piece(string argument, string message) => new(message, 0, argument.Length);

    private static List<ArgumentPiece> Pieces(string argument)
    {
        var pieces = new List<ArgumentPiece>();
        foreach (var range in argument.AsSpan().Split(':'))
        {
            pieces.Add(new(range.Start.Value, argument[range]));
        }

        return pieces;
    }

    private static string? Needed(ArgumentKind kind) => kind switch
    {
        Header => "a header's name, with perhaps '?' and another to fall back on",
        MetadataPath => "a namespace, with perhaps ':' and keys",
        TypedMetadataPath => "a type, a namespace and perhaps keys, with ':' between them",
        FilterState => "the key of an object",
        ArgumentKind.Duration => "where it starts and ends, and perhaps a precision",
        QueryParameter => "a parameter's name",
        Variable => "a variable's name",
        Expression => "an expression",
        ArgumentKind.Coalesce => "a JSON object with the operators to try",
        ArgumentKind.File => "a path",
        ClientCertificateKey => "a key of x-forwarded-client-cert",
        _ => null,
    };

    private static string Example(CommandOperator definition) => $"%{definition.Name}({definition.Argument switch
    {
        Header => ":AUTHORITY",
        MetadataPath => "envoy.filters.http.jwt_authn:payload",
        TypedMetadataPath => "ROUTE:com.example:team",
        FilterState => "upstream_peer:FIELD:name",
        ArgumentKind.Duration => "DS_RX_BEG:US_TX_BEG:us",
        QueryParameter => "page",
        Variable => "POD_NAME",
        Expression => "response.code",
        ArgumentKind.Coalesce => """{"operators": ["REQUESTED_SERVER_NAME", {"command": "REQ", "param": ":AUTHORITY"}]}""",
        ArgumentKind.File => "/etc/podinfo/name",
        _ => "uri",
    }})%";

    /// <summary>One of the pieces between colons, and where it begins.</summary>
    private readonly record struct ArgumentPiece(int Offset, string Text);
}
