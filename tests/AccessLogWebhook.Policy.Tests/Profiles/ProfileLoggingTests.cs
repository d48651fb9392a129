using System.Text.Json;
using AccessLogWebhook.Policy.Formats;
using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Policy.Profiles;

namespace AccessLogWebhook.Policy.Tests.Profiles;

/// <summary>What a profile says about logging, read and refused.</summary>
public sealed class ProfileLoggingTests
{
    [Theory]
    [InlineData("{}")]
    [InlineData("""{"format":null,"proxies":null,"protocols":null,"filter":null,"output":null,"silencedProviders":null}""")]
    [InlineData("""{"filter":{},"silencedProviders":[]}""")]
    [InlineData("""{"format":{"json":{"preset":"istio"}},"output":{"path":"/dev/stdout"},"filter":{"samplePercent":100,"excludeHealthChecks":false}}""")]
    [InlineData("""{"proxies":["waypoint","gateway","sidecarOutbound","sidecarInbound"],"protocols":["listener","tcp","http"]}""")]
    public void Defaults_are_the_same_written_or_not(string spec) => Assert.Equal(ProfileLogging.Default, Sound(spec).Logging);

    [Fact]
    public void Every_field_is_read()
    {
        var logging = Sound("""
            {
              "format": {"text": {"line": "%RESPONSE_CODE%"}},
              "proxies": ["gateway", "sidecarInbound"],
              "protocols": ["tcp"],
              "filter": {"minStatus": 400, "minDuration": "1h1m1.5s", "excludeHealthChecks": true, "samplePercent": 0.25, "expression": "connection.mtls"},
              "output": {"path": "/var/log/a"},
              "silencedProviders": ["otel", "envoy"]
            }
            """).Logging;

        Assert.Equal(new LogFormat.Text(FormatParser.Parse("%RESPONSE_CODE%").Text!), logging.Format);
        Assert.Equal(LoggedProxies.Gateway | LoggedProxies.SidecarInbound, logging.Proxies);
        Assert.Equal(LoggedProtocols.Tcp, logging.Protocols);
        Assert.Equal(new LogFilter(400, 3_661_500, true, SampleRate.OfPercent(0.25m), "connection.mtls"), logging.Filter);
        Assert.Equal(new LogOutput.File("/var/log/a"), logging.Output);
        Assert.Equal(["envoy", "otel"], logging.SilencedProviders);
    }

    [Fact]
    public void A_collector_is_read()
    {
        var output = Sound("""
            {"output": {"openTelemetry": {"service": "a/b.c", "port": 4317, "logName": "mesh", "resourceAttributes": {"x": "y"}, "disableBuiltinLabels": true}}}
            """).Logging.Output;

        Assert.Equal(new LogOutput.OpenTelemetry(new ServicePort("a", "b.c", 4317), "mesh", LabelSet.Of(("x", "y")), true), output);
        Assert.Equal("outbound|4317||b.c", ((LogOutput.OpenTelemetry)output).Service.ClusterName);
    }

    [Fact]
    public void A_log_is_named_after_the_profile_where_it_has_no_name()
    {
        var output = (LogOutput.Grpc)Sound("""{"output": {"grpc": {"service": "b.c", "port": 9000, "requestHeaders": ["x-b", "x-a"]}}}""").Logging.Output;

        Assert.Equal(("team", "b.c", ""), (output.LogName, output.Service.Service, output.Service.Namespace));
        Assert.Equal(["x-a", "x-b"], output.RequestHeaders);
    }

    [Theory]
    [InlineData("""{"output": {"grpc": {"service": "a", "port": 1}}}""")]
    [InlineData("""{"output": {"provider": "mine"}, "backend": "Telemetry"}""")]
    public void An_output_with_a_format_of_its_own_leaves_the_profile_none(string spec) => Assert.Null(Sound(spec).Logging.Format);

