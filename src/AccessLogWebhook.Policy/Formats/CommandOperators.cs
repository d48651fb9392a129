using System.Collections.Frozen;
using System.Collections.Immutable;
using static AccessLogWebhook.Policy.Formats.ArgumentKind;
using static AccessLogWebhook.Policy.Formats.TcpValue;

namespace AccessLogWebhook.Policy.Formats;

/// <summary>
/// Every command operator that Envoy 1.39 takes in an access log. What each takes is from the tables of flags in Envoy's sources, which is what a proxy
/// goes by, and not from its documentation (<c>docs/root/configuration/advanced/substitution_formatter.rst</c>), which
/// gives <c>CLUSTER_METADATA</c> a length that a proxy refuses. What is logged of TCP is from the documentation, corrected where the sources show
/// that an operator reads the connection.
/// </summary>
public static class CommandOperators
{
    /// <summary>All of them, in the order of their names.</summary>
    public static readonly ImmutableArray<CommandOperator> All =
    [
        .. Http()
            .Concat(Bytes())
            .Concat(Times())
            .Concat(Outcome())
            .Concat(Upstream())
            .Concat(Downstream())
            .Concat(DownstreamTls())
            .Concat(UpstreamTls())
            .Concat(State())
            .Concat(Process())
            .Concat(Extensions())
            .OrderBy(each => each.Name, StringComparer.Ordinal),
    ];

    private static readonly FrozenDictionary<string, CommandOperator> ByName =
        All.ToFrozenDictionary(each => each.Name, StringComparer.Ordinal);

    /// <summary>The operator of that name; null where there is none. Capitals matter.</summary>
    public static CommandOperator? Find(ReadOnlySpan<char> name) =>
        ByName.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(name, out var found) ? found : null;

    /// <summary>What is read from the request and the response: <c>source/common/formatter/http_specific_formatter.cc</c>.</summary>
    private static IEnumerable<CommandOperator> Http() =>
    [
        new("REQ", Header) { LengthAllowed = true, Tcp = Dash },
        new("REQUEST_HEADER", Header) { LengthAllowed = true, Tcp = Dash, Since = 37 },
        new("RESP", Header) { LengthAllowed = true, Tcp = Dash },
        new("RESPONSE_HEADER", Header) { LengthAllowed = true, Tcp = Dash, Since = 37 },
        new("TRAILER", Header) { LengthAllowed = true, Tcp = Dash },
        new("RESPONSE_TRAILER", Header) { LengthAllowed = true, Tcp = Dash, Since = 37 },
        // Not in the documentation: the request headers that the stream keeps, for filters of other protocols.
        new("STREAM_INFO_REQ", Header) { LengthAllowed = true, Tcp = Dash },
        new("REQUEST_HEADERS_BYTES", None) { Json = JsonKind.Number, Tcp = Zero },
        new("RESPONSE_HEADERS_BYTES", None) { Json = JsonKind.Number, Tcp = Zero },
        new("RESPONSE_TRAILERS_BYTES", None) { Json = JsonKind.Number, Tcp = Zero },
        new("GRPC_STATUS", GrpcStatus) { Json = JsonKind.Any, Tcp = Dash },
        new("GRPC_STATUS_NUMBER", None) { Json = JsonKind.Number, Tcp = Dash },
        new("LOCAL_REPLY_BODY", None) { Tcp = Dash },
        new("ACCESS_LOG_TYPE", None),
        new("TRACE_ID", None) { Tcp = Dash },
        new("SPAN_ID", None) { Tcp = Dash, Since = 38 },
        new("PATH", ArgumentKind.Path) { LengthAllowed = true, Tcp = Dash, Since = 34 },
        new("QUERY_PARAM", QueryParameter) { LengthAllowed = true, Tcp = Dash, Since = 34 },
        new("QUERY_PARAMS", QueryParameters) { LengthAllowed = true, Tcp = Dash, Since = 38 },
        // Its documentation says that it logs nothing of TCP; it logs what the operators inside it do (coalesce_formatter.cc).
        new("COALESCE", Coalesce) { LengthAllowed = true, Json = JsonKind.Any, Since = 37 },
        // source/extensions/formatter/xfcc_value; it takes a length and ignores it.
        new("XFCC_VALUE", ClientCertificateKey) { LengthAllowed = true, Tcp = Dash, Since = 36 },
    ];

