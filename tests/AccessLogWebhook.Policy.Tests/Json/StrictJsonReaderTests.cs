using System.Text;
using System.Text.Json;
using AccessLogWebhook.Policy.Json;

namespace AccessLogWebhook.Policy.Tests.Json;

public sealed class StrictJsonReaderTests
{
    [Theory]
    [InlineData("""{"a":1,"a":2}""", "a")]
    [InlineData("""{"a":{"b":1,"c":{},"b":2}}""", "a.b")]
    [InlineData("""{"a":{"b":{"c":1,"c":2}}}""", "a.b.c")]
    [InlineData("""{"a":[{"b":1},{"b":1,"b":2}]}""", "a.b")]
    [InlineData("""[[{"a":1,"a":2}]]""", "a")]
    [InlineData("""{"a":1,"\u0061":2}""", "a")]
    [InlineData("""{"\u0061":1,"a":2}""", "a")]
    [InlineData("""{"\u0061":1,"\u0061":2}""", "a")]
    [InlineData("""{"x":{"deep":[1,{"a":0}]},"y":0,"x":1}""", "x")]
    [InlineData("""{"":1,"":2}""", "")]
    [InlineData("""{"längere Schlüssel als acht Bytes":1,"längere Schlüssel als acht Bytes":1}""", "längere Schlüssel als acht Bytes")]
    public void A_key_that_comes_twice_is_suspected_and_found(string json, string path)
    {
        Assert.True(ReadAll(json));
        Assert.Equal(path, DuplicateKeys.Find(Encoding.UTF8.GetBytes(json)));
    }

    [Theory]
    [InlineData("""[{"a":1},{"a":1},{"a":1}]""")]
    [InlineData("""{"a":{"a":{"a":1}}}""")]
    [InlineData("""{"a":{"b":1},"b":{"a":1}}""")]
    [InlineData("""{"a":[{"name":"x"},{"name":"x"}],"name":1}""")]
    [InlineData("""{"a":1,"A":2," a":3}""")]
    [InlineData("""{"a":"b","b":"a"}""")]
    [InlineData("\"a\"")]
    public void The_same_key_in_different_objects_is_no_duplicate(string json)
    {
        Assert.False(ReadAll(json));
        Assert.Null(DuplicateKeys.Find(Encoding.UTF8.GetBytes(json)));
    }

    [Theory]
    [InlineData("""{"\u0061":1,"b":2}""")]
    [InlineData("""{"k:{\"name\":\"a\"}":{"f:env":{"k:{\"name\":\"a\"}":{}}},"k:{\"name\":\"b\"}":{}}""")]
    public void An_escaped_key_is_like_any_other(string json)
    {
        Assert.False(ReadAll(json));
        Assert.Null(DuplicateKeys.Find(Encoding.UTF8.GetBytes(json)));
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(506, false)]
    [InlineData(507, true)]
    [InlineData(100_000, true)]
    public void An_escaped_key_of_unusual_length_is_suspected_and_cleared(int letters, bool suspected)
    {
        var json = $$"""{"\u0061{{new string('b', letters)}}":1}""";

        Assert.Equal(suspected, ReadAll(json));
        Assert.Null(DuplicateKeys.Find(Encoding.UTF8.GetBytes(json)));
    }

    [Fact]
    public void As_many_keys_as_the_buffer_holds_are_compared_without_suspicion() =>
        Assert.False(ReadAll(ObjectOfKeys(StrictJsonReader.KeyBufferLength)));

    [Theory]
    [InlineData(1)]
    [InlineData(1000)]
    public void More_keys_than_the_buffer_holds_are_suspected_and_cleared(int more)
    {
        var json = ObjectOfKeys(StrictJsonReader.KeyBufferLength + more);

        Assert.True(ReadAll(json));
        Assert.Null(DuplicateKeys.Find(Encoding.UTF8.GetBytes(json)));
    }

    [Fact]
    public void A_duplicate_past_the_buffer_is_found()
    {
        var json = ObjectOfKeys(400).Replace("\"key399\"", "\"key398\"", StringComparison.Ordinal);

        Assert.True(ReadAll(json));
        Assert.Equal("key398", DuplicateKeys.Find(Encoding.UTF8.GetBytes(json)));
    }

    [Fact]
    public void The_keys_of_objects_that_are_closed_take_no_room() =>
        Assert.False(ReadAll($"[{string.Join(',', Enumerable.Range(0, 50).Select(_ => ObjectOfKeys(200)))}]"));

