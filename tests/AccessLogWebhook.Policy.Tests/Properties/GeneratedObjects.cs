using System.Text.Json;
using AccessLogWebhook.Policy.Workloads;
using CsCheck;
using static AccessLogWebhook.Policy.Tests.Properties.Choice;

namespace AccessLogWebhook.Policy.Tests.Properties;

/// <summary>Objects as JSON text: odd spellings, unknown fields, maps that are absent, null, empty, or hold what decides.</summary>
internal static class GeneratedObjects
{
    private static readonly string HundredDigits = string.Concat(Enumerable.Repeat("1234567890", 10));

    /// <summary>Values of fields that nobody reads, none of which survives a round trip through a type.</summary>
    private static readonly Gen<string> Oddity = Gen.OneOf(
        "1.0", "1e3", "1E+2", "-0", "-0.0", "0.10", HundredDigits, $"0.{HundredDigits}", "true", "null", "\"\\u0041\\/\\n\"", "\"ü€😀\"", "\"\"", "[]", "{}",
        "[1.0,[null,{\"labels\":{\"a/b\":1e3}}],\"\\ud83d\\ude00\"]", "{\"metadata\":{\"labels\":{\"accesslog.mesh/profile\":7}},\"~\":{\"/\":0.0}}");

    private static readonly Gen<(string, string)?> Unknown = Gen.Select(
        OnceIn(2), Gen.OneOf("unknown", "x-~/y", "ümlaut", "spec2", "Labels", "managedFields"), Oddity, (has, key, value) => has ? (key, value) : ((string, string)?)null);

    private static readonly string?[] References = Rarely(
        24,
        "istio-system/accesslog-json-1f3a", "istio-system/accesslog-json-0b5e", "istio-system/accesslog-json", "istio-system/accesslog-pick", "istio-system/accesslog-team-1f3a",
        "istio-system/team", "shop/team", "shop/to-edge", "shop/to-edge", "shop/to-edge", "a/b", "none", "");

    private static readonly Gen<int> Order = Gen.Int[0, 1000];
    private static readonly Gen<string> Spaces = Gen.OneOf("", "", " ", "\n\t");
    private static readonly Gen<string?> Absent = Gen.Const(default(string));

    private static readonly (string Key, string?[] Values)[] Labels =
    [
        ("accesslog.mesh/profile", Rarely(4, "json", "json", "pick", "team", "text", "zzz", null, "")),
        ("accesslog.mesh/revision", Rarely(4, "1f3a", "1f3a", "0b5e", "0b5e", "0b5e", "dead")),
        ("app", Rarely(4, "x", "y", "x")),
        ("log", Rarely(4, "on", "off")),
        ("a/b~c", Rarely(4, "v", "w")),
        ("~1/~0", Rarely(6, "~")),
        ("ü", Rarely(6, "ÿ€😀\"\\")),
        ("sidecar.istio.io/inject", Rarely(12, "true", "false")),
        ("istio.io/rev", Rarely(12, "canary", "stable")),
        ("istio.io/dataplane-mode", Rarely(20, "ambient", "none")),
        ("istio.io/use-waypoint", Rarely(20, "wp", "none")),
        ("gateway.networking.k8s.io/gateway-name", Rarely(16, "edge", "wp")),
        ("gateway.istio.io/managed", Rarely(16, "istio.io-mesh-controller", "istio.io-gateway-controller")),
    ];

    private static readonly (string Key, string?[] Values)[] Annotations =
    [
        ("accesslog.mesh/envoyfilter", References),
        ("accesslog.mesh/telemetry", References),
        ("accesslog.mesh/exempt", Rarely(10, "load test", " ")),
        ("kubernetes.io/config.mirror", Rarely(24, "1")),
        ("sidecar.istio.io/inject", Rarely(16, "true", "false")),
        ("sidecar.istio.io/status", Rarely(16, "{}")),
        ("sidecar.istio.io/logLevel", Rarely(5, "off", "debug")),
        ("fluentbit.io/parser", Rarely(4, "json", "nginx")),
        ("plain", Rarely(6, "ü \"~/", "other")),
        ("~x/y", Rarely(6, "\\")),
    ];

    private static readonly Gen<(string, string)?> Name = Gen.Frequency(
        (6, Gen.Const<(string, string)?>(("name", "\"edge\""))),
        (2, Gen.Const<(string, string)?>(("generateName", "\"edge-\""))),
        (1, Gen.Const<(string, string)?>(("name", "null"))),
        (1, Gen.Const(default((string, string)?))));

    private static readonly Gen<string?> Metadata = Gen.Frequency(
        (1, Gen.OneOf(null, "null")),
        (14, Object(
            Name,
            Member("labels", Map(Labels)),
            Member("annotations", Map(Annotations)),
            Member("namespace", OneOf(Rarely(4, "\"shop\"", "null"))),
            Member("deletionTimestamp", OneOf(Rarely(30, "\"2026-08-01T00:00:00Z\"", "null"))),
            Unknown).Select(json => (string?)json)));

