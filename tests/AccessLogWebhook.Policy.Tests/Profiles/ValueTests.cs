using System.Text.Json;
using System.Text.Json.Nodes;
using AccessLogWebhook.Policy.Profiles;

namespace AccessLogWebhook.Policy.Tests.Profiles;

/// <summary>The texts and numbers of a filter.</summary>
public sealed class ValueTests
{
    [Theory]
    [InlineData("1ms", 1u)]
    [InlineData("0.001s", 1u)]
    [InlineData("500ms", 500u)]
    [InlineData("1.5s", 1500u)]
    [InlineData("1m30s", 90_000u)]
    [InlineData("1m5ms", 60_005u)]
    [InlineData("0.5h", 1_800_000u)]
    [InlineData("1193h", 4_294_800_000u)]
    [InlineData("1193h0.001s", null)]
    [InlineData("99999h", null)]
    [InlineData("0s", null)]
    [InlineData("0ms", null)]
    [InlineData("1.5ms", null)]
    [InlineData("-1s", null)]
    [InlineData("1", null)]
    [InlineData("s", null)]
    [InlineData("1d", null)]
    [InlineData("1us", null)]
    [InlineData("1 s", null)]
    [InlineData("1s\n", null)]
    [InlineData("100000s", null)]
    [InlineData("1s1s1s1s1s", null)]
    public void A_duration_is_read_to_the_millisecond(string text, uint? milliseconds) => Assert.Equal(milliseconds, Read("minDuration", text).Logging.Filter.MinDuration);

    [Theory]
    [InlineData("0", 0u, 100u)]
    [InlineData("1", 1u, 100u)]
    [InlineData("1.0", 1u, 100u)]
    [InlineData("100", 100u, 100u)]
    [InlineData("0.01", 1u, 10_000u)]
    [InlineData("2.5", 250u, 10_000u)]
    [InlineData("0.0001", 1u, 1_000_000u)]
    [InlineData("33.3333", 333_333u, 1_000_000u)]
    public void A_percentage_is_so_many_of_so_many_exactly(string percent, uint numerator, uint denominator)
    {
        var rate = SampleRate.OfPercent(decimal.Parse(percent, System.Globalization.CultureInfo.InvariantCulture))!.Value;

        Assert.Equal((numerator, denominator), (rate.Numerator, rate.Denominator));
    }

    [Theory]
    [InlineData("0.00001")]
    [InlineData("33.33333")]
    public void A_finer_one_is_none(string percent) => Assert.Null(SampleRate.OfPercent(decimal.Parse(percent, System.Globalization.CultureInfo.InvariantCulture)));

    [Theory]
    [InlineData("response.code >= 400")]
    [InlineData("request.headers['a)'] == \"(\"")]
    [InlineData("a[0] == {'b': [1, (2)]}")]
    [InlineData("'it\\'s' == r'\\' && true")]
    [InlineData("'''a ' ( b''' == \"\"\"\n)\"\"\"")]
    [InlineData("br'\\' == b''")]
    [InlineData("a // ) ( '\n && b")]
    public void An_expression_whose_strings_and_brackets_close_is_let_through(string expression) => Assert.Empty(Read("expression", expression).Errors);

    [Theory]
    [InlineData("(a", "has a ( at 0 that is not closed: close it.")]
    [InlineData("a]", "has a ] at 1 that closes nothing: take it out, or open it.")]
    [InlineData("(a]", "has a ] at 2 that closes nothing: take it out, or open it.")]
    [InlineData("a == 'b", "has a string at 5 that does not end: close it.")]
    [InlineData("a == 'b\n'", "has a string at 5 that does not end: close it.")]
    [InlineData("a == '''b'", "has a string at 5 that does not end: close it.")]
    [InlineData("'a\\'", "has a string at 0 that does not end: close it.")]
    [InlineData("  \n", "says nothing: write a condition, or leave it out.")]
    [InlineData("// nothing", "says nothing: write a condition, or leave it out.")]
    [InlineData("a\0", "has a NUL at 1: take it out.")]
    public void One_whose_do_not_is_refused(string expression, string fault) => Assert.Equal([new("spec.filter.expression", fault)], Read("expression", expression).Errors);

    private static AccessLogProfile Read(string field, string value)
    {
        var profile = new JsonObject { ["spec"] = new JsonObject { ["filter"] = new JsonObject { [field] = value } } };
        return AccessLogProfileReader.Read("team", JsonElement.Parse(profile.ToJsonString()));
    }
}