    [Theory]
    [InlineData("""{"formats": {}}""", "spec.formats: is no field: did you mean format?")]
    [InlineData("""{"a b": 1}""", "spec[a b]: is no field: there are backend, format, proxies, protocols, filter, output, silencedProviders, annotations, selectable, requireProxy, allowExempt, envoyFilterRef.")]
    [InlineData("""{"proxies": ["gateway"], "proxies": ["waypoint"]}""", "spec.proxies: comes twice: keep one.")]
    [InlineData("""{"\ud800": 1}""", "spec: has a field with half of a surrogate pair in its name: correct it.")]
    [InlineData("""{"format": {"json": {"preset": "istio", "\ud800": 1}}}""", "spec.format.json: has a field with half of a surrogate pair in its name: correct it.")]
    [InlineData("""{"filter": {"\ud800": 1}}""", "spec.filter: has a field with half of a surrogate pair in its name: correct it.")]
    [InlineData("""{"format": {"xml": {}}}""", "spec.format: exactly one of json and text must be set.", "spec.format.xml: is no field: there are json, text.")]
    [InlineData("""{"format": {}}""", "spec.format: exactly one of json and text must be set.")]
    [InlineData("""{"format": "json"}""", "spec.format: must be an object.")]
    [InlineData("""{"format": {"json": {"preset": "istio"}, "text": {"preset": "istio"}}}""", "spec.format: exactly one of json and text must be set.")]
    [InlineData("""{"format": {"json": {"preset": "istio", "field": {}}}}""", "spec.format.json.field: is no field of a JSON format; did you mean fields?")]
    [InlineData("""{"format": {"json": {"fields": {"": "x"}}}}""", "spec.format.json.fields: a field's name must have 1 to 128 characters.")]
    [InlineData("""{"format": {"text": {}}}""", "spec.format.text: exactly one of preset and line must be set.")]
    [InlineData("""{"format": {"text": {"preset": "istio", "line": "x"}}}""", "spec.format.text: exactly one of preset and line must be set.")]
    [InlineData("""{"format": {"text": {"preset": "classic"}}}""", "spec.format.text.preset: must be istio.")]
    [InlineData("""{"format": {"text": {"line": "\n"}}}""", "spec.format.text.line: logs empty lines: write what is to be logged.")]
    [InlineData("""{"proxies": "gateway"}""", "spec.proxies: must be a list of strings.")]
    [InlineData("""{"proxies": []}""", "spec.proxies: must have 1 to 4 items.")]
    [InlineData("""{"proxies": ["gateway", "ztunnel", 1, "gateway"]}""", "spec.proxies[1]: must be sidecarInbound, sidecarOutbound, gateway or waypoint.", "spec.proxies[2]: must be a string: quote the value.", "spec.proxies[3]: gateway comes twice: leave one out.")]
    [InlineData("""{"protocols": ["udp"]}""", "spec.protocols[0]: must be http, tcp or listener.")]
    [InlineData("""{"filter": []}""", "spec.filter: must be an object.")]
    [InlineData("""{"filter": {"minstatus": 400}}""", "spec.filter.minstatus: is no field: did you mean minStatus?")]
    [InlineData("""{"filter": {"minStatus": 99}}""", "spec.filter.minStatus: must be a whole number from 100 to 599.")]
    [InlineData("""{"filter": {"minStatus": "400"}}""", "spec.filter.minStatus: must be a whole number from 100 to 599.")]
    [InlineData("""{"filter": {"minStatus": 400.5}}""", "spec.filter.minStatus: must be a whole number from 100 to 599.")]
    [InlineData("""{"filter": {"minDuration": "1d"}}""", "spec.filter.minDuration: must be a duration from 1ms to 1193h in hours, minutes, seconds or milliseconds, such as 500ms or 1m30s; Envoy counts whole milliseconds.")]
    [InlineData("""{"filter": {"minDuration": 500}}""", "spec.filter.minDuration: must be a string: quote the value.")]
    [InlineData("""{"filter": {"excludeHealthChecks": "true"}}""", "spec.filter.excludeHealthChecks: must be true or false.")]
    [InlineData("""{"filter": {"samplePercent": 100.5}}""", "spec.filter.samplePercent: must be a number from 0 to 100.")]
    [InlineData("""{"filter": {"samplePercent": "1"}}""", "spec.filter.samplePercent: must be a number from 0 to 100.")]
    [InlineData("""{"filter": {"samplePercent": 0.00005}}""", "spec.filter.samplePercent: must have at most four decimals: Envoy samples so many of a million.")]
    [InlineData("""{"filter": {"samplePercent": 1e-40}}""", "spec.filter.samplePercent: must have at most four decimals: Envoy samples so many of a million.")]
    [InlineData("""{"filter": {"expression": ""}}""", "spec.filter.expression: must not be empty.")]
    [InlineData("""{"filter": {"expression": "a) || (b"}}""", "spec.filter.expression: has a ) at 1 that closes nothing: take it out, or open it.")]
    [InlineData("""{"output": {}}""", "spec.output: exactly one of path, openTelemetry, grpc and provider must be set.")]
    [InlineData("""{"output": {"path": "/a", "grpc": {"service": "a", "port": 1}}}""", "spec.output: exactly one of path, openTelemetry, grpc and provider must be set.")]
    [InlineData("""{"output": {"path": "stdout"}}""", "spec.output.path: must be an absolute path, such as /dev/stdout.")]
    [InlineData("""{"output": {"path": "/"}}""", "spec.output.path: has 1 characters, but must have at least 2.")]
    [InlineData("""{"output": {"openTelemetry": {}}}""", "spec.output.openTelemetry.service: is missing.", "spec.output.openTelemetry.port: is missing.")]
    [InlineData("""{"output": {"grpc": {"service": "http://a", "port": 65536}}}""", "spec.output.grpc.port: must be a whole number from 1 to 65535.", "spec.output.grpc.service: must be a host name as the mesh knows it, with NAMESPACE/ before it where several namespaces have it.")]
    [InlineData("""{"output": {"grpc": {"service": "a", "port": 1, "requestHeaders": ["X-A", ""], "filterStateObjects": [""]}}}""", "spec.output.grpc.requestHeaders[0]: must be the name of a header, in lower case.", "spec.output.grpc.requestHeaders[1]: must not be empty.", "spec.output.grpc.filterStateObjects[0]: must not be empty.")]
    [InlineData("""{"output": {"openTelemetry": {"service": "a", "port": 1, "resourceAttributes": {"a": 1, "": "b"}}}}""", "spec.output.openTelemetry.resourceAttributes[a]: must be a string: quote the value.", "spec.output.openTelemetry.resourceAttributes[]: the name must not be empty.")]
    [InlineData("""{"output": {"provider": "a b"}, "backend": "Telemetry"}""", "spec.output.provider: must be the name of a provider, without blanks.")]
    [InlineData("""{"silencedProviders": [""]}""", "spec.silencedProviders[0]: must not be empty.")]
    public void What_is_wrong_is_refused_where_it_stands(string spec, params string[] faults) => Assert.Equal(faults, Faults(spec));

