using System.Text.Json;
using AccessLogWebhook.Policy.Json;
using AccessLogWebhook.Policy.Workloads;

namespace AccessLogWebhook.Fuzz.Targets;

/// <summary>
/// Any bytes as JSON. What the strict reader takes, another reader takes, and no key comes twice in it; what it refuses is no JSON to that reader, or has such a key, or text that is none. A
/// workload is read from it, or refused with the field that is wrong.
/// </summary>
internal sealed class StrictJsonTarget() : FuzzTarget("strict-json")
{
    private static readonly WorkloadKind[] Kinds = Enum.GetValues<WorkloadKind>();

    public override IEnumerable<string> Words => ["\\ud83d\\ude00", "\\ud800", "\\u0061", "{\"a\":1,\"a\":1}", "{\"a\":1,\"\\u0061\":1}", "[[[[[[[[", "{\"a\":{\"a\":", "1e400", "-0", "\u00ff"];

    public override IEnumerable<byte[]> Seeds(string tests) =>
    [
        .. Samples.Files(Path.Combine(tests, "Fixtures"), "request.yaml").Select(file => Samples.Json(File.ReadAllBytes(file))),
        .. Samples.Objects(Path.Combine(tests, "AuditFixtures", "shop")).Take(40).Select(manifest => manifest.Json.ToArray()),
        Utf8("""{"a":[1,2.5e3,true,null,"\u00e9\ud83d\ude00"],"\u0061b":{}}"""),
    ];

    protected override void Run(ReadOnlySpan<byte> input)
    {
        var refused = Refusal(input);
        Expect.That((refused is null) == IsSound(input), $"the strict reader says {refused ?? "nothing"}");
        try
        {
            var workload = WorkloadReader.Read(Kinds[input.Length % Kinds.Length], input);
            Expect.That(refused is null && workload is not null, $"a workload of what is refused: {refused}");
        }
        catch (UnexpectedFieldException unexpected)
        {
            Expect.That(unexpected.Message.Length is > 0 and < 2_000, $"a message of {unexpected.Message.Length}");
        }
        catch (JsonException broken)
        {
            // The one thing that is looked at in texts alone that somebody reads.
            Expect.That(refused is not null || broken.Message.Contains("surrogate pair", StringComparison.Ordinal), $"sound JSON is broken to the reader of workloads: {broken.Message}");
        }
    }

    private static string? Refusal(ReadOnlySpan<byte> input)
    {
        try
        {
            var json = new StrictJsonReader(input, stackalloc int[StrictJsonReader.KeyBufferLength], stackalloc int[StrictJsonReader.MaxDepth + 1]);
            while (json.Read())
            {
                if (json.TokenType == JsonTokenType.String && Text(json) is { } text)
                {
                    Expect.Equal(text, json.GetRecurringString(), "a text");
                }
            }

            return json.Suspicious ? DuplicateKeys.Find(input) : null;
        }
        catch (JsonException broken)
        {
            return broken.Message;
        }
    }

    // What nobody reads may be half of a surrogate pair.
    private static string? Text(in StrictJsonReader json)
    {
        try
        {
            return json.GetString();
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static bool IsSound(ReadOnlySpan<byte> input)
    {
        if (!System.Text.Unicode.Utf8.IsValid(input))
        {
            return false;
        }

        try
        {
            var reader = new Utf8JsonReader(input, new JsonReaderOptions { MaxDepth = StrictJsonReader.MaxDepth });
            var open = new Stack<HashSet<string>>();
            while (reader.Read())
            {
                switch (reader.TokenType)
                {
                    case JsonTokenType.StartObject:
                        open.Push(new HashSet<string>(StringComparer.Ordinal));
                        break;
                    case JsonTokenType.EndObject:
                        open.Pop();
                        break;
                    case JsonTokenType.PropertyName when !open.Peek().Add(reader.GetString()!):
                        return false;
                }
            }

            return true;
        }
        catch (Exception unsound) when (unsound is JsonException or InvalidOperationException)
        {
            return false;
        }
    }
}
