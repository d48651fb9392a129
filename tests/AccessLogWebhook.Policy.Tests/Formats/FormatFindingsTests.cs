using System.Collections.Immutable;
using AccessLogWebhook.Policy.Formats;

namespace AccessLogWebhook.Policy.Tests.Formats;

public sealed class FormatFindingsTests
{
    private const string Query = "logs the query string, which often holds personal data and tokens: ";

    [Theory]
    [InlineData("%REQ(AUTHORIZATION)%", "logs a credential, if AUTHORIZATION is what its name says: leave it out.")]
    [InlineData("%REQUEST_HEADER(cookie)%", "logs a credential, if cookie is what its name says: leave it out.")]
    [InlineData("%RESP(Set-Cookie):10%", "logs a credential, if Set-Cookie is what its name says: leave it out.")]
    [InlineData("%TRAILER(X-Auth-Token)%", "logs a credential, if X-Auth-Token is what its name says: leave it out.")]
    [InlineData("%REQ(X?PROXY-AUTHORIZATION)%", "logs a credential, if PROXY-AUTHORIZATION is what its name says: leave it out.")]
    [InlineData("%REQ(x-api-key)%", "logs a credential, if x-api-key is what its name says: leave it out.")]
    [InlineData("%REQ(Ocp-Apim-Subscription-Key)%", "logs a credential, if Ocp-Apim-Subscription-Key is what its name says: leave it out.")]
    [InlineData("%REQ(X-CSRF-TOKEN)%", "logs a credential, if X-CSRF-TOKEN is what its name says: leave it out.")]
    [InlineData("%REQ_WITHOUT_QUERY(AUTHORIZATION)%", "logs a credential, if AUTHORIZATION is what its name says: leave it out.")]
    [InlineData("%QUERY_PARAM(access_token)%", "logs what seems to be a credential: leave it out.")]
    [InlineData("%QUERY_PARAM(code)%", "logs what seems to be a credential: leave it out.")]
    [InlineData("%ENVIRONMENT(DB_PASSWORD)%", "logs an environment variable that seems to hold a credential: leave it out.")]
    [InlineData("%ENVIRONMENT(AWS_SECRET_ACCESS_KEY)%", "logs an environment variable that seems to hold a credential: leave it out.")]
    [InlineData("%FILE_CONTENT(/var/run/secrets/istio-token)%", "logs a file that seems to hold a credential: leave it out.")]
    [InlineData("%CEL(request.headers['authorization'])%", "reads a credential, if authorization is what its name says: make sure that it does not log it.")]
    public void Credentials_are_found_by_name(string format, string message) => AssertFinding(format, FormatFindingKind.Secret, message);

    [Theory]
    [InlineData("%REQ(:PATH)%", Query + "write %REQ_WITHOUT_QUERY(:PATH)%.")]
    [InlineData("%REQ(X-ENVOY-ORIGINAL-PATH?:PATH):256%", Query + "write %REQ_WITHOUT_QUERY(X-ENVOY-ORIGINAL-PATH?:PATH)%.")]
    [InlineData("%REQ(REFERER)%", Query + "write %REQ_WITHOUT_QUERY(REFERER)%.")]
    [InlineData("%RESP(LOCATION)%", Query + "leave it out.")]
    [InlineData("%PATH%", Query + "write %PATH(NQ)%.")]
    [InlineData("%PATH(WQ)%", Query + "write %PATH(NQ)%.")]
    [InlineData("%PATH(:ORIG)%", Query + "write %PATH(NQ:ORIG)%.")]
    [InlineData("%QUERY_PARAM(name)%", "logs what clients write into the address: make sure that it holds no personal data.")]
    [InlineData("%REQ(X-FORWARDED-EMAIL)%", "logs who the user is: make sure that the log may hold it.")]
    [InlineData("%DOWNSTREAM_PEER_EMAIL_SAN%", "logs the client's address of mail: make sure that the log may hold it.")]
    [InlineData("%DYNAMIC_METADATA(envoy.filters.http.jwt_authn)%", "logs every claim of the client's token: name the one that you need.")]
    [InlineData("%DYNAMIC_METADATA(envoy.filters.http.jwt_authn:payload)%", "logs every claim of the client's token: name the one that you need.")]
    [InlineData("%METADATA(DYNAMIC:istio_authn)%", "logs every claim of the client's token: name the one that you need.")]
    [InlineData("%CEL(request.path)%", "reads the query string, which often holds personal data and tokens: use request.url_path.")]
    [InlineData("%CEL(request.url_path + request.query)%", "reads the query string, which often holds personal data and tokens: use request.url_path.")]
    public void What_may_hold_personal_data_is_found(string format, string message) => AssertFinding(format, FormatFindingKind.PersonalData, message);

