using System.Net;
using System.Text;
using System.Text.Json;
using AccessLogWebhook.ClusterTests.Support;
using AccessLogWebhook.Manifests;
using AccessLogWebhook.Policy.Profiles;

namespace AccessLogWebhook.ClusterTests.Profiles;

/// <summary>Which profiles a real API server takes, and how it refuses the others: its message must name the field.</summary>
public sealed class ProfileValidationTests(ControlPlaneFixture fixture) : ClusterTest(fixture)
{
    private const string ReferenceOnly = "envoyFilterRef: {namespace: istio-system, name: existing}";
    private const string MustBeHostName = "must be a host name, with NAMESPACE/ before it where needed";
    private const string MustBeDuration =
        "must be a duration from 1ms to 1193h in hours, minutes, seconds or milliseconds, such as 500ms or 1m30s; Envoy counts whole milliseconds";

    private const string OneOutput = "spec.output: Invalid value: exactly one of path, openTelemetry, grpc and provider must be set";
    private const string Collector = "output: {openTelemetry: {service: a, port: 1";

    private const string IstioAnnotation =
        "spec.annotations: Invalid value: of Istio's annotations only sidecar.istio.io/logLevel, componentLogLevel and agentLogLevel may be set";

    private const string KubernetesAnnotation =
        "spec.annotations: Invalid value: annotations of kubernetes.io and k8s.io are reserved for Kubernetes, leave them out";

    private const string NoAnnotationKey =
        "spec.annotations: Invalid value: an annotation's key must have at most 63 letters, digits, '-', '_' or '.', with an optional DNS prefix and '/'";

    private const string ComponentLevels =
        "spec.annotations: Invalid value: sidecar.istio.io/componentLogLevel must be a list COMPONENT:LEVEL,… with the levels "
        + "trace, debug, info, warning, error, critical, off";

    private const string AgentLevels =
        "spec.annotations: Invalid value: sidecar.istio.io/agentLogLevel must be LEVEL or a list SCOPE:LEVEL,… with the levels "
        + "none, fatal, error, warn, info, debug";

    public static TheoryData<string> Good =>
    [
        "{}",
        "{backend: EnvoyFilter}",
        "{backend: Telemetry, filter: {expression: 'response.code >= 400'}}",
        "{backend: Telemetry, proxies: [sidecarInbound, waypoint], protocols: [http, tcp, listener], filter: {samplePercent: 100, excludeHealthChecks: false}}",
        "{backend: Telemetry, proxies: [gateway, sidecarOutbound], output: {provider: mine}}",
        "{backend: Telemetry, " + Collector + ", disableBuiltinLabels: true}}}",
        "{silencedProviders: [envoy, otel]}",
        "{format: {json: {preset: istio}}}",
        "{format: {json: {preset: classic, omit: [istio_policy_status]}}}",
        "{format: {json: {preset: istio, fields: {trace_id: '%TRACE_ID%', '@timestamp': '%START_TIME%'}, omit: [user_agent]}}}",
        "{format: {json: {fields: {method: '%REQ(:METHOD)%'}}}}",
        "{format: {json: {preset: istio, rename: {method: verb}, omit: [path]}}}",
        "{format: {json: {fields: {version: 2, labels: {app: '%ENVIRONMENT(APP)%', list: ['%DURATION%', {a: true}]}}}}}",
        "{format: {text: {preset: istio}}}",
        "{format: {text: {line: '[%START_TIME%] %RESPONSE_CODE%'}}}",
        "{proxies: [sidecarInbound, sidecarOutbound, gateway, waypoint], protocols: [http, tcp, listener]}",
        "{filter: {minStatus: 100, samplePercent: 0}}",
        "{filter: {minStatus: 599, minDuration: 500ms, excludeHealthChecks: true, samplePercent: 0.5}}",
        "{filter: {minDuration: 1h30m, samplePercent: 100}}",
        "{filter: {minDuration: 1.5s}}",
        "{filter: {minDuration: 1193h, samplePercent: 0.0001}}",
        "{filter: {minDuration: 1m5ms, samplePercent: 0.07}}",
        "{filter: {minDuration: 0.001s, samplePercent: 33.3333}}",
        "{output: {path: /dev/stdout}}",
        "{output: {openTelemetry: {service: otel-collector.observability.svc.cluster.local, port: 4317}}}",
        "{output: {openTelemetry: {service: observability/collector, port: 4317, logName: mesh, resourceAttributes: {team: a}, disableBuiltinLabels: true}}}",
        "{output: {grpc: {service: als.logs.svc.cluster.local, port: 9000}}}",
        "{output: {grpc: {service: als, port: 1, logName: mesh, requestHeaders: [x-tenant], responseHeaders: [x-b], responseTrailers: [x-c], filterStateObjects: [d]}}}",
        "{annotations: {fluentbit.io/parser_stdout-istio-proxy: json, plain: ''}}",
        "{annotations: {sidecar.istio.io/logLevel: debug, sidecar.istio.io/componentLogLevel: 'misc:error,http2:debug', sidecar.istio.io/agentLogLevel: 'info,xds:debug'}}",
        "{annotations: {notistio.io/rev: a, istio.io.example.com/rev: b}}",
        "{selectable: true, requireProxy: true, allowExempt: true}",
        "{" + ReferenceOnly + "}",
        "{" + ReferenceOnly + ", backend: EnvoyFilter, annotations: {a: b}, selectable: true, requireProxy: true, allowExempt: true}",
    ];