    [Fact]
    public void The_keys_of_objects_that_are_open_share_the_buffer() =>
        Assert.True(ReadAll($$"""{"outer":{{ObjectOfKeys(StrictJsonReader.KeyBufferLength)}}}"""));

    [Theory]
    [InlineData('[', ']')]
    [InlineData('{', '}')]
    public void Nesting_of_256_is_read(char open, char close) => Assert.False(ReadAll(Nested(open, close, StrictJsonReader.MaxDepth)));

    [Theory]
    [InlineData('[', ']', 257)]
    [InlineData('{', '}', 257)]
    [InlineData('[', ']', 10_000)]
    [InlineData('{', '}', 10_000)]
    public void Deeper_nesting_is_refused(char open, char close, int depth)
    {
        var json = Nested(open, close, depth);

        Assert.ThrowsAny<JsonException>(() => ReadAll(json));
        Assert.ThrowsAny<JsonException>(() => DuplicateKeys.Find(Encoding.UTF8.GetBytes(json)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("""{"a":1,}""")]
    [InlineData("""{"a":1}{}""")]
    [InlineData("{} x")]
    [InlineData("// comment\n{}")]
    [InlineData("""{"a":01}""")]
    [InlineData("{a:1}")]
    [InlineData("{\"a\":\"line\nbreak\"}")]
    public void Broken_JSON_is_refused(string json) => Assert.ThrowsAny<JsonException>(() => ReadAll(json));

    [Fact]
    public void Invalid_UTF8_is_refused_with_its_position()
    {
        byte[] utf8 = [.. "{\"ä\":\""u8, 0xC3, .. "\"}"u8];

        var refusal = Assert.Throws<JsonException>(() => Read(utf8));

        Assert.Equal("it is not valid UTF-8 at byte 7.", refusal.Message);
    }

    [Fact]
    public void Invalid_UTF8_outside_of_any_string_is_refused_too() =>
        Assert.Equal("it is not valid UTF-8 at byte 0.", Assert.Throws<JsonException>(() => Read([0xFF, (byte)'{', (byte)'}'])).Message);

    [Theory]
    [InlineData("""{"a":{"x":[1,{"y":{}}]},"b":2}""")]
    [InlineData("""{"a":[[1],[2]],"b":2}""")]
    [InlineData("""{"a":[],"b":2}""")]
    [InlineData("""{"a":{},"b":2}""")]
    [InlineData("""{"a":1e3,"b":2}""")]
    public void Skip_ends_on_the_last_token_of_a_value(string text)
    {
        var json = new StrictJsonReader(Encoding.UTF8.GetBytes(text), new int[16], new int[257]);
        json.Read();
        json.Read();
        Assert.True(json.Is("a"u8));

        json.Skip();

        Assert.True(json.Read());
        Assert.Equal("b", json.GetString());
        Assert.Equal(1, json.Depth);
        Assert.Equal(text.LastIndexOf("\"b\"", StringComparison.Ordinal), json.TokenStart);
        Assert.True(json.Read());
        Assert.Equal(JsonTokenType.Number, json.TokenType);
        Assert.Equal(text.Length - 1, json.Consumed);
    }

    [Fact]
    public void Duplicates_in_what_is_skipped_are_suspected()
    {
        var json = new StrictJsonReader("""{"a":{"x":1,"x":2}}"""u8, new int[16], new int[257]);
        json.Read();
        json.Read();

        json.Skip();

        Assert.True(json.Suspicious);
    }

    private static bool ReadAll(string json) => Read(Encoding.UTF8.GetBytes(json));

    private static bool Read(byte[] utf8)
    {
        var json = new StrictJsonReader(utf8, new int[StrictJsonReader.KeyBufferLength], new int[StrictJsonReader.MaxDepth + 1]);
        while (json.Read())
        {
        }

        return json.Suspicious;
    }

    private static string ObjectOfKeys(int count) => $"{{{string.Join(',', Enumerable.Range(0, count).Select(number => $"\"key{number}\":{number}"))}}}";

    private static string Nested(char open, char close, int depth)
    {
        var json = new StringBuilder();
        for (var level = 1; level < depth; level++)
        {
            json.Append(open).Append(open == '{' ? "\"a\":" : "");
        }

        return json.Append(open).Append(close, depth).ToString();
    }
}