    /// <summary>Bytes: <c>source/common/formatter/stream_info_formatter.cc</c>, as is all of the following up to <see cref="Extensions"/>.</summary>
    private static IEnumerable<CommandOperator> Bytes() =>
    [
        Count("BYTES_RECEIVED"),
        Count("BYTES_SENT"),
        Count("BYTES_RETRANSMITTED") with { Tcp = Zero },
        Count("PACKETS_RETRANSMITTED") with { Tcp = Zero },
        Count("UPSTREAM_WIRE_BYTES_SENT"),
        Count("UPSTREAM_WIRE_BYTES_RECEIVED"),
        Count("UPSTREAM_HEADER_BYTES_SENT"),
        Count("UPSTREAM_HEADER_BYTES_RECEIVED"),
        Count("UPSTREAM_DECOMPRESSED_HEADER_BYTES_SENT") with { Tcp = Zero, Since = 36 },
        Count("UPSTREAM_DECOMPRESSED_HEADER_BYTES_RECEIVED") with { Tcp = Zero, Since = 36 },
        Count("DOWNSTREAM_WIRE_BYTES_SENT"),
        Count("DOWNSTREAM_WIRE_BYTES_RECEIVED"),
        Count("DOWNSTREAM_HEADER_BYTES_SENT") with { Tcp = Zero },
        Count("DOWNSTREAM_HEADER_BYTES_RECEIVED") with { Tcp = Zero },
        Count("DOWNSTREAM_DECOMPRESSED_HEADER_BYTES_SENT") with { Tcp = Zero, Since = 36 },
        Count("DOWNSTREAM_DECOMPRESSED_HEADER_BYTES_RECEIVED") with { Tcp = Zero, Since = 36 },
    ];

    private static IEnumerable<CommandOperator> Times() =>
    [
        new("START_TIME", Time),
        new("START_TIME_LOCAL", Time) { Since = 31 },
        new("EMIT_TIME", Time),
        new("EMIT_TIME_LOCAL", Time) { Since = 31 },
        Count("DURATION"),
        Count("COMMON_DURATION") with { Argument = ArgumentKind.Duration },
        Count("REQUEST_DURATION") with { Tcp = Dash },
        Count("REQUEST_TX_DURATION") with { Tcp = Dash },
        Count("RESPONSE_DURATION") with { Tcp = Dash },
        Count("RESPONSE_TX_DURATION") with { Tcp = Dash },
        Count("ROUNDTRIP_DURATION") with { Tcp = Dash },
        Count("DOWNSTREAM_HANDSHAKE_DURATION"),
        Count("UPSTREAM_CONNECTION_POOL_READY_DURATION"),
    ];

    private static IEnumerable<CommandOperator> Outcome() =>
    [
        new("PROTOCOL", None) { Tcp = Dash },
        new("UPSTREAM_PROTOCOL", None) { Tcp = Dash },
        Count("RESPONSE_CODE") with { Tcp = Zero },
        new("RESPONSE_CODE_DETAILS", ResponseCodeDetails) { Tcp = Dash },
        new("RESPONSE_FLAGS", None),
        new("RESPONSE_FLAGS_LONG", None),
        new("CONNECTION_TERMINATION_DETAILS", None),
        new("CUSTOM_FLAGS", None) { Since = 34 },
        new("ROUTE_NAME", None),
        new("VIRTUAL_CLUSTER_NAME", None) { Tcp = Dash },
        Count("UPSTREAM_REQUEST_ATTEMPT_COUNT"),
    ];