    public static TheoryData<string, string> Bad => new()
    {
        { "null", "spec: Required value" },
        { "{backend: File}", "spec.backend: Unsupported value: \"File\": supported values: \"EnvoyFilter\", \"Telemetry\"" },

        { "{" + ReferenceOnly + ", format: {json: {preset: istio}}}", "spec.format: Forbidden: an EnvoyFilter named by envoyFilterRef has its own format" },
        { "{" + ReferenceOnly + ", proxies: [gateway]}", "spec.proxies: Forbidden: an EnvoyFilter named by envoyFilterRef has its own proxies" },
        { "{" + ReferenceOnly + ", protocols: [http]}", "spec.protocols: Forbidden: an EnvoyFilter named by envoyFilterRef has its own protocols" },
        { "{" + ReferenceOnly + ", filter: {minStatus: 400}}", "spec.filter: Forbidden: an EnvoyFilter named by envoyFilterRef has its own filter" },
        { "{" + ReferenceOnly + ", output: {path: /dev/stdout}}", "spec.output: Forbidden: an EnvoyFilter named by envoyFilterRef has its own output" },
        { "{" + ReferenceOnly + ", backend: Telemetry}", "spec.envoyFilterRef: Forbidden: backend Telemetry takes no EnvoyFilter" },
        { "{envoyFilterRef: {name: a}}", "spec.envoyFilterRef.namespace: Required value" },
        { "{envoyFilterRef: {namespace: a}}", "spec.envoyFilterRef.name: Required value" },
        { "{envoyFilterRef: {namespace: A, name: a}}", "spec.envoyFilterRef.namespace: Invalid value: \"A\": must be the name of a namespace" },
        { "{envoyFilterRef: {namespace: a, name: a/b}}", "spec.envoyFilterRef.name: Invalid value: \"a/b\": must be the name of an EnvoyFilter" },

        { "{format: {}}", "spec.format: Invalid value: exactly one of json and text must be set" },
        { "{format: {json: {preset: istio}, text: {preset: istio}}}", "spec.format: Invalid value: exactly one of json and text must be set" },
        { "{format: {json: {}}}", "spec.format.json: Invalid value: a preset, fields or both must be set" },
        { "{format: {json: {preset: envoy}}}", "spec.format.json.preset: Unsupported value: \"envoy\": supported values: \"istio\", \"classic\"" },
        { "{format: {json: {fields: [a]}}}", "spec.format.json.fields: Invalid value: \"array\": spec.format.json.fields in body must be of type object: \"array\"" },
        { "{format: {json: {fields: {a: x}, omit: [b]}}}", "spec.format.json.omit: Invalid value: leaves out fields of a preset, and there is none" },
        { "{format: {json: {fields: {a: x}, rename: {a: b}}}}", "spec.format.json.rename: Invalid value: renames fields of a preset, and there is none" },
        { "{format: {json: {preset: istio, omit: [path], rename: {path: b}}}}", "spec.format.json.rename: Invalid value: must not name what omit leaves out" },
        { "{format: {json: {preset: istio, rename: {path: ''}}}}", "spec.format.json.rename.path: Invalid value: \"\": spec.format.json.rename.path in body should be at least 1 chars long" },
        { "{format: {json: {preset: istio, omit: [path, path]}}}", "spec.format.json.omit[1]: Duplicate value: \"path\"" },
        { "{format: {text: {}}}", "spec.format.text: Invalid value: exactly one of preset and line must be set" },
        { "{format: {text: {preset: istio, line: x}}}", "spec.format.text: Invalid value: exactly one of preset and line must be set" },

        { "{proxies: []}", "spec.proxies: Invalid value: 0: spec.proxies in body should have at least 1 items" },
        { "{proxies: [ztunnel]}", "spec.proxies[0]: Unsupported value: \"ztunnel\": supported values: \"sidecarInbound\", \"sidecarOutbound\", \"gateway\", \"waypoint\"" },
        { "{proxies: [gateway, gateway]}", "spec.proxies[1]: Duplicate value: \"gateway\"" },
        { "{protocols: [udp]}", "spec.protocols[0]: Unsupported value: \"udp\": supported values: \"http\", \"tcp\", \"listener\"" },

        { "{filter: {minStatus: 99}}", "spec.filter.minStatus: Invalid value: 99: spec.filter.minStatus in body should be greater than or equal to 100" },
        { "{filter: {minStatus: 600}}", "spec.filter.minStatus: Invalid value: 600: spec.filter.minStatus in body should be less than or equal to 599" },
        { "{filter: {samplePercent: -1}}", "spec.filter.samplePercent: Invalid value: -1: spec.filter.samplePercent in body should be greater than or equal to 0" },
        { "{filter: {samplePercent: 100.5}}", "spec.filter.samplePercent: Invalid value: 100.5: spec.filter.samplePercent in body should be less than or equal to 100" },
        { "{backend: Telemetry, filter: {samplePercent: 1}}", "spec.filter.samplePercent: Forbidden: Istio's Telemetry has no sampling, use backend EnvoyFilter" },
        { "{filter: {minDuration: '500'}}", $"spec.filter.minDuration: Invalid value: \"500\": {MustBeDuration}" },
        { "{filter: {minDuration: 1d}}", $"spec.filter.minDuration: Invalid value: \"1d\": {MustBeDuration}" },
        { "{filter: {minDuration: 0s}}", $"spec.filter.minDuration: Invalid value: \"0s\": {MustBeDuration}" },
        { "{filter: {minDuration: -1s}}", $"spec.filter.minDuration: Invalid value: \"-1s\": {MustBeDuration}" },
        { "{filter: {minDuration: 500us}}", $"spec.filter.minDuration: Invalid value: \"500us\": {MustBeDuration}" },
        { "{filter: {minDuration: 1.5ms}}", $"spec.filter.minDuration: Invalid value: \"1.5ms\": {MustBeDuration}" },
        { "{filter: {minDuration: 1193h1ms}}", $"spec.filter.minDuration: Invalid value: \"1193h1ms\": {MustBeDuration}" },
        { "{filter: {samplePercent: 0.00015}}", "spec.filter.samplePercent: Invalid value: 0.00015: must have at most four decimals, Envoy samples so many of a million" },
        { "{filter: {expression: ''}}", "spec.filter.expression: Invalid value: \"\": spec.filter.expression in body should be at least 1 chars long" },

        { "{output: {}}", OneOutput },
        { "{output: {path: /a, grpc: {service: a, port: 1}}}", OneOutput },
        { "{output: {path: /a, provider: b}, backend: Telemetry}", OneOutput },
        { "{output: {provider: mine}}", "spec.output.provider: Forbidden: a provider is named by a Telemetry, use backend Telemetry or another output" },
        { "{output: {provider: mine}, backend: Telemetry, format: {text: {preset: istio}}}", "spec.format: Forbidden: the provider of the mesh has its own format" },
        { "{output: {grpc: {service: a, port: 1, requestHeaders: [X-Tenant]}}}", "spec.output.grpc.requestHeaders[0]: Invalid value: \"X-Tenant\": spec.output.grpc.requestHeaders[0] in body should match '^:?[!#$%&'*+.^_`|~0-9a-z-]+$'" },
        { "{" + Collector + ", resourceAttributes: {'': a}}}}", "spec.output.openTelemetry.resourceAttributes: Invalid value: an attribute's name must have 1 to 256 characters" },

        { "{backend: Telemetry, filter: {excludeHealthChecks: true}}", "spec.filter.excludeHealthChecks: Forbidden: a Telemetry filters by CEL, which has no attribute for health checks, use backend EnvoyFilter" },
        { "{backend: Telemetry, protocols: [http]}", "spec.protocols: Forbidden: a Telemetry logs http, tcp and listener alike, leave it out or use backend EnvoyFilter" },
        { "{backend: Telemetry, proxies: [sidecarOutbound]}", "spec.proxies: Invalid value: sidecarOutbound and gateway are both CLIENT to a Telemetry, name both or neither, or use backend EnvoyFilter" },
        { "{backend: Telemetry, silencedProviders: [envoy]}", "spec.silencedProviders: Forbidden: a Telemetry takes the place of the providers that a workload would inherit, so there is nothing to switch off" },
        { "{backend: Telemetry, " + Collector + ", resourceAttributes: {a: b}}}}", "spec.output.openTelemetry.resourceAttributes: Forbidden: Istio's provider has no resource attributes, use backend EnvoyFilter" },
        { "{backend: Telemetry, " + Collector + ", disableBuiltinLabels: false}}}", "spec.output.openTelemetry.disableBuiltinLabels: Forbidden: Istio's provider always leaves Envoy's own resource attributes out, for them use backend EnvoyFilter" },
        { "{" + ReferenceOnly + ", silencedProviders: [envoy]}", "spec.silencedProviders: Forbidden: providers are switched off together with a rendered reference, beside envoyFilterRef use a Telemetry of your own" },
        { "{silencedProviders: ['a b']}", "spec.silencedProviders[0]: Invalid value: \"a b\": spec.silencedProviders[0] in body should match '^\\S+$'" },

        { "{output: {path: dev/stdout}}", "spec.output.path: Invalid value: \"dev/stdout\": must be an absolute path" },
        { "{output: {openTelemetry: {service: 'http://a', port: 1}}}", $"spec.output.openTelemetry.service: Invalid value: \"http://a\": {MustBeHostName}" },
        { "{output: {openTelemetry: {service: a}}}", "spec.output.openTelemetry.port: Required value" },
        { "{output: {openTelemetry: {port: 1}}}", "spec.output.openTelemetry.service: Required value" },
        { "{output: {grpc: {service: a, port: 65536}}}", "spec.output.grpc.port: Invalid value: 65536: spec.output.grpc.port in body should be less than or equal to 65535" },
        { "{output: {grpc: {service: 'a:1', port: 1}}}", $"spec.output.grpc.service: Invalid value: \"a:1\": {MustBeHostName}" },
        { "{output: {grpc: {service: a, port: 1}}, format: {text: {preset: istio}}}", "spec.format: Forbidden: Envoy's gRPC access log service is sent Envoy's own structured entries, which have no format" },

        { "{annotations: {accesslog.mesh/profile: a}}", "spec.annotations: Invalid value: annotations of accesslog.mesh are set by the webhook itself, leave them out" },
        { "{annotations: {sidecar.istio.io/inject: 'true'}}", IstioAnnotation },
        { "{annotations: {istio.io/rev: a}}", IstioAnnotation },
        { "{annotations: {sidecar.istio.io/logLevel2: debug}}", IstioAnnotation },
        { "{annotations: {app.kubernetes.io/name: a}}", KubernetesAnnotation },
        { "{annotations: {kubernetes.io/name: a}}", KubernetesAnnotation },
        { "{annotations: {x.k8s.io/name: a}}", KubernetesAnnotation },
        { "{annotations: {'a b': a}}", NoAnnotationKey },
        { "{annotations: {'A.example.com/b': a}}", NoAnnotationKey },
        { "{annotations: {'a/b/c': a}}", NoAnnotationKey },
        { "{annotations: {sidecar.istio.io/logLevel: loud}}", "spec.annotations: Invalid value: sidecar.istio.io/logLevel must be one of trace, debug, info, warning, error, critical, off" },
        { "{annotations: {sidecar.istio.io/componentLogLevel: misc}}", ComponentLevels },
        { "{annotations: {sidecar.istio.io/componentLogLevel: 'misc:warn'}}", ComponentLevels },
        { "{annotations: {sidecar.istio.io/agentLogLevel: warning}}", AgentLevels },
        { "{annotations: {sidecar.istio.io/agentLogLevel: 'xds:'}}", AgentLevels },
        { "{annotations: {a: true}}", "spec.annotations.a: Invalid value: \"boolean\": spec.annotations.a in body must be of type string: \"boolean\"" },

        { "{selectable: 'yes'}", "spec.selectable: Invalid value: \"string\": spec.selectable in body must be of type boolean: \"string\"" },
    };

