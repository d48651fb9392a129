using AccessLogWebhook.Configuration;

namespace AccessLogWebhook.Fuzz.Targets;

/// <summary>The configuration file: options, or all that is wrong with it, each at a place.</summary>
internal sealed class ConfigurationTarget() : FuzzTarget("configuration")
{
    protected override long AllocationPerByte => 100_000;

    public override IEnumerable<string> Words => ["defaults:", "exemptions:", "usernames: [", "failure: {inject: open}", "cluster:", "controllers:", "auditing:", "certificates:", "leafHours: 1", "authorityHours: 3", "\"off\"", "1e9", "-1"];

    public override IEnumerable<byte[]> Seeds(string tests) =>
    [
        .. Samples.Files(Path.Combine(tests, "Fixtures"), "config.yaml").Select(File.ReadAllBytes),
        Utf8("""
            apiVersion: accesslog.mesh/v1alpha1
            kind: AccessLogConfiguration
            defaults: {inject: json, enforce: "off", warn: json, audit: text}
            exemptions: {namespaces: [a], usernames: ["system:x"], runtimeClasses: [kata], annotation: true}
            mesh: {rootNamespace: istio-config, enableNamespacesByDefault: true}
            namespaceLabels: {unknown: warn}
            failure: {inject: closed, enforce: open}
            certificates: {leafHours: 2160, authorityHours: 8760, retireAfterSeconds: 3600}
            """),
    ];

    protected override void Run(ReadOnlySpan<byte> input)
    {
        var file = input.ToArray();
        var reading = ConfigurationFile.Read("config.yaml", file);
        Expect.That(reading.Options is null == !reading.Errors.IsEmpty, $"both options and errors, or neither");
        foreach (var error in reading.Errors)
        {
            Expect.That(error.Line >= 0 && error.Message.Length is > 0 and < 4_000, $"the error {error}");
        }

        Expect.That(ConfigurationFile.Read("config.yaml", file).Errors.SequenceEqual(reading.Errors), $"it is read in two ways");
        if (reading.Options is { } options)
        {
            Expect.That(options.Certificates.AuthorityHours >= 3 * options.Certificates.LeafHours, $"an authority that cannot be succeeded");
        }
    }
}
