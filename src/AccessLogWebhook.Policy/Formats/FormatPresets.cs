using System.Collections.Immutable;

namespace AccessLogWebhook.Policy.Formats;

/// <summary>
/// The formats that a profile may name. The first two are what istiod gives a proxy without any of us
/// (<c>EnvoyJSONLogFormatIstio</c> and <c>EnvoyTextLogFormat</c> in Istio's <c>pilot/pkg/model/telemetry_logging.go</c>), key by key and value by value,
/// so that moving to and from a profile changes no line.
/// </summary>
public static class FormatPresets
{
    /// <summary>Istio's JSON format since 1.9 (24 fields), in the order of Istio's source.</summary>
    public static readonly FormatValue.Object IstioJson = Object(
        ("start_time", "%START_TIME%"),
        ("route_name", "%ROUTE_NAME%"),
        ("method", "%REQ(:METHOD)%"),
        ("path", "%REQ(X-ENVOY-ORIGINAL-PATH?:PATH)%"),
        ("protocol", "%PROTOCOL%"),
        ("response_code", "%RESPONSE_CODE%"),
        ("response_flags", "%RESPONSE_FLAGS%"),
        ("response_code_details", "%RESPONSE_CODE_DETAILS%"),
        ("connection_termination_details", "%CONNECTION_TERMINATION_DETAILS%"),
        ("bytes_received", "%BYTES_RECEIVED%"),
        ("bytes_sent", "%BYTES_SENT%"),
        ("duration", "%DURATION%"),
        ("upstream_service_time", "%RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)%"),
        ("x_forwarded_for", "%REQ(X-FORWARDED-FOR)%"),
        ("user_agent", "%REQ(USER-AGENT)%"),
        ("request_id", "%REQ(X-REQUEST-ID)%"),
        ("authority", "%REQ(:AUTHORITY)%"),
        ("upstream_host", "%UPSTREAM_HOST%"),
        ("upstream_cluster", "%UPSTREAM_CLUSTER_RAW%"),
        ("upstream_local_address", "%UPSTREAM_LOCAL_ADDRESS%"),
        ("downstream_local_address", "%DOWNSTREAM_LOCAL_ADDRESS%"),
        ("downstream_remote_address", "%DOWNSTREAM_REMOTE_ADDRESS%"),
        ("requested_server_name", "%REQUESTED_SERVER_NAME%"),
        ("upstream_transport_failure_reason", "%UPSTREAM_TRANSPORT_FAILURE_REASON%"));

    /// <summary>
    /// Istio's JSON format of 1.3 to 1.5 (<c>EnvoyJSONLogFormat13</c> in <c>pilot/pkg/networking/core/v1alpha3/listener.go</c>; 23 fields). One value differs: the
    /// cluster is <c>UPSTREAM_CLUSTER_RAW</c>, since today's Istio gives clusters another name for statistics, which <c>UPSTREAM_CLUSTER</c> would log
    /// (istio#52384). <c>istio_policy_status</c> is Mixer's, which is gone, and says nothing; it is there for what reads the line.
    /// </summary>
    public static readonly FormatValue.Object ClassicJson = Object(
        ("start_time", "%START_TIME%"),
        ("route_name", "%ROUTE_NAME%"),
        ("method", "%REQ(:METHOD)%"),
        ("path", "%REQ(X-ENVOY-ORIGINAL-PATH?:PATH)%"),
        ("protocol", "%PROTOCOL%"),
        ("response_code", "%RESPONSE_CODE%"),
        ("response_flags", "%RESPONSE_FLAGS%"),
        ("bytes_received", "%BYTES_RECEIVED%"),
        ("bytes_sent", "%BYTES_SENT%"),
        ("duration", "%DURATION%"),
        ("upstream_service_time", "%RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)%"),
        ("x_forwarded_for", "%REQ(X-FORWARDED-FOR)%"),
        ("user_agent", "%REQ(USER-AGENT)%"),
        ("request_id", "%REQ(X-REQUEST-ID)%"),
        ("authority", "%REQ(:AUTHORITY)%"),
        ("upstream_host", "%UPSTREAM_HOST%"),
        ("upstream_cluster", "%UPSTREAM_CLUSTER_RAW%"),
        ("upstream_local_address", "%UPSTREAM_LOCAL_ADDRESS%"),
        ("downstream_local_address", "%DOWNSTREAM_LOCAL_ADDRESS%"),
        ("downstream_remote_address", "%DOWNSTREAM_REMOTE_ADDRESS%"),
        ("requested_server_name", "%REQUESTED_SERVER_NAME%"),
        ("istio_policy_status", "%DYNAMIC_METADATA(istio.mixer:status)%"),
        ("upstream_transport_failure_reason", "%UPSTREAM_TRANSPORT_FAILURE_REASON%"));

    /// <summary>Istio's text format since 1.9, with the line break at its end.</summary>
    public static readonly FormatText IstioText = Parsed(
        "[%START_TIME%] \"%REQ(:METHOD)% %REQ(X-ENVOY-ORIGINAL-PATH?:PATH)% %PROTOCOL%\" %RESPONSE_CODE% %RESPONSE_FLAGS% "
        + "%RESPONSE_CODE_DETAILS% %CONNECTION_TERMINATION_DETAILS% \"%UPSTREAM_TRANSPORT_FAILURE_REASON%\" %BYTES_RECEIVED% %BYTES_SENT% "
        + "%DURATION% %RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)% \"%REQ(X-FORWARDED-FOR)%\" \"%REQ(USER-AGENT)%\" \"%REQ(X-REQUEST-ID)%\" "
        + "\"%REQ(:AUTHORITY)%\" \"%UPSTREAM_HOST%\" %UPSTREAM_CLUSTER_RAW% %UPSTREAM_LOCAL_ADDRESS% %DOWNSTREAM_LOCAL_ADDRESS% "
        + "%DOWNSTREAM_REMOTE_ADDRESS% %REQUESTED_SERVER_NAME% %ROUTE_NAME%\n");

    /// <summary>The names that <c>format.json.preset</c> may have.</summary>
    public static readonly ImmutableArray<string> JsonNames = ["istio", "classic"];

    /// <summary>The names that <c>format.text.preset</c> may have.</summary>
    public static readonly ImmutableArray<string> TextNames = ["istio"];

    /// <summary>The preset of that name; null where there is none.</summary>
    public static FormatValue.Object? Json(string name) => name switch
    {
        "istio" => IstioJson,
        "classic" => ClassicJson,
        _ => null,
    };

    /// <summary>The preset of that name; null where there is none.</summary>
    public static FormatText? Text(string name) => name == "istio" ? IstioText : null;

    private static FormatValue.Object Object(params ReadOnlySpan<(string Name, string Format)> members)
    {
        var built = ImmutableArray.CreateBuilder<FormatMember>(members.Length);
        foreach (var (name, format) in members)
        {
            built.Add(new FormatMember(name, new FormatValue.Text(Parsed(format))));
        }

        return new FormatValue.Object(built.MoveToImmutable());
    }

    private static FormatText Parsed(string format) => FormatParser.Parse(format).Text!;
}