    [Theory]
    [MemberData(nameof(Good))]
    public void The_reader_finds_nothing_in_what_the_API_server_accepts(string spec) =>
        Assert.Empty(Read(ProfileManifest.With("good", spec)).Errors);

    /// <summary>A directory of manifests has no API server before it.</summary>
    [Theory]
    [MemberData(nameof(Bad))]
    public void The_reader_refuses_what_the_API_server_refuses_at_the_same_field(string spec, string fault)
    {
        var field = fault[..fault.IndexOf(": ", StringComparison.Ordinal)];

        var error = Assert.Single(Read(ProfileManifest.With("bad", spec)).Errors);

        // Names of map entries are bracketed; and the API server blames a map where the reader blames its entry.
        Assert.StartsWith(Plain(field), Plain(error.Path), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Good))]
    public async Task A_good_profile_is_accepted(string spec)
    {
        var name = ControlPlane.UniqueName("good");
        var manifest = ProfileManifest.With(name, spec);

        var rehearsed = await Admin.PostAsync(ApiPaths.Profiles(), manifest, dryRun: true);
        var created = await Admin.PostAsync(ApiPaths.Profiles(), manifest);

        rehearsed.Successful();
        created.Successful();
        Assert.Empty(created.Warnings);
        (await Admin.DeleteAsync(ApiPaths.Profiles(name))).Successful();
    }

    [Theory]
    [MemberData(nameof(Bad))]
    public async Task A_bad_profile_is_refused_by_the_field(string spec, string fault)
    {
        var response = await Admin.PostAsync(ApiPaths.Profiles(), ProfileManifest.With("bad", spec));

        Assert.Equal(HttpStatusCode.UnprocessableEntity, response.Status);
        var causes = response.Json["details"]!["causes"]!.AsArray().Select(cause => $"{cause!["field"]}: {cause["message"]}")
            .Where(cause => !cause.Contains("some validation rules were not checked", StringComparison.Ordinal));
        Assert.Equal([fault], causes);
        Assert.StartsWith("AccessLogProfile.accesslog.mesh \"bad\" is invalid: ", response.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reference_takes_the_place_of_everything_that_renders_and_each_field_is_named()
    {
        var response = await Admin.PostAsync(ApiPaths.Profiles(), ProfileManifest.With(
            "both",
            "{" + ReferenceOnly + ", format: {json: {preset: istio}}, proxies: [gateway], protocols: [http], filter: {minStatus: 400}, output: {path: /a}}"));

        Assert.Equal(
            "AccessLogProfile.accesslog.mesh \"both\" is invalid: ["
            + "spec.format: Forbidden: an EnvoyFilter named by envoyFilterRef has its own format, "
            + "spec.proxies: Forbidden: an EnvoyFilter named by envoyFilterRef has its own proxies, "
            + "spec.protocols: Forbidden: an EnvoyFilter named by envoyFilterRef has its own protocols, "
            + "spec.filter: Forbidden: an EnvoyFilter named by envoyFilterRef has its own filter, "
            + "spec.output: Forbidden: an EnvoyFilter named by envoyFilterRef has its own output]",
            response.Message);
    }

    [Theory]
    [InlineData("off", "metadata.name must not be \"off\", which switches a mode off")]
    [InlineData(
        "a123456789-123456789-123456789-123456789-123456789-123456789-123",
        "metadata.name becomes a label's value, which has at most 63 characters")]
    public async Task A_name_that_no_namespace_could_ask_for_is_refused(string name, string fault)
    {
        var response = await Admin.PostAsync(ApiPaths.Profiles(), ProfileManifest.With(name, "{}"));

        Assert.Equal(HttpStatusCode.UnprocessableEntity, response.Status);
        Assert.Equal($"AccessLogProfile.accesslog.mesh \"{name}\" is invalid: <nil>: Invalid value: {fault}", response.Message);
    }

    [Fact]
    public async Task A_name_of_63_characters_is_accepted() => (await Admin.PostAsync(
        ApiPaths.Profiles(),
        ProfileManifest.With("a123456789-123456789-123456789-123456789-123456789-123456789-12", "{}"),
        dryRun: true)).Successful();

    [Fact]
    public async Task An_unknown_field_is_refused_by_its_name()
    {
        var response = await Admin.PostAsync(ApiPaths.Profiles(), ProfileManifest.With("slip", "{selectible: true}"));

        Assert.Equal(HttpStatusCode.BadRequest, response.Status);
        Assert.EndsWith("strict decoding error: unknown field \"spec.selectible\"", response.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_left_out_is_filled_in_so_that_it_can_be_read()
    {
        var created = await Admin.PostAsync(ApiPaths.Profiles(), ProfileManifest.With("defaults", "{}"), dryRun: true);

        Assert.Equal(
            """{"allowExempt":false,"backend":"EnvoyFilter","requireProxy":false,"selectable":false}""",
            created.Successful()["spec"]!.ToJsonString());
    }

    private static AccessLogProfile Read(string manifest)
    {
        var read = Assert.Single(ManifestReader.Read("profile.yaml", Encoding.UTF8.GetBytes(manifest)).Manifests);
        using var document = JsonDocument.Parse(read.Json);
        return AccessLogProfileReader.Read(read.Name, document.RootElement);
    }

    private static string Plain(string path) => path.Replace('[', '.').Replace("]", "", StringComparison.Ordinal);
}
