namespace AccessLogWebhook.Policy.Formats;

/// <summary>What an operator takes in its parentheses; <see cref="ArgumentRules"/> checks it.</summary>
public enum ArgumentKind
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary><c>HEADER</c> or <c>HEADER?ALTERNATIVE</c>.</summary>
    Header,

    /// <summary>A pattern of strftime, with Envoy's <c>%f</c> and <c>%3f</c>; optional.</summary>
    Time,

    /// <summary><c>NAMESPACE</c> or <c>NAMESPACE:KEY:KEY…</c>.</summary>
    MetadataPath,

    /// <summary><c>TYPE:NAMESPACE:KEY…</c>.</summary>
    TypedMetadataPath,

    /// <summary><c>KEY</c>, <c>KEY:PLAIN</c>, <c>KEY:TYPED</c> or <c>KEY:FIELD:NAME</c>.</summary>
    FilterState,

    /// <summary><c>START:END</c> or <c>START:END:PRECISION</c>.</summary>
    Duration,

    /// <summary><c>CAMEL_STRING</c>, <c>SNAKE_STRING</c> or <c>NUMBER</c>; optional.</summary>
    GrpcStatus,

    /// <summary><c>ALLOW_WHITESPACES</c>; optional.</summary>
    ResponseCodeDetails,

    /// <summary><c>SNI_ONLY</c>, <c>SNI_FIRST</c> or <c>HOST_FIRST</c>, then the source of the host; optional.</summary>
    ServerName,

    /// <summary><c>WQ</c> or <c>NQ</c>, then the source of the path; optional.</summary>
    Path,

    /// <summary>The name of a query parameter.</summary>
    QueryParameter,

    /// <summary><c>ORIG</c> or <c>DECODED</c>; optional.</summary>
    QueryParameters,

    /// <summary>The name of an environment variable.</summary>
    Variable,

    /// <summary>How many bits of an address are shown; optional.</summary>
    PrefixLength,

    /// <summary>An expression in the Common Expression Language.</summary>
    Expression,

    /// <summary>A JSON object with the operators to try in turn.</summary>
    Coalesce,

    /// <summary><c>PATH</c> or <c>PATH:DIRECTORY</c>.</summary>
    File,

    /// <summary>The name of a secret of the formatter's configuration.</summary>
    Secret,

    /// <summary>A key of the <c>x-forwarded-client-cert</c> header.</summary>
    ClientCertificateKey,
}
