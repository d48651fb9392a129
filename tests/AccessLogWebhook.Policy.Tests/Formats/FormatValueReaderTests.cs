using System.Text;
using AccessLogWebhook.Policy.Formats;

namespace AccessLogWebhook.Policy.Tests.Formats;

public sealed class FormatValueReaderTests
{
    [Theory]
    [InlineData("""{"a":"%DURATION%","b":{"c":["x",1.50,true,false,null,{}]},"d":-1e3,"":[]}""")]
    [InlineData("\"%DURATION%\"")]
    [InlineData("[]")]
    [InlineData("12345678901234567890.10")]
    public void Every_kind_of_value_is_kept_in_its_order_and_spelling(string json) =>
        Assert.Equal(json, FormatValues.Spell(FormatValues.Read(json)));

    [Fact]
    public void Values_are_equal_where_what_they_hold_is()
    {
        const string json = """{"a":"%DURATION()%","b":[1,null,{"c":true}]}""";

        Assert.Equal(FormatValues.Read(json), FormatValues.Read(json.Replace("()", "", StringComparison.Ordinal)));
        Assert.Equal(FormatValues.Read(json).GetHashCode(), FormatValues.Read(json.Replace("()", "", StringComparison.Ordinal)).GetHashCode());
        Assert.All(
            ["""{"b":[1,null,{"c":true}],"a":"%DURATION%"}""", """{"a":"%DURATION%","b":[1,null,{"c":false}]}""", """{"a":"%DURATION%","b":[1,null]}""", "[]"],
            other => Assert.NotEqual(FormatValues.Read(json), FormatValues.Read(other)));
    }

    [Fact]
    public void Every_fault_comes_with_its_path() => Assert.Equal(
        [
            "fields.a: \"%RESPONS_CODE%\" at 0: there is no such command operator, did you mean RESPONSE_CODE?",
            "fields.a: \"%\" at 15: no command operator begins here: write %% for a percent sign.",
            "fields.b.c[1]: \"%\" at 3: no command operator begins here: write %% for a percent sign.",
            "fields[a b]: \"%A%\" at 0: there is no such command operator.",
            "fields[]: \"%B%\" at 0: there is no such command operator.",
            "fields.n: is larger than any number that a proxy can keep: quote it.",
            "fields.s: has half of a surrogate pair: correct it.",
        ],
        FormatValues.Errors("""{"a":"%RESPONS_CODE% %","b":{"c":["ok","100%"]},"a b":"%A%","":"%B%","n":1e999,"s":"\ud800"}"""));

    [Fact]
    public void A_name_that_comes_twice_is_refused() => Assert.Equal(
        ["fields.a: comes twice: keep one.", "fields.b[0].c: comes twice: keep one."],
        FormatValues.Errors("""{"a":"x","b":[{"c":1,"c":1}],"\u0061":"x"}""").Order());

    [Fact]
    public void A_name_that_is_no_text_is_refused() => Assert.Equal(
        ["fields: has a key with half of a surrogate pair: correct it."],
        FormatValues.Errors("""{"\ud800":"x"}"""));

    [Theory]
    [InlineData("[", "]")]
    [InlineData("{\"a\":", "}")]
    public void Nesting_has_an_end(string open, string close)
    {
        var deepest = Nested(FormatValueReader.MaxDepth);
        var deeper = Nested(FormatValueReader.MaxDepth + 1);

        Assert.Equal(deepest, FormatValues.Spell(FormatValues.Read(deepest)));
        Assert.EndsWith(": is nested deeper than 24 levels, more than a proxy can be sent: make the format flatter.", Assert.Single(FormatValues.Errors(deeper)), StringComparison.Ordinal);
        Assert.Single(FormatValues.Errors(Nested(900)));

        // The innermost holds a value where it must hold something.
        string Nested(int depth) => $"{string.Concat(Enumerable.Repeat(open, depth))}{(open == "[" ? "" : "1")}{string.Concat(Enumerable.Repeat(close, depth))}";
    }

    [Fact]
    public void A_megabyte_of_faults_is_answered_with_a_hundred()
    {
        var json = new StringBuilder("{\"list\":[\"%A%\"");
        for (var i = 0; i < 100_000; i++)
        {
            json.Append(",\"%RESPONS_CODE%\"");
        }

        var errors = FormatValues.Errors(json.Append("]}").ToString());

        Assert.Equal(101, errors.Count);
        Assert.Equal("fields: has more faults than these 100, perhaps: correct them first.", errors[^1]);
    }

    [Fact]
    public void A_path_is_not_spelt_for_what_is_sound()
    {
        // Twenty-odd long names around a hundred thousand items: as many paths would be hundreds of megabytes.
        var open = string.Concat(Enumerable.Repeat($"{{\"{new string('n', 5_000)}\":", FormatValueReader.MaxDepth - 1));
        var json = $"{open}[{string.Join(',', Enumerable.Repeat("\"%PROTOCOL%\"", 100_000))}]{new string('}', FormatValueReader.MaxDepth - 1)}";

        var before = GC.GetAllocatedBytesForCurrentThread();
        var value = FormatValues.Read(json);
        _ = RequiredFormatters.Of(value);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 300_000_000);
    }
}
