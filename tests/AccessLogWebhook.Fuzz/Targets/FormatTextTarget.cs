using System.Text.Json;
using AccessLogWebhook.Policy.Formats;

namespace AccessLogWebhook.Fuzz.Targets;

/// <summary>A format as text. It has faults, each at a place in it, or a text whose canonical spelling means the same and is its own.</summary>
internal sealed class FormatTextTarget() : FuzzTarget("format-text")
{
    public override IEnumerable<string> Words => ["%%", ")%", "):10%", "?", ":0%", "%COALESCE({\"operators\":[\"REQ\"]})%", "%CEL(", "%FILTER_STATE(a:PLAIN:", "%START_TIME(%s.%3f)%", "%REQ(X?Y):4%"];

    public override IEnumerable<byte[]> Seeds(string tests)
    {
        using var corpus = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(tests, "AccessLogWebhook.Policy.Tests", "Formats", "corpus.json")));
        foreach (var text in corpus.RootElement.EnumerateObject().SelectMany(group => Texts(group.Value)))
        {
            yield return Utf8(text);
        }
    }

    protected override void Run(ReadOnlySpan<byte> input)
    {
        var source = Text(input);
        var reading = FormatParser.Parse(source);
        Expect.That(reading.Text is null == !reading.Faults.IsEmpty, $"both a format and faults, or neither");
        foreach (var fault in reading.Faults)
        {
            Expect.That(
                fault.Position >= 0 && fault.Position <= source.Length && fault.ToString().Length is > 0 and < 4_000, $"the fault {fault}");
        }

        if (reading.Text is not { } text)
        {
            return;
        }

        var canonical = text.ToString();
        var again = FormatParser.Parse(canonical).Text;
        Expect.That(again is not null && again.Equals(text) && again.ToString() == canonical, $"its canonical spelling means something else: {canonical}");
        foreach (var finding in FormatFindings.In(text, "spec.format.text", usedForTcp: true))
        {
            Expect.That(finding.Position >= 0 && finding.Position <= source.Length && finding.Message.Length > 0, $"the finding {finding}");
        }
    }

    private static IEnumerable<string> Texts(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => [element.GetString()!],
        JsonValueKind.Array => element.EnumerateArray().SelectMany(Texts),
        JsonValueKind.Object => element.EnumerateObject().SelectMany(member => Texts(member.Value)),
        _ => [],
    };
}