    private static IEnumerable<CommandOperator> Upstream() =>
    [
        new("UPSTREAM_HOST", None),
        new("UPSTREAM_HOST_NAME", None) { Since = 32 },
        new("UPSTREAM_HOST_NAME_WITHOUT_PORT", None) { Since = 33 },
        new("UPSTREAM_HOSTS_ATTEMPTED", None) { Since = 38 },
        new("UPSTREAM_HOSTS_ATTEMPTED_WITHOUT_PORT", None) { Since = 38 },
        new("UPSTREAM_HOST_NAMES_ATTEMPTED", None) { Since = 38 },
        new("UPSTREAM_HOST_NAMES_ATTEMPTED_WITHOUT_PORT", None) { Since = 38 },
        new("UPSTREAM_CLUSTER", None),
        new("UPSTREAM_CLUSTER_RAW", None),
        new("UPSTREAM_LOCAL_ADDRESS", None),
        new("UPSTREAM_LOCAL_ADDRESS_WITHOUT_PORT", PrefixLength),
        Count("UPSTREAM_LOCAL_PORT"),
        new("UPSTREAM_REMOTE_ADDRESS", None),
        new("UPSTREAM_REMOTE_ADDRESS_WITHOUT_PORT", PrefixLength),
        Count("UPSTREAM_REMOTE_PORT"),
        new("UPSTREAM_REMOTE_ADDRESS_ENDPOINT_ID", None) { Since = 37 },
        Count("UPSTREAM_CONNECTION_ID"),
        new("UPSTREAM_CONNECTION_IDS_ATTEMPTED", None) { Since = 38 },
        // HTTP alone in the documentation; the TCP proxy sets it, too.
        new("UPSTREAM_TRANSPORT_FAILURE_REASON", None),
        new("UPSTREAM_DETECTED_CLOSE_TYPE", None) { Since = 38 },
        new("UPSTREAM_LOCAL_CLOSE_REASON", None) { Since = 38 },
    ];

    private static IEnumerable<CommandOperator> Downstream() =>
    [
        new("DOWNSTREAM_LOCAL_ADDRESS", None),
        new("DOWNSTREAM_LOCAL_ADDRESS_WITHOUT_PORT", PrefixLength),
        Count("DOWNSTREAM_LOCAL_PORT"),
        new("DOWNSTREAM_LOCAL_ADDRESS_ENDPOINT_ID", None) { Since = 37 },
        new("DOWNSTREAM_DIRECT_LOCAL_ADDRESS", None) { Since = 33 },
        new("DOWNSTREAM_DIRECT_LOCAL_ADDRESS_WITHOUT_PORT", PrefixLength) { Since = 33 },
        Count("DOWNSTREAM_DIRECT_LOCAL_PORT") with { Since = 33 },
        new("DOWNSTREAM_DIRECT_LOCAL_ADDRESS_ENDPOINT_ID", None) { Since = 37 },
        new("DOWNSTREAM_REMOTE_ADDRESS", None),
        new("DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT", PrefixLength),
        Count("DOWNSTREAM_REMOTE_PORT"),
        new("DOWNSTREAM_DIRECT_REMOTE_ADDRESS", None),
        new("DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT", PrefixLength),
        Count("DOWNSTREAM_DIRECT_REMOTE_PORT"),
        new("DOWNSTREAM_TRANSPORT_FAILURE_REASON", None),
        new("DOWNSTREAM_LOCAL_CLOSE_REASON", None) { Since = 38 },
        new("DOWNSTREAM_DETECTED_CLOSE_TYPE", None) { Since = 38 },
        new("REQUESTED_SERVER_NAME", ServerName),
        new("FILTER_CHAIN_NAME", None),
        Count("CONNECTION_ID"),
        new("STREAM_ID", None),
    ];

    private static IEnumerable<CommandOperator> DownstreamTls() =>
    [
        .. Texts(
            "DOWNSTREAM_LOCAL_SUBJECT", "DOWNSTREAM_LOCAL_URI_SAN", "DOWNSTREAM_LOCAL_DNS_SAN", "DOWNSTREAM_LOCAL_IP_SAN",
            "DOWNSTREAM_PEER_SUBJECT", "DOWNSTREAM_PEER_URI_SAN", "DOWNSTREAM_PEER_DNS_SAN", "DOWNSTREAM_PEER_IP_SAN",
            "DOWNSTREAM_PEER_ISSUER", "DOWNSTREAM_PEER_SERIAL", "DOWNSTREAM_PEER_CERT",
            "DOWNSTREAM_PEER_FINGERPRINT_256", "DOWNSTREAM_PEER_FINGERPRINT_1",
            "DOWNSTREAM_TLS_SESSION_ID", "DOWNSTREAM_TLS_CIPHER", "DOWNSTREAM_TLS_VERSION",
            "TLS_JA3_FINGERPRINT"),
        .. Texts(
            "DOWNSTREAM_LOCAL_EMAIL_SAN", "DOWNSTREAM_LOCAL_OTHERNAME_SAN", "DOWNSTREAM_PEER_EMAIL_SAN", "DOWNSTREAM_PEER_OTHERNAME_SAN",
            "DOWNSTREAM_PEER_CHAIN_FINGERPRINTS_256", "DOWNSTREAM_PEER_CHAIN_FINGERPRINTS_1", "DOWNSTREAM_PEER_CHAIN_SERIALS")
            .Select(each => each with { Since = 33 }),
        new("TLS_JA4_FINGERPRINT", None) { Since = 35 },
        new("DOWNSTREAM_PEER_CERT_V_START", Time),
        new("DOWNSTREAM_PEER_CERT_V_END", Time),
        .. Texts("DOWNSTREAM_PEER_ISSUER_FINGERPRINT_256", "DOWNSTREAM_PEER_ISSUER_SERIAL").Select(each => each with { Since = 38 }),
        new("DOWNSTREAM_TLS_GROUP", None) { Since = 39 },
    ];

