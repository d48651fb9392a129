using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using AccessLogWebhook.Manifests;
using CsCheck;

namespace AccessLogWebhook.Tests.Manifests;

public sealed class YamlWriterTests
{
    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly string[] Awkward =
    [
        "", " ", "a ", " a", "~", "null", "yes", "on", "Off", "y", "N", "true", "1", "1.0", "1e3", "0o7", "0x1f", "0b1", "1_000", "+1", ".5", "5.",
        ".inf", ".nan", "2001-01-01", "1:20", "-1:20:30.5", "=", "<<", "-", "--", "---", "--- a", "...", "- a", "-a", "--flag", "-1", "?", "? a", ":", ": a",
        "a:", "a: b", "a:b", "#", "a #b", "a#b", "&a", "*a", "a *b", "!a", "!!str", "|", ">", "'a'", "\"a\"", "a\"b", "a\\b", "%a", "@a", "`a", "[a", "{a", "]", "}", ",a",
        "a\nb", "a\nb\n", "a\n\nb\n", "a\n\n", "\na", " a\nb", "a\n b\n", "a\n\tb", "a \nb", "a\r\nb", "a\tb", "\t", "\n", "---\na\n", "a\n---\nb\n", "# a\nb\n", "a: b\nc: d\n",
        "\u0000", "\u0007", "\u007f", "\u0085", "\u00a0", "\u2028", "\u2029", "\ufeff", "\ufffd", "\ufffe", "é", "😀", "a\u0085b\nc", new string('k', 300), new string('k', 3000) + " \"",
    ];

    private static readonly Gen<string> Text = Gen.OneOf(
        Gen.OneOf(Awkward),
        Gen.String[Gen.OneOf("ab019 \t\n:#-?*&!|>'\"%@`[]{},=~<._+xeE\u0085\u2028é".ToCharArray()), 0, 12],
        Gen.String.Where(text => !text.Any(char.IsSurrogate)));

    private static readonly Gen<string> Number =
        Gen.OneOf("0", "-0", "1.0", "1.50", "1e3", "1E400", "-1.5e-300", "123456789012345678901234567890", "0.0000001", "1234567890.123456789012345678901234567890");

    private static readonly Gen<JsonNode?> Json = Gen.Recursive<JsonNode?>((depth, child) =>
    {
        var scalar = Gen.OneOf(
            Text.Select(text => (JsonNode?)JsonValue.Create(text)),
            Number.Select(number => JsonNode.Parse(number)),
            Gen.OneOf("true", "false", "null", "{}", "[]").Select(text => JsonNode.Parse(text)));
        return depth > 5
            ? scalar
            : Gen.OneOf(
                scalar,
                child.Array[0, 4].Select(items => (JsonNode?)new JsonArray([.. items.Select(item => item?.DeepClone())])),
                Gen.Select(Text, child).Array[0, 4].Select(entries => (JsonNode?)new JsonObject(
                    entries.DistinctBy(entry => entry.Item1).Select(entry => KeyValuePair.Create(entry.Item1, entry.Item2?.DeepClone())))));
    });

    [Fact]
    public void What_is_written_is_read_back_as_exactly_the_same_JSON() =>
        Json.Sample(
            value =>
            {
                var json = new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Pod", ["value"] = value?.DeepClone() }.ToJsonString(Relaxed);
                Assert.Equal(json, RoundTrip(json));
            },
            iter: 20_000);

    [Fact]
    public void Every_awkward_text_survives_as_a_value_an_item_and_a_key()
    {
        foreach (var text in Awkward)
        {
            var json = new JsonObject
            {
                ["apiVersion"] = "v1",
                ["kind"] = "Pod",
                ["value"] = text,
                ["items"] = new JsonArray(text, new JsonArray(text), new JsonObject { [text] = text }),
                ["keys"] = new JsonObject { [text] = new JsonObject { [text] = new JsonArray(text) } },
            }.ToJsonString(Relaxed);
            Assert.Equal(json, RoundTrip(json));
        }
    }

    [Fact]
    public void The_style_is_that_of_kubectl() => Assert.Equal(
        """
        apiVersion: v1
        kind: Pod
        metadata:
          annotations:
            "on": "yes"
            script: |
              #!/bin/sh

              exec "$@"
          name: a
        spec:
          containers:
          - args:
            - --flag=true
            - -c
            - "8080"
            image: example.org/a:1.2.3
            resources: {}
          - env: []
            name: b
          nested:
          - - 1
            - 2.50
          - {}
          priority: null

        """.ReplaceLineEndings("\n"),
        YamlWriter.Write(Encoding.UTF8.GetBytes("""
            {"apiVersion":"v1","kind":"Pod","metadata":{"annotations":{"on":"yes","script":"#!/bin/sh\n\nexec \"$@\"\n"},"name":"a"},
             "spec":{"containers":[{"args":["--flag=true","-c","8080"],"image":"example.org/a:1.2.3","resources":{}},{"env":[],"name":"b"}],
             "nested":[[1,2.50],{}],"priority":null}}
            """)));

    [Theory]
    [InlineData("{}", "{}\n")]
    [InlineData("[]", "[]\n")]
    [InlineData("[1]", "- 1\n")]
    [InlineData("\"a\\n---\\nb\"", "|-\n  a\n  ---\n  b\n")]
    public void A_document_of_another_shape_is_written_too(string json, string yaml) =>
        Assert.Equal(yaml, YamlWriter.Write(Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void Several_documents_are_separated() => Assert.Equal(
        "a: 1\n---\nb: 2\n", YamlWriter.WriteAll([Encoding.UTF8.GetBytes("""{"a":1}"""), Encoding.UTF8.GetBytes("""{"b":2}""")]));

    private static string RoundTrip(string json)
    {
        var yaml = YamlWriter.Write(Encoding.UTF8.GetBytes(json));
        var reading = ManifestReader.Read("f.yaml", Encoding.UTF8.GetBytes(yaml));
        Assert.True(reading.Errors.IsEmpty, $"{string.Join('\n', reading.Errors)}\n{yaml}");
        return JsonNode.Parse(Assert.Single(reading.Manifests).Json.Span)!.ToJsonString(Relaxed);
    }
}
