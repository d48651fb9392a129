using System.Text.Json;
using AccessLogWebhook.Policy.Linting;
using AccessLogWebhook.Policy.Logging;
using AccessLogWebhook.Policy.Mesh;

namespace AccessLogWebhook.Fuzz.Targets;

/// <summary>An EnvoyFilter or a Telemetry, alone and in a cluster: there are findings, always the same ones, each with a place, a reason and a remedy.</summary>
internal sealed class LintTarget() : FuzzTarget("lint")
{
    private static readonly LintContext[] Contexts = [new(MeshSnapshot.Empty, "istio-system"), new(StandingCluster.Mesh, "istio-system")];

    public override IEnumerable<string> Words =>
    [
        "\"MERGE\"", "\"ADD\"", "\"INSERT_BEFORE\"", "\"REMOVE\"", "\"REPLACE\"", "\"GATEWAY\"", "\"SIDECAR_INBOUND\"", "\"WAYPOINT\"", "\"NETWORK_FILTER\"", "\"HTTP_FILTER\"", "\"FILTER_CHAIN\"", "\"LISTENER\"",
        "\"typed_config\":{", "\"access_log\":[", "\"accessLog\":[", "\"and_filter\":{\"filters\":[", "\"Telemetry\"", "\"accessLogging\":[", "\"\\ud800\"", "\"targetRefs\":[",
    ];

    public override IEnumerable<byte[]> Seeds(string tests) =>
        Samples.Objects(Path.Combine(tests, "LintFixtures")).Where(manifest => manifest.Kind is "EnvoyFilter" or "Telemetry" && manifest.Json.Length < 4000).Select(manifest => manifest.Json.ToArray());

    protected override void Run(ReadOnlySpan<byte> input)
    {
        JsonElement json;
        try
        {
            json = JsonElement.Parse(input, new JsonDocumentOptions { MaxDepth = 256 });
        }
        catch (JsonException)
        {
            return;
        }

        if (LintSubject.Read(json, "shop") is not { } subject)
        {
            return;
        }

        foreach (var context in Contexts)
        {
            var findings = Linter.Lint(subject, context);
            foreach (var finding in findings)
            {
                Expect.That(finding.Path.Length > 0 && finding.Message.Length is > 0 and < 10_000 && finding.Fix.Length is > 0 and < 10_000, $"the finding {finding}");
            }

            Expect.That(Linter.Lint(LintSubject.Read(json, "shop")!, context).SequenceEqual(findings), $"it is linted in two ways");
        }

        var effects = LoggingEffectsReader.Read(subject.Kind, json);
        Expect.That(effects.Patches.Length <= LoggingEffectsReader.MostPatches, $"{effects.Patches.Length} patches");
    }
}