    [Theory]
    [InlineData("%DYNAMIC_METADATA([\"a\", \"b\"])%", "has the list form of header values, which logs \"-\": write %DYNAMIC_METADATA(NAMESPACE:KEY)%.")]
    [InlineData("%DYNAMIC_METADATA(istio.mixer:status)%", "always logs \"-\", since Istio 1.8 has no Mixer: leave it out.")]
    [InlineData("%FILTER_STATE(wasm.upstream_peer:PLAIN)%", "has the name that Istio used before 1.24: write %FILTER_STATE(upstream_peer:PLAIN)%.")]
    public void What_says_nothing_any_more_is_found(string format, string message) => AssertFinding(format, FormatFindingKind.Deprecated, message);

    [Theory]
    [InlineData("%REQUEST_HEADER(X)%", 37)]
    [InlineData("%SPAN_ID%", 38)]
    [InlineData("%UPSTREAM_TLS_GROUP%", 39)]
    [InlineData("%DYNAMIC_METADATA(a:b):5%", 37)]
    [InlineData("%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT(24)%", 38)]
    [InlineData("%REQUESTED_SERVER_NAME(SNI_FIRST)%", 37)]
    [InlineData("%METADATA(LISTENER_FILTER_CHAIN:x)%", 37)]
    public void What_older_proxies_reject_is_found(string format, int since) => AssertFinding(
        format, FormatFindingKind.NewerProxy, $"is known to Envoy 1.{since} and later; an older proxy rejects the whole listener, so make sure that none is left.");

    [Theory]
    [InlineData("%REQ(X-REQUEST-ID)% %REQ(USER-AGENT)% %REQ(X-FORWARDED-FOR)% %REQ(:AUTHORITY)% %REQ(:METHOD)%")]
    [InlineData("%REQ_WITHOUT_QUERY(X-ENVOY-ORIGINAL-PATH?:PATH)% %PATH(NQ)% %PATH(NQ:ORIG)%")]
    [InlineData("%ENVIRONMENT(POD_NAME)% 100%%")]
    [InlineData("%DYNAMIC_METADATA(envoy.filters.http.jwt_authn:payload:iss)% %DYNAMIC_METADATA(a:b)%")]
    [InlineData("%CEL(request.url_path)% %CEL(response.code)% %CEL(request.headers['x-key'])% %CEL('token' + response.code)%")]
    [InlineData("%RESP(GRPC-STATUS)% %REQ(IDEMPOTENCY-KEY)%")]
    [InlineData("%REQUESTED_SERVER_NAME% %DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT% %UPSTREAM_HOST_NAME%")]
    [InlineData("%FILTER_STATE(upstream_peer)% %METADATA(ROUTE:istio_authn)%")]
    public void What_gives_nothing_away_is_left_alone(string format) => Assert.Empty(In(format, usedForTcp: false));

