using System.Text.Json;
using AccessLogWebhook.Policy.Formats;

namespace AccessLogWebhook.Fuzz.Targets;

/// <summary>A format as JSON. There is one or there are errors; the same text gives the same.</summary>
internal sealed class FormatJsonTarget() : FuzzTarget("format-json")
{
    public override IEnumerable<string> Words => ["\"preset\":\"istio\"", "\"preset\":\"classic\"", "\"omit\":[", "\"rename\":{", "\"fields\":{", "\"%REQ(X)%\"", "\"\\ud800\""];

    public override IEnumerable<byte[]> Seeds(string tests) =>
    [
        .. Samples.Objects(Path.Combine(tests, "Renderings"), "profile.yaml").Select(Format).OfType<byte[]>(),
        Utf8("""{"preset":"istio","fields":{"trace":"%TRACE_ID%","nested":{"a":[1,true,null,"%REQ(:PATH)%"]}},"omit":["user_agent"],"rename":{"method":"verb"}}"""),
    ];

    protected override void Run(ReadOnlySpan<byte> input)
    {
        JsonElement json;
        try
        {
            json = JsonElement.Parse(input);
        }
        catch (JsonException)
        {
            return;
        }

        var errors = new List<FormatError>();
        var format = JsonFormatReader.Read(json, "spec.format.json", errors);
        Expect.That(format is null == (errors.Count > 0), $"both a format and errors, or neither");
        foreach (var error in errors)
        {
            Expect.That(error.Path.Length is > 0 and < 10_000 && error.Message.Length is > 0 and < 4_000, $"the error {error}");
        }

        var again = new List<FormatError>();
        JsonFormatReader.Read(json, "spec.format.json", again);
        Expect.That(errors.SequenceEqual(again), $"it is read in two ways");
        if (format is not null)
        {
            Expect.That(!format.Value.Members.IsEmpty, $"a format that logs nothing");
            _ = format.Findings(usedForTcp: true).Length;
        }
    }

    private static byte[]? Format(Manifests.Manifest profile) =>
        profile.ToElement().TryGetProperty("spec", out var spec) && spec.TryGetProperty("format", out var format) && format.TryGetProperty("json", out var json) ? Utf8(json.GetRawText()) : null;
}