    [Theory]
    [InlineData("""{"output": {"provider": "mine"}}""", "spec.output.provider: is named by a Telemetry: use backend Telemetry, or another output.")]
    [InlineData("""{"output": {"grpc": {"service": "a", "port": 1}}, "format": {"text": {"preset": "istio"}}}""", "spec.format: Envoy's gRPC access log service is sent Envoy's own structured entries, which have no format: leave it out.")]
    [InlineData("""{"backend": "Telemetry", "output": {"provider": "mine"}, "format": {"text": {"preset": "istio"}}}""", "spec.format: the provider of the mesh has its own format: leave it out.")]
    [InlineData("""{"output": {"openTelemetry": {"service": "a", "port": 1}}, "format": {"json": {"fields": {"a": 1, "b": {"c": [true, "x"]}, "d": null}}}}""", "spec.format.json.fields.a: Envoy takes only texts, objects and lists as attributes for OpenTelemetry: quote the value.", "spec.format.json.fields.b.c[0]: Envoy takes only texts, objects and lists as attributes for OpenTelemetry: quote the value.", "spec.format.json.fields.d: Envoy takes only texts, objects and lists as attributes for OpenTelemetry: quote the value.")]
    [InlineData("""{"backend": "Telemetry", "filter": {"samplePercent": 1, "excludeHealthChecks": true}, "protocols": ["http"], "proxies": ["gateway"], "silencedProviders": ["envoy"]}""",
        "spec.filter.samplePercent: Istio's Telemetry has no sampling: use backend EnvoyFilter.",
        "spec.filter.excludeHealthChecks: a Telemetry filters by a CEL expression, and Envoy has no attribute that says what a health check is: use backend EnvoyFilter, or an expression over request.useragent.",
        "spec.protocols: a Telemetry logs http, tcp and listener alike: leave it out, or use backend EnvoyFilter.",
        "spec.proxies: sidecarOutbound and gateway are both CLIENT to a Telemetry: name both or neither, or use backend EnvoyFilter.",
        "spec.silencedProviders: a Telemetry takes the place of the providers that a workload would inherit, so there is nothing to switch off: leave it out.")]
    [InlineData("""{"backend": "Telemetry", "output": {"openTelemetry": {"service": "a", "port": 1, "resourceAttributes": {"a": "b"}, "disableBuiltinLabels": false}}, "format": {"json": {"fields": {"a": {"b": "c"}}}}}""",
        "spec.output.openTelemetry.resourceAttributes: Istio's provider has no resource attributes: use backend EnvoyFilter.",
        "spec.output.openTelemetry.disableBuiltinLabels: Istio's provider always leaves Envoy's own resource attributes out: for them, use backend EnvoyFilter.",
        "spec.format.json.fields.a: Istio's provider sends only texts to OpenTelemetry, and this as an empty one: use backend EnvoyFilter.")]
    [InlineData("""{"backend": "Telemetry", "format": {"json": {"fields": {"a": "%CEL(request.method)%", "b": {"c": "%METADATA(ROUTE:a)%"}}}}}""",
        "spec.format.json.fields.a: CEL needs the formatter envoy.formatter.cel, which Istio adds for no Telemetry: use backend EnvoyFilter.",
        "spec.format.json.fields.b.c: METADATA needs the formatter envoy.formatter.metadata, which Istio adds for no Telemetry: use backend EnvoyFilter.")]
    [InlineData("""{"backend": "Telemetry", "format": {"json": {"fields": {"a": {"b": "%REQ_WITHOUT_QUERY(:PATH)%"}}}}}""",
        "spec.format.json.fields.a.b: REQ_WITHOUT_QUERY needs the formatter envoy.formatter.req_without_query, which Istio adds for a Telemetry only where the operator stands in the text of an outermost field: move it there, or use backend EnvoyFilter.")]
    [InlineData("""{"backend": "Telemetry", "format": {"text": {"line": "%CEL(request.method)%"}}}""",
        "spec.format.text.line: CEL needs the formatter envoy.formatter.cel, which Istio adds for no Telemetry: use backend EnvoyFilter.")]
    public void What_a_backend_cannot_express_is_refused_with_the_reason(string spec, params string[] faults) => Assert.Equal(faults, Faults(spec));

