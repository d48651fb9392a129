using AccessLogWebhook.Policy.Formats;

namespace AccessLogWebhook.Policy.Tests.Formats;

/// <summary>What each kind of argument may be; the accepted ones are in the corpus.</summary>
public sealed class ArgumentRulesTests
{
    [Theory]
    [InlineData("%DURATION:5%", "\"%DURATION:5%\" at 0: DURATION takes no length: leave it off.")]
    [InlineData("%DURATION(ms)%", "\"%DURATION(ms)%\" at 0: DURATION takes no argument: write %DURATION%.")]
    [InlineData("%START_TIME(%s):5%", "\"%START_TIME(%s):5%\" at 0: START_TIME takes no length: leave it off.")]
    [InlineData("%GRPC_STATUS(NUMBER):5%", "\"%GRPC_STATUS(NUMBER):5%\" at 0: GRPC_STATUS takes no length: leave it off.")]
    [InlineData("%SECRET(token)%", "\"%SECRET(token)%\" at 0: SECRET needs the formatter envoy.formatter.generic_secret with that secret in its secret_configs, which is not configured here; a secret does not belong in a log, so leave it out.")]
    public void What_an_operator_does_not_take_is_refused(string format, string fault) => AssertFault(format, fault);

    [Theory]
    [InlineData("REQ", "a header's name, with perhaps '?' and another to fall back on, as in %REQ(:AUTHORITY)%.")]
    [InlineData("DYNAMIC_METADATA", "a namespace, with perhaps ':' and keys, as in %DYNAMIC_METADATA(envoy.filters.http.jwt_authn:payload)%.")]
    [InlineData("METADATA", "a type, a namespace and perhaps keys, with ':' between them, as in %METADATA(ROUTE:com.example:team)%.")]
    [InlineData("FILTER_STATE", "the key of an object, as in %FILTER_STATE(upstream_peer:FIELD:name)%.")]
    [InlineData("COMMON_DURATION", "where it starts and ends, and perhaps a precision, as in %COMMON_DURATION(DS_RX_BEG:US_TX_BEG:us)%.")]
    [InlineData("QUERY_PARAM", "a parameter's name, as in %QUERY_PARAM(page)%.")]
    [InlineData("ENVIRONMENT", "a variable's name, as in %ENVIRONMENT(POD_NAME)%.")]
    [InlineData("CEL", "an expression, as in %CEL(response.code)%.")]
    [InlineData("COALESCE", """a JSON object with the operators to try, as in %COALESCE({"operators": ["REQUESTED_SERVER_NAME", {"command": "REQ", "param": ":AUTHORITY"}]})%.""")]
    [InlineData("FILE_CONTENT", "a path, as in %FILE_CONTENT(/etc/podinfo/name)%.")]
    [InlineData("XFCC_VALUE", "a key of x-forwarded-client-cert, as in %XFCC_VALUE(uri)%.")]
    public void A_missing_argument_is_explained_with_an_example_that_is_read(string name, string needed)
    {
        AssertFault($"%{name}%", $"\"%{name}%\" at 0: {name} needs an argument: {needed}");
        AssertFault($"%{name}()%", $"\"%{name}()%\" at 0: {name} needs an argument: {needed}");
        Assert.Empty(FormatParser.Parse(needed[needed.IndexOf('%', StringComparison.Ordinal)..^1]).Faults);
    }

    [Theory]
    [InlineData("%REQ(a b)%", "\"a b\" at 5: is no name of a header for REQ: use letters, digits, '-' and '_', and ':' only in front.")]
    [InlineData("%REQ(:)%", "\":\" at 5: is no name of a header for REQ: use letters, digits, '-' and '_', and ':' only in front.")]
    [InlineData("%RESP(X?a:b)%", "\"a:b\" at 8: is no name of a header for RESP: use letters, digits, '-' and '_', and ':' only in front.")]
    [InlineData("%REQ(A?B?C)%", "\"?C\" at 8: REQ takes one alternative: leave off what comes from this '?' on.")]
    [InlineData("%REQ_WITHOUT_QUERY(é)%", "\"é\" at 19: is no name of a header for REQ_WITHOUT_QUERY: use letters, digits, '-' and '_', and ':' only in front.")]
    public void Headers_are_names_with_one_alternative(string format, string fault) => AssertFault(format, fault);

    /// <summary>Envoy takes an empty name, which no header has.</summary>
    [Theory]
    [InlineData("%REQ(?:PATH)%")]
    [InlineData("%REQ(X?)%")]
    [InlineData("%REQ(!#$%&'*+-.^_`|~)%")]
    public void Headers_may_have_what_Envoy_allows(string format) => Assert.Empty(FormatParser.Parse(format).Faults);

    [Theory]
    [InlineData("%START_TIME(%Y%n)%", "\"%n\" at 14: START_TIME must not log a line break, which this does: take it out.")]
    [InlineData("%EMIT_TIME(%-_0^#12En)%", "\"%-_0^#12En\" at 11: EMIT_TIME must not log a line break, which this does: take it out.")]
    [InlineData("%DOWNSTREAM_PEER_CERT_V_END(%On)%", "\"%On\" at 28: DOWNSTREAM_PEER_CERT_V_END must not log a line break, which this does: take it out.")]
    public void Times_log_no_line_breaks(string format, string fault) => AssertFault(format, fault);

