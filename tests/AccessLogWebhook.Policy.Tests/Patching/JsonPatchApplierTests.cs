using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Policy.Patching;
using CsCheck;
using Microsoft.AspNetCore.JsonPatch.SystemTextJson;

namespace AccessLogWebhook.Policy.Tests.Patching;

public sealed class JsonPatchApplierTests
{
    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [Theory]
    [InlineData("""{}""", """{"a":"v"}""")]
    [InlineData("""{ }""", """{"a":"v" }""")]
    [InlineData("""{"b":1}""", """{"b":1,"a":"v"}""")]
    [InlineData("{\n  \"b\": 1\n}\n", "{\n  \"b\": 1,\"a\":\"v\"\n}\n")]
    [InlineData("""{"a":null}""", """{"a":"v"}""")]
    [InlineData("""{"a":{"a":[1]},"b":2}""", """{"a":"v","b":2}""")]
    public void A_member_is_added_behind_the_others_or_takes_the_place_of_its_namesake(string before, string after) =>
        Assert.Equal(after, Apply(before, JsonPatchOperation.Add("/a", "v")));

    [Theory]
    [InlineData("""{"a":1}""", "{}")]
    [InlineData("""{ "a" : {"b":[1,2]} }""", "{  }")]
    [InlineData("""{"b":1,"a":"x,}"}""", """{"b":1}""")]
    [InlineData("{\n  \"b\": 1,\n  \"a\": 2\n}", "{\n  \"b\": 1\n}")]
    [InlineData("""{"a":1 , "b":2}""", """{ "b":2}""")]
    [InlineData("""{"x":0,"a":1,"b":2}""", """{"x":0,"b":2}""")]
    public void A_member_is_removed_with_its_comma(string before, string after) => Assert.Equal(after, Apply(before, JsonPatchOperation.Remove("/a")));

    [Fact]
    public void What_is_not_there_cannot_be_removed() => Assert.Equal(
        "The operation on /a does not fit the object: there is nothing to remove.",
        Assert.Throws<InvalidOperationException>(() => Apply("{}", JsonPatchOperation.Remove("/a"))).Message);

    [Fact]
    public void Nothing_outside_the_member_is_spelled_anew()
    {
        var digits = new string('7', 100);
        var before = $$"""{ "cpu" : 1.0, "big":1e3 ,"huge":{{digits}}.{{digits}}e-400, "text":"\u00e9\/é\ud83d\ude00", "half":"\ud800","labels":{"b":"1"}, "null":null}""";

        Assert.Equal(
            before.Replace("""{"b":"1"}""", """{"b":"1","a":"v"}""", StringComparison.Ordinal),
            Apply(before, JsonPatchOperation.Add("/labels/a", "v")));
    }

    [Fact]
    public void Operations_build_on_one_another_and_pointers_are_unescaped() => Assert.Equal(
        """{"kind":"Pod","metadata":{"labels":{"a/b~c":"\"quoted\" <é>"},"annotations":{"x":"1","y":"2"}}}""",
        Apply(
            """{"kind":"Pod","metadata":null}""",
            JsonPatchOperation.Add("/metadata", LabelSet.Empty),
            JsonPatchOperation.Add("/metadata/labels", LabelSet.Of(("a/b~c", "first"))),
            JsonPatchOperation.Replace("/metadata/labels/a~1b~0c", "\"quoted\" <é>"),
            JsonPatchOperation.Add("/metadata/annotations", LabelSet.Of(("y", "2"), ("x", "1")))));

    [Theory]
    [InlineData("""{}""", "/labels/a", "there is no object with the member labels.")]
    [InlineData("""{"labels":"text"}""", "/labels/a", "its parent is no object.")]
    [InlineData("""{"labels":["text"]}""", "/labels/0/a", "there is no object with the member 0.")]
    [InlineData("""{"labels":{}}""", "/labels/a", "there is nothing to replace.")]
    [InlineData("""{}""", "", "it is about the object as a whole.")]
    public void An_operation_that_does_not_fit_is_refused(string before, string path, string why)
    {
        var refused = Assert.Throws<InvalidOperationException>(() => Apply(before, JsonPatchOperation.Replace(path, "v")));
        Assert.Equal($"The operation on {path} does not fit the object: {why}", refused.Message);
    }

    [Fact]
    public void An_object_that_the_strict_reader_takes_is_never_too_deep()
    {
        var deep = string.Concat(Enumerable.Repeat("""{"a":""", 250)) + "1" + new string('}', 250);

        Assert.Equal(deep[..^1] + ""","b":"v"}""", Apply(deep, JsonPatchOperation.Add("/b", "v")));
    }

    [Fact]
    public void It_agrees_with_another_implementation_of_the_RFC()
    {
        var key = Gen.OneOf("a", "b/c", "d~e", "~1", "/", "é", "\"", "a b");
        var map = Gen.Select(key, Gen.String.Where(text => !text.Any(char.IsSurrogate))).Array[0, 4].Select(entries =>
            LabelSet.From(entries.Select(entry => KeyValuePair.Create(entry.Item1, entry.Item2))));
        Gen.Select(map, map).Sample((before, added) =>
        {
            var json = new JsonObject { ["first"] = 1, ["labels"] = ToJson(before), ["last"] = new JsonArray(1, "two") }.ToJsonString(Relaxed);
            var patch = MapPatch.Between("/labels", before, before.With(added)).ToArray();
            var document = JsonSerializer.Deserialize<JsonPatchDocument<JsonObject>>(WrittenPatch.Of(patch))!;
            var expected = JsonNode.Parse(json)!.AsObject();
            document.ApplyTo(expected);

            Assert.True(JsonNode.DeepEquals(expected, JsonNode.Parse(Apply(json, patch))));
        });
    }

    private static JsonObject ToJson(LabelSet map) => new(map.Select(entry => KeyValuePair.Create(entry.Key, (JsonNode?)JsonValue.Create(entry.Value))));

    private static string Apply(string json, params JsonPatchOperation[] operations) =>
        Encoding.UTF8.GetString(JsonPatchApplier.Apply(Encoding.UTF8.GetBytes(json), operations).Span);
}