    [Theory]
    [InlineData("""{"backend": "Telemetry", "filter": {"samplePercent": 100, "excludeHealthChecks": false}}""")]
    [InlineData("""{"backend": "Telemetry", "format": {"text": {"line": "%REQ_WITHOUT_QUERY(:PATH)%"}}}""")]
    [InlineData("""{"backend": "Telemetry", "format": {"json": {"fields": {"a": "%REQ_WITHOUT_QUERY(:PATH)%", "b": {"c": "%REQ_WITHOUT_QUERY(:PATH)%"}}}}}""")]
    [InlineData("""{"backend": "Telemetry", "format": {"json": {"fields": {"a": 1, "b": {"c": true}}}}}""")]
    [InlineData("""{"backend": "Telemetry", "proxies": ["sidecarInbound", "waypoint"]}""")]
    public void What_it_can_express_is_not(string spec) => Assert.Empty(Faults(spec));

    [Theory]
    [InlineData("""{"format": {"json": {"fields": {"a": "x %RESPONS_CODE%"}}}}""", "spec.format.json.fields.a: \"%RESPONS_CODE%\" at 2: ")]
    [InlineData("""{"format": {"text": {"line": "%DURATION% %RESPONS_CODE%"}}}""", "spec.format.text.line: \"%RESPONS_CODE%\" at 11: ")]
    public void A_fault_of_a_format_has_its_place_and_what_was_meant(string spec, string start)
    {
        var fault = Assert.Single(Faults(spec));

        Assert.StartsWith(start, fault, StringComparison.Ordinal);
        Assert.Contains("RESPONSE_CODE", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void A_reference_takes_the_place_of_everything_that_renders() => Assert.Equal(
        [
            "spec.format: an EnvoyFilter named by envoyFilterRef has its own format: leave it out.",
            "spec.proxies: an EnvoyFilter named by envoyFilterRef has its own proxies: leave it out.",
            "spec.protocols: an EnvoyFilter named by envoyFilterRef has its own protocols: leave it out.",
            "spec.filter: an EnvoyFilter named by envoyFilterRef has its own filter: leave it out.",
            "spec.output: an EnvoyFilter named by envoyFilterRef has its own output: leave it out.",
            "spec.silencedProviders: is rendered together with a reference of ours: beside envoyFilterRef, switch providers off by a Telemetry of your own.",
            "spec.envoyFilterRef: backend Telemetry takes no EnvoyFilter: leave backend out.",
        ],
        Faults("""{"envoyFilterRef": {"namespace": "a", "name": "b"}, "backend": "Telemetry", "format": {}, "proxies": [], "protocols": [], "filter": {}, "output": {}, "silencedProviders": []}"""));

    [Theory]
    [InlineData("""{"format": {"json": {"fields": {"a": "*"}}}}""", 1024, 1025, "spec.format.json.fields.a: has 1025 characters, but must have at most 1024: shorten it.")]
    [InlineData("""{"format": {"json": {"fields": {"a": {"b": ["*"]}}}}}""", 1024, 1025, "spec.format.json.fields.a.b[0]: has 1025 characters, but must have at most 1024: shorten it.")]
    [InlineData("""{"format": {"json": {"fields": {"*": "a"}}}}""", 128, 129, "spec.format.json.fields: a field's name must have 1 to 128 characters.")]
    [InlineData("""{"format": {"text": {"line": "*"}}}""", 8192, 8193, "spec.format.text.line: has 8193 characters, but must have at most 8192: shorten it.")]
    [InlineData("""{"filter": {"expression": "*"}}""", 1024, 1025, "spec.filter.expression: has 1025 characters, but must have at most 1024: shorten it.")]
    [InlineData("""{"output": {"path": "/*"}}""", 255, 256, "spec.output.path: has 257 characters, but must have at most 256: shorten it.")]
    [InlineData("""{"output": {"grpc": {"service": "*", "port": 1}}}""", 253, 254, "spec.output.grpc.service: must be a host name as the mesh knows it, with NAMESPACE/ before it where several namespaces have it.")]
    [InlineData("""{"silencedProviders": ["*"]}""", 253, 254, "spec.silencedProviders[0]: has 254 characters, but must have at most 253: shorten it.")]
    [InlineData("""{"annotations": {"a": "*"}}""", 1024, 1025, "spec.annotations[a]: has 1025 characters, but must have at most 1024: shorten it.")]
    public void Texts_have_a_length(string spec, int longest, int tooLong, string fault)
    {
        Assert.Empty(Faults(spec.Replace("*", new string('a', longest), StringComparison.Ordinal)));
        Assert.Equal([fault], Faults(spec.Replace("*", new string('a', tooLong), StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("""{"format": {"json": {"fields": {*: "x"}}}}""", 64, "spec.format.json.fields: must have at most 64 entries.")]
    [InlineData("""{"silencedProviders": [*]}""", 16, "spec.silencedProviders: must have at most 16 items.")]
    [InlineData("""{"output": {"grpc": {"service": "a", "port": 1, "requestHeaders": [*]}}}""", 64, "spec.output.grpc.requestHeaders: must have at most 64 items.")]
    [InlineData("""{"output": {"openTelemetry": {"service": "a", "port": 1, "resourceAttributes": {*: "x"}}}}""", 32, "spec.output.openTelemetry.resourceAttributes: must have at most 32 entries.")]
    [InlineData("""{"annotations": {*: "x"}}""", 16, "spec.annotations: must have at most 16 entries.")]
    public void Lists_and_maps_have_a_size(string spec, int most, string fault)
    {
        Assert.Empty(Faults(Filled(spec, most)));
        Assert.Equal([fault], Faults(Filled(spec, most + 1)));
    }

    [Fact]
    public void A_format_has_a_size_as_a_whole()
    {
        var list = string.Join(',', Enumerable.Repeat($"\"{new string('a', 1000)}\"", 66));

        Assert.Equal(
            ["spec.format.json: has more than 64 KiB, and stands in nine patches of an EnvoyFilter: shorten it."], Faults($$$$$"""{"format":{"json":{"fields":{"a":[{{{{{list}}}}}]}}}}"""));
    }

    [Fact]
    public void A_file_that_is_no_profile_does_not_bury_the_reader()
    {
        var spec = $"{{{string.Join(',', Enumerable.Range(0, 5000).Select(index => $"\"z{index}\":1"))}}}";

        var errors = Faults(spec).ToList();

        Assert.Equal(101, errors.Count);
        Assert.Equal("spec: has 4900 more errors: correct these first.", errors[^1]);
    }

    private static string Filled(string spec, int count) => spec.Contains("{*: \"x\"}", StringComparison.Ordinal)
        ? spec.Replace("*: \"x\"", string.Join(',', Enumerable.Range(0, count).Select(index => $"\"a{index}\":\"x\"")), StringComparison.Ordinal)
        : spec.Replace("*", string.Join(',', Enumerable.Range(0, count).Select(index => $"\"a{index}\"")), StringComparison.Ordinal);

    private static AccessLogProfile Sound(string spec)
    {
        var profile = Read(spec);
        Assert.Empty(profile.Errors);
        return profile;
    }

    private static AccessLogProfile Read(string spec) => AccessLogProfileReader.Read("team", JsonElement.Parse($$$"""{"spec":{{{spec}}}}"""));

    private static IEnumerable<string> Faults(string spec) => Read(spec).Errors.Select(error => error.ToString());
}