    private static IEnumerable<CommandOperator> UpstreamTls() =>
    [
        .. Texts(
            "UPSTREAM_PEER_SUBJECT", "UPSTREAM_PEER_ISSUER", "UPSTREAM_PEER_CERT",
            "UPSTREAM_PEER_URI_SAN", "UPSTREAM_PEER_DNS_SAN", "UPSTREAM_PEER_IP_SAN",
            "UPSTREAM_LOCAL_URI_SAN", "UPSTREAM_LOCAL_DNS_SAN", "UPSTREAM_LOCAL_IP_SAN",
            "UPSTREAM_TLS_SESSION_ID", "UPSTREAM_TLS_CIPHER", "UPSTREAM_TLS_VERSION"),
        new("UPSTREAM_PEER_CERT_V_START", Time),
        new("UPSTREAM_PEER_CERT_V_END", Time),
        .. Texts("UPSTREAM_TLS_GROUP", "UPSTREAM_SERVER_NAME").Select(each => each with { Since = 39 }),
    ];

    /// <summary>
    /// What filters left with the stream. The documentation gives all three metadata operators a length, but they carry the flag <c>PARAMS_REQUIRED</c> alone, as
    /// <c>DYNAMIC_METADATA</c> did before 1.37 (envoy#42064). Filters of TCP leave metadata, too, so that they are no operators of HTTP alone.
    /// </summary>
    private static IEnumerable<CommandOperator> State() =>
    [
        new("DYNAMIC_METADATA", MetadataPath) { LengthAllowed = true, Json = JsonKind.Any },
        new("CLUSTER_METADATA", MetadataPath) { Json = JsonKind.Any },
        new("UPSTREAM_METADATA", MetadataPath) { Json = JsonKind.Any },
        new("FILTER_STATE", FilterState) { LengthAllowed = true, Json = JsonKind.Any },
        new("UPSTREAM_FILTER_STATE", FilterState) { LengthAllowed = true, Json = JsonKind.Any, Tcp = Dash },
    ];

    private static IEnumerable<CommandOperator> Process() =>
    [
        new("HOSTNAME", None),
        new("UNIQUE_ID", None) { Since = 32 },
        new("ENVIRONMENT", Variable) { LengthAllowed = true },
    ];

    /// <summary>What <c>source/extensions/formatter</c> brings.</summary>
    private static IEnumerable<CommandOperator> Extensions() =>
    [
        new("REQ_WITHOUT_QUERY", Header) { LengthAllowed = true, Tcp = Dash, Formatter = FormatterExtensions.ReqWithoutQuery },
        new("CEL", Expression) { LengthAllowed = true, Formatter = FormatterExtensions.Cel },
        new("TYPED_CEL", Expression) { LengthAllowed = true, Json = JsonKind.Any, Formatter = FormatterExtensions.Cel, Since = 34 },
        new("METADATA", TypedMetadataPath) { LengthAllowed = true, Json = JsonKind.Any, Formatter = FormatterExtensions.Metadata },
        new("FILE_CONTENT", ArgumentKind.File) { LengthAllowed = true, Formatter = FormatterExtensions.FileContent, Since = 38 },
        new("SECRET", Secret) { LengthAllowed = true, Formatter = FormatterExtensions.GenericSecret, Since = 38 },
    ];

    private static CommandOperator Count(string name) => new(name, None) { Json = JsonKind.Number };

    private static IEnumerable<CommandOperator> Texts(params string[] names) => names.Select(name => new CommandOperator(name, None));
}