    [Theory]
    [InlineData("%DURATION%\n", null)]
    [InlineData("\n", null)]
    [InlineData("%DURATION%", 9)]
    [InlineData("%DURATION%\n.", 11)]
    [InlineData("", 0)]
    public void A_line_that_does_not_end_is_found(string format, int? position) => Assert.Equal(
        position is { } at
            ? [new FormatFinding("p", at, FormatFindingKind.NoLineBreak, "does not end with a line break, so that a file gets one line for everything: add \"\\n\" in double quotes.")]
            : [],
        FormatFindings.In(FormatParser.Parse(format).Text!, "p", usedForTcp: false));

    [Fact]
    public void Every_disclosure_of_a_text_comes_with_its_place() => Assert.Equal(
        [("spec.format.text", 2, FormatFindingKind.Secret), ("spec.format.text", 23, FormatFindingKind.PersonalData)],
        FormatFindings.In(FormatParser.Parse("a %REQ(AUTHORIZATION)% %PATH% %PROTOCOL%\n").Text!, "spec.format.text", usedForTcp: false)
            .Select(finding => (finding.Path, finding.Position, finding.Kind)));

    [Fact]
    public void Members_are_found_by_their_path() => Assert.Equal(
        ["fields.a.b[1]", "fields[c d]"],
        FormatFindings.In(FormatValues.Read("""{"a":{"b":["x","%REQ(COOKIE)%"]},"c d":"%PATH%","e":1}"""), "fields", usedForTcp: false).Select(finding => finding.Path));

    [Fact]
    public void What_Coalesce_tries_is_looked_at()
    {
        const string secret = """%COALESCE({"operators": ["PROTOCOL", {"command": "COALESCE", "param": "{\"operators\": [{\"command\": \"REQ\", \"param\": \"COOKIE\"}]}"}]})%""";
        const string silent = """%COALESCE({"operators": ["PROTOCOL", {"command": "REQ", "param": "X"}]})%""";
        const string telling = """%COALESCE({"operators": ["PROTOCOL", "DURATION"]})%""";

        Assert.Contains(In(secret, usedForTcp: false), finding => finding.Kind == FormatFindingKind.Secret);
        Assert.Contains(In(silent, usedForTcp: true), finding => finding.Kind == FormatFindingKind.HttpOnly);
        Assert.DoesNotContain(In(telling, usedForTcp: true), finding => finding.Kind == FormatFindingKind.HttpOnly);
    }

    [Theory]
    [InlineData("%DURATION% %PROTOCOL%", 11, "%PROTOCOL% says nothing (\"-\")")]
    [InlineData("%RESPONSE_CODE%", 0, "%RESPONSE_CODE% says 0")]
    [InlineData("%RESPONSE_CODE% %PROTOCOL%", 0, "%RESPONSE_CODE%, %PROTOCOL% say nothing (\"-\" or 0)")]
    [InlineData("%REQ(A)%%REQ(B)%%REQ(C)%%REQ(D)%%REQ(E)%", 0, "%REQ(A)%, %REQ(B)%, %REQ(C)% and 2 more say nothing (\"-\")")]
    public void Operators_of_HTTP_alone_are_found_together_where_TCP_is_logged(string format, int position, string start)
    {
        Assert.Equal(
            [new FormatFinding("p", position, FormatFindingKind.HttpOnly, $"{start} of TCP connections: log those in a profile of their own, or take it that the field is empty there.")],
            In(format, usedForTcp: true));
        Assert.Empty(In(format, usedForTcp: false));
    }

    private static ImmutableArray<FormatFinding> In(string format, bool usedForTcp) => FormatFindings.In(new FormatValue.Text(FormatParser.Parse(format).Text!), "p", usedForTcp);

    /// <summary>That an operator is new is one more finding of it, with tests of its own.</summary>
    private static void AssertFinding(string format, FormatFindingKind kind, string message) => Assert.Equal(
        [new FormatFinding("p", 1, kind, $"{format} {message}")],
        In($" {format}", usedForTcp: false).Where(finding => kind == FormatFindingKind.NewerProxy || finding.Kind != FormatFindingKind.NewerProxy));
}
