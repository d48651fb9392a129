using AccessLogWebhook.Policy.Formats;

namespace AccessLogWebhook.Policy.Tests.Formats;

/// <summary>
/// A megabyte of what is worst for a parser. Nothing is timed: what took quadratic time would not end within the run, and what is reported must be
/// bounded.
/// </summary>
public sealed class LargeFormatTests
{
    private const int Length = 1 << 20;

    [Theory]
    [InlineData("%")]
    [InlineData("% ")]
    [InlineData("%A")]
    [InlineData("%A%")]
    [InlineData("%A(")]
    [InlineData("%REQ(")]
    [InlineData("%REQ(\n")]
    [InlineData("%REQ(a)")]
    [InlineData("%REQ(a):1")]
    [InlineData("%REQ%")]
    [InlineData("%req%")]
    [InlineData("%a")]
    [InlineData("(")]
    [InlineData(")")]
    [InlineData("):1")]
    [InlineData("%DURATION%")]
    [InlineData("%REQ(X):5%")]
    [InlineData("%START_TIME(%-")]
    [InlineData("%COALESCE({\"operators\":[")]
    [InlineData("é😀")]
    public void Repeated_a_million_times_it_is_read_with_a_bounded_answer(string piece)
    {
        var format = string.Concat(Enumerable.Repeat(piece, Length / piece.Length));

        AssertBounded(format);
        AssertBounded($"%REQ({format})%");
        AssertBounded($"%START_TIME({format})%");
        AssertBounded($"%{format}");
    }

    [Theory]
    [InlineData('A')]
    [InlineData('a')]
    [InlineData('1')]
    [InlineData('%')]
    public void One_name_of_a_million_characters_is_read_with_a_bounded_answer(char character)
    {
        var name = new string(character, Length);

        AssertBounded($"%{name}%");
        AssertBounded($"%{name}");
        AssertBounded($"%REQ(X):{name}%");
        AssertBounded($"%FILTER_STATE({name}:{name})%");
    }

    [Fact]
    public void A_format_of_a_hundred_thousand_operators_is_read_and_printed()
    {
        var format = string.Concat(Enumerable.Repeat("%REQ(X)% ", 100_000));

        var text = FormatParser.Parse(format).Text!;

        Assert.Equal(200_000, text.Parts.Length);
        Assert.Equal(format, text.ToString());
        Assert.Single(RequiredFormatters.Of(FormatParser.Parse(string.Concat(Enumerable.Repeat("%CEL(x)% ", 100_000))).Text!));
    }

    private static void AssertBounded(string format)
    {
        var faults = FormatParser.Parse(format).Faults;
        Assert.True(faults.Length <= 21);
        Assert.All(faults, fault => Assert.True(fault.ToString().Length < 600, fault.ToString()));
    }
}