    private static readonly Gen<string?> Containers = Gen.Frequency(
        (3, Absent),
        (1, Gen.Const<string?>("null")),
        (1, Gen.Const<string?>("[]")),
        (6, Gen.Const<string?>("[{\"name\":\"app\",\"resources\":{\"limits\":{\"cpu\":1.0}}}]")),
        (2, Gen.Const<string?>("[{\"name\":\"app\"},{\"image\":\"x\",\"name\":\"istio-proxy\"}]")));

    private static readonly Gen<string> PodSpec = Object(
        Member("containers", Containers),
        Member("initContainers", Containers),
        Member("hostNetwork", OneOf(Rarely(12, "true", "false", "null"))),
        Member("runtimeClassName", OneOf(Rarely(8, "\"gvisor\"", "\"kata\""))),
        Unknown);

    private static readonly Gen<string> IstioGatewaySpec = Object(
        Member("selector", Gen.OneOf(null, "null", "{}", "{\"istio\":\"ingress\"}", "{\"istio\":\"ingress\"}", "{\"istio\":\"none\"}")),
        Member("servers", Oddity!),
        Unknown);

    private static readonly Gen<string> Infrastructure = Gen.Frequency(
        (1, Gen.Const("null")),
        (6, Object(
            Member("labels", Map(Labels, 10)),
            Member("annotations", Map(Annotations, 20)),
            Unknown)));

    private static readonly Gen<string> KubernetesGatewaySpec = Object(
        Member("gatewayClassName", OneOf([.. Enumerable.Repeat("\"istio\"", 12), "\"istio-waypoint\"", "\"istio-waypoint\"", "\"istio-east-west\"", "\"istio-remote\"", "\"istio-agentgateway\"", "\"custom\"", "\"nginx\"", "null", null])),
        Member("infrastructure", Gen.Frequency((1, Absent), (2, Infrastructure.Select(json => (string?)json)))),
        Member("addresses", OneOf(Rarely(16, "null", "[]", "[{\"type\":\"IPAddress\"}]", "[{\"type\":\"Hostname\"}]"))),
        Member("listeners", Oddity!),
        Unknown);

    public static Gen<string> Of(WorkloadKind kind) => Object(
        Unknown,
        Member("metadata", Metadata),
        Member("spec", Gen.Frequency(
            (1, Gen.OneOf(null, "null")),
            (16, (kind switch
            {
                WorkloadKind.Pod => PodSpec,
                WorkloadKind.IstioGateway => IstioGatewaySpec,
                _ => KubernetesGatewaySpec,
            }).Select(json => (string?)json)))),
        Member("status", OneOf(Rarely(4, "{\"metadata\":1.0}", "null"))));

    /// <summary>A map that is absent, null, empty, or has some of the entries, and perhaps many that mean nothing.</summary>
    private static Gen<string?> Map((string Key, string?[] Values)[] entries, int fillers = 2)
    {
        string[] keys = [.. entries.Select(entry => entry.Key), "null", .. Enumerable.Range(0, fillers).Select(number => $"filler-{number}")];
        string?[][] values =
        [
            .. entries.Select(entry => entry.Values.Select(value => value is null ? null : JsonSerializer.Serialize(value)).ToArray()),
            Rarely(12, "null"),
            .. Enumerable.Repeat(Rarely(1, "\"x\""), fillers),
        ];
        var some = Gen.Select(OneOfEach(values), Order, Spaces, (drawn, turn, space) => Written(keys.Zip(drawn), turn, space));
        return Gen.Frequency((2, Absent), (1, Gen.Const<string?>("null")), (1, Gen.Const<string?>("{}")), (10, some.Select(json => (string?)json)));
    }

    private static Gen<(string, string)?> Member(string key, Gen<string?> value) => value.Select(value => value is null ? null : ((string, string)?)(key, value));

    private static Gen<string> Object(params Gen<(string Key, string Value)?>[] members) =>
        Gen.Select(Each(members), Order, Spaces, (all, turn, space) => Written(all.Select(member => (member?.Key ?? "", member?.Value)), turn, space));

    /// <summary>The members in any order, with or without white space, now and then with an escape in a key.</summary>
    private static string Written(IEnumerable<(string Key, string? Value)> members, int turn, string space)
    {
        var there = members.Where(member => member.Value is not null).ToList();
        var at = there.Count == 0 ? 0 : turn % there.Count;
        var written = there[at..].Concat(there[..at]).Select((member, index) =>
            $"{space}{Key(member.Key, escaped: turn % 17 == 0 && index == 0)}{space}:{space}{member.Value}{space}");
        return $"{{{string.Join(',', written)}}}";
    }

    private static string Key(string key, bool escaped) =>
        escaped ? $"\"\\u{(int)key[0]:x4}{JsonSerializer.Serialize(key[1..])[1..]}" : JsonSerializer.Serialize(key);
}
