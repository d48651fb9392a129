using System.Text.Json;

namespace AccessLogWebhook.Fuzz.Targets;

/// <summary>An AccessLogProfile, as JSON.</summary>
internal sealed class ProfileTarget() : FuzzTarget("profile")
{
    // Any profile is rendered, twice, into up to four resources, and each of them is linted.
    protected override long Margin => 32 * 1024 * 1024;

    public override IEnumerable<string> Words =>
    [
        "\"Telemetry\"", "\"EnvoyFilter\"", "\"sidecarInbound\"", "\"waypoint\"", "\"listener\"", "\"excludeHealthChecks\":true", "\"samplePercent\":0.5", "\"openTelemetry\"", "\"grpc\"", "\"provider\"",
        "\"silencedProviders\":[\"envoy\"]", "\"envoyFilterRef\"", "\"status\":{\"revision\":\"0c4d\"}", "\"\\ud800\"", "1e400",
    ];

    public override IEnumerable<byte[]> Seeds(string tests) => Samples.Objects(Path.Combine(tests, "Renderings"), "profile.yaml").Select(profile => profile.Json.ToArray());

    protected override void Run(ReadOnlySpan<byte> input)
    {
        try
        {
            RenderedProfiles.Check("fuzzed", JsonElement.Parse(input, new JsonDocumentOptions { MaxDepth = 256 }));
        }
        catch (JsonException)
        {
            // The API server and the reader of manifests send JSON only.
        }
    }
}