    [Theory]
    [InlineData("%START_TIME(n%)%")]
    [InlineData("%START_TIME(%EEn)%")]
    [InlineData("%START_TIME(%10n)%")]
    [InlineData("%START_TIME(%-)%")]
    public void Times_may_have_what_is_no_line_break(string format) => Assert.Empty(FormatParser.Parse(format).Faults);

    [Theory]
    [InlineData("%METADATA(ROUT:x)%", "\"ROUT\" at 10: the type of metadata of METADATA must be DYNAMIC, CLUSTER, ROUTE, UPSTREAM_HOST, LISTENER, LISTENER_FILTER_CHAIN or VIRTUAL_HOST.")]
    [InlineData("%GRPC_STATUS(SNAKE)%", "\"SNAKE\" at 13: the form of GRPC_STATUS must be CAMEL_STRING, SNAKE_STRING or NUMBER.")]
    [InlineData("%REQUESTED_SERVER_NAME(SNI)%", "\"SNI\" at 23: the source of REQUESTED_SERVER_NAME must be SNI_ONLY, SNI_FIRST or HOST_FIRST.")]
    [InlineData("%REQUESTED_SERVER_NAME(SNI_FIRST:X)%", "\"X\" at 33: the source of the host of REQUESTED_SERVER_NAME must be ORIG, HOST or ORIG_OR_HOST.")]
    [InlineData("%PATH(nq)%", "\"nq\" at 6: the form of PATH must be WQ or NQ.")]
    [InlineData("%PATH(NQ:HOST)%", "\"HOST\" at 9: the source of the path of PATH must be ORIG, PATH or ORIG_OR_PATH.")]
    [InlineData("%QUERY_PARAMS(RAW)%", "\"RAW\" at 14: the form of QUERY_PARAMS must be ORIG or DECODED.")]
    [InlineData("%COMMON_DURATION(DS_RX_BEG:DS_TX_END:s)%", "\"s\" at 37: the precision of COMMON_DURATION must be ms, us or ns.")]
    [InlineData("%COMMON_DURATION(DS_RX_BEG)%", "\"DS_RX_BEG\" at 17: COMMON_DURATION takes START:END or START:END:PRECISION, as in DS_RX_BEG:US_TX_BEG:us.")]
    [InlineData("%COMMON_DURATION(a:b:ms:c)%", "\"a:b:ms:c\" at 17: COMMON_DURATION takes START:END or START:END:PRECISION, as in DS_RX_BEG:US_TX_BEG:us.")]
    [InlineData("%FILTER_STATE(:PLAIN)%", "\":PLAIN\" at 14: FILTER_STATE needs the key of the object before the first ':'.")]
    [InlineData("%FILTER_STATE(k:TEXT)%", "\"TEXT\" at 16: the form of FILTER_STATE must be PLAIN, TYPED or FIELD.")]
    [InlineData("%FILTER_STATE(k:FIELD)%", "\"k:FIELD\" at 14: FILTER_STATE with FIELD needs the name of the field: KEY:FIELD:NAME.")]
    [InlineData("%FILTER_STATE(k:PLAIN:x)%", "\"k:PLAIN:x\" at 14: FILTER_STATE takes a field only with FIELD: KEY:FIELD:NAME.")]
    [InlineData("%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT(129)%", "\"129\" at 40: DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT takes the number of bits to show: at most 32 for IPv4 and 128 for IPv6.")]
    [InlineData("%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT(-1)%", "\"-1\" at 40: DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT takes the number of bits to show: at most 32 for IPv4 and 128 for IPv6.")]
    [InlineData("%FILE_CONTENT(a:b:c)%", "\"a:b:c\" at 14: FILE_CONTENT takes PATH or PATH:DIRECTORY.")]
    [InlineData("%XFCC_VALUE(key)%", "\"key\" at 12: the key of XFCC_VALUE must be by, hash, cert, chain, subject, uri or dns.")]
    public void Words_are_those_that_Envoy_knows(string format, string fault) => AssertFault(format, fault);

