using AccessLogWebhook.Cluster;
using AccessLogWebhook.Manifests;
using AccessLogWebhook.Policy.Mesh;

namespace AccessLogWebhook.Fuzz.Targets;

/// <summary>The mesh's own settings, YAML in a ConfigMap: known, or known to be unreadable.</summary>
internal sealed class MeshConfigurationTarget() : FuzzTarget("mesh-configuration")
{
    protected override long AllocationPerByte => 100_000;

    public override IEnumerable<string> Words => ["accessLogFile: ", "accessLogEncoding: JSON", "accessLogFormat: ", "extensionProviders:\n- name: ", "envoyFileAccessLog: {path: /dev/stdout}", "envoyOtelAls: ", "defaultProviders:\n  accessLogging: [", "disableEnvoyListenerLog: true"];

    public override IEnumerable<byte[]> Seeds(string tests) =>
    [
        Utf8("accessLogFile: /dev/stdout\naccessLogEncoding: JSON\naccessLogFormat: '{\"a\":\"%DURATION%\"}'\nrootNamespace: istio-system\n"),
        Utf8("defaultProviders: {accessLogging: [a, b]}\nextensionProviders:\n- name: a\n  envoyFileAccessLog: {path: /dev/stderr, logFormat: {labels: {x: '%REQ(X)%'}}}\n- name: b\n  envoyOtelAls: {service: ns/otel.x, port: 4317, logFormat: {text: '%DURATION%'}}\n- name: c\n  envoyHttpAls: {service: als, port: 1}\n"),
        Utf8("{enableEnvoyAccessLogService: true, access_log_file: '', disableEnvoyListenerLog: false}"),
    ];

    protected override void Run(ReadOnlySpan<byte> input)
    {
        var output = new System.Buffers.ArrayBufferWriter<byte>(256);
        using (var json = new System.Text.Json.Utf8JsonWriter(output))
        {
            json.WriteStartObject();
            json.WriteString("apiVersion", "v1");
            json.WriteString("kind", "ConfigMap");
            json.WriteStartObject("metadata");
            json.WriteString("name", "istio");
            json.WriteString("namespace", "istio-system");
            json.WriteEndObject();
            json.WriteStartObject("data");
            json.WriteString("mesh", Text(input));
            json.WriteEndObject();
            json.WriteEndObject();
        }

        var reading = ManifestReader.Read("configmap.json", output.WrittenMemory);
        Expect.That(reading.Errors.IsEmpty, $"{reading.Errors.FirstOrDefault()}");
        var snapshot = ClusterManifests.SnapshotOf(reading.Manifests);
        Expect.That(snapshot.Configurations.ContainsKey(new ObjectKey("istio-system", "istio")), $"the configuration is not there");
    }
}