    [Theory]
    [InlineData("[]", "takes a JSON object with the list \"operators\", which must not be empty.")]
    [InlineData("""{"operators": []}""", "takes a JSON object with the list \"operators\", which must not be empty.")]
    [InlineData("""{"operators": {}}""", "takes a JSON object with the list \"operators\", which must not be empty.")]
    [InlineData("""{"operators": ["PROTOCOL"], "\ud800": 1}""", "takes JSON: it escapes half of a surrogate pair at byte 28.")]
    [InlineData("""{"operators": ["\udc00"]}""", "takes JSON: it escapes half of a surrogate pair at byte 15.")]
    [InlineData("""{"operators": [5]}""", "operators[0] must be the name of an operator, or an object with its name as \"command\".")]
    [InlineData("""{"operators": [{"param": "x"}]}""", "operators[0] must be the name of an operator, or an object with its name as \"command\".")]
    [InlineData("""{"operators": ["PROTOCOL", "RESPONS_CODE"]}""", "operators[1] \"RESPONS_CODE\": there is no such command operator, did you mean RESPONSE_CODE?")]
    [InlineData("""{"operators": ["REQ"]}""", "operators[0] REQ needs an argument: a header's name, with perhaps '?' and another to fall back on, as in %REQ(:AUTHORITY)%.")]
    [InlineData("""{"operators": [{"command": "REQ", "param": "a b"}]}""", "operators[0] is no name of a header for REQ: use letters, digits, '-' and '_', and ':' only in front.")]
    [InlineData("""{"operators": [{"command": "REQ", "param": 5}]}""", "operators[0] has a \"param\" that is no string.")]
    [InlineData("""{"operators": [{"command": "REQ", "param": "x", "max_length": 0}]}""", "operators[0] has a \"max_length\" that is no whole number above 0.")]
    [InlineData("""{"operators": [{"command": "REQ", "param": "x", "max_length": "5"}]}""", "operators[0] has a \"max_length\" that is no whole number above 0.")]
    [InlineData("""{"operators": [{"command": "DURATION", "max_length": 5}]}""", "operators[0] DURATION takes no length: leave it off.")]
    [InlineData("""{"operators": [{"command": "REQ_WITHOUT_QUERY", "param": ":PATH"}]}""", "operators[0] is REQ_WITHOUT_QUERY, which comes from an extension and is not known inside.")]
    public void Coalesce_tries_operators_that_are_sound_themselves(string argument, string fault) =>
        AssertFault($"%COALESCE({argument})%", $"\"{(argument.Length > 80 ? $"{argument[..80]}…" : argument)}\" at 10: COALESCE {fault}");

    [Fact]
    public void Coalesce_takes_JSON() => Assert.StartsWith(
        "\"{operators\" at 10: COALESCE takes JSON: ", Assert.Single(FormatParser.Parse("%COALESCE({operators)%").Faults).ToString(), StringComparison.Ordinal);

    [Theory]
    [InlineData("""{"operators": [{"command": "CEL", "param": "f\u0028x\u0029"}, {"command": "PROTOCOL", "param": ""}, {"command": "REQ", "param": "x", "max_length": 5}]}""")]
    [InlineData("""{"operators": [{"command": "COALESCE", "param": "{\"operators\": [\"PROTOCOL\"]}"}]}""")]
    public void Coalesce_may_hold_what_is_built_in(string argument) => Assert.Empty(FormatParser.Parse($"%COALESCE({argument})%").Faults);

    [Fact]
    public void Coalesce_in_itself_has_an_end()
    {
        Assert.Empty(FormatParser.Parse($"%COALESCE({Nested(8)})%").Faults);
        Assert.EndsWith(
            "operators[0] COALESCE is nested deeper than 8 levels: take the inner ones out.", Assert.Single(FormatParser.Parse($"%COALESCE({Nested(9)})%").Faults).Message, StringComparison.Ordinal);

        static string Nested(int depth) => depth == 1
            ? """{"operators":["PROTOCOL"]}"""
            : $$"""{"operators":[{"command":"COALESCE","param":{{System.Text.Json.JsonSerializer.Serialize(Nested(depth - 1))}} }]}""";
    }

    [Theory]
    [InlineData("%CEL( )%", "\"%CEL( )%\" at 0: CEL needs an expression, as in %CEL(response.code)%.")]
    [InlineData("%CEL(a['b)%", "\"'b\" at 7: CEL has a string that begins here and does not end.")]
    [InlineData("%CEL('''a'')%", "\"'''a''\" at 5: CEL has a string that begins here and does not end.")]
    [InlineData("%CEL('a\\')%", "\"'a\\'\" at 5: CEL has a string that begins here and does not end.")]
    [InlineData("%CEL((a])%", "\"]\" at 7: CEL has a bracket here that closes none.")]
    [InlineData("%TYPED_CEL(a))%", "\")\" at 12: TYPED_CEL has a bracket here that closes none.")]
    [InlineData("%CEL(f(a)%", "\"(\" at 6: CEL has a bracket here that does not close.")]
    public void Expressions_end_their_strings_and_close_their_brackets(string format, string fault) => AssertFault(format, fault);

    [Theory]
    [InlineData("%CEL(r'\\' + 'it\\'s' + \"'\")%")]
    [InlineData("%CEL(\"\"\"a\"b\"\"\" + Rb'\\' + bar['x'])%")]
    [InlineData("%CEL({'a': [1, 2]}['a'][0] // it's (not) closed)%")]
    public void Expressions_may_have_any_of_CELs_strings(string format) => Assert.Empty(FormatParser.Parse(format).Faults);

    private static void AssertFault(string format, string fault) =>
        Assert.Equal([fault], FormatParser.Parse(format).Faults.Select(each => each.ToString()));
}
