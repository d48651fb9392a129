using AccessLogWebhook.Policy.Formats;

namespace AccessLogWebhook.Policy.Tests.Formats;

public sealed class FormatParserTests
{
    [Fact]
    public void A_text_is_literals_and_operators_in_turn()
    {
        var text = Read("a %REQ(X?Y):12%b");

        Assert.Equal("a %REQ(X?Y):12%b", text.Source);
        Assert.Equal(
            [new FormatPart.Literal("a "), new FormatPart.Operator(CommandOperators.Find("REQ")!, "X?Y", 12, 2), new FormatPart.Literal("b")],
            text.Parts);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("plain", "plain")]
    [InlineData("100%% sure", "100% sure")]
    [InlineData("%%%%", "%%")]
    [InlineData("%%DURATION%%", "%DURATION%")]
    [InlineData("(a):5 é 😀\n\0", "(a):5 é 😀\n\0")]
    public void Text_without_operators_is_a_literal(string format, string literal)
    {
        var text = Read(format);

        Assert.Equal(literal.Length == 0 ? [] : [new FormatPart.Literal(literal)], text.Parts);
        Assert.Equal(format, text.ToString());
    }

    [Theory]
    [InlineData("%DURATION()%", "%DURATION%")]
    [InlineData("%REQ(X):007%", "%REQ(X):7%")]
    [InlineData("%START_TIME()%", "%START_TIME%")]
    [InlineData("%REQ(X):18446744073709551615%", "%REQ(X):18446744073709551615%")]
    public void Spellings_of_the_same_are_equal_and_print_the_same(string written, string canonical)
    {
        var text = Read(written);

        Assert.Equal(canonical, text.ToString());
        Assert.Equal(Read(canonical), text);
        Assert.Equal(Read(canonical).GetHashCode(), text.GetHashCode());
        Assert.NotEqual(Read("%DURATION% "), text);
    }

    [Theory]
    [InlineData("%CEL(f(x) && g(y))%", "f(x) && g(y)", null)]
    [InlineData("%QUERY_PARAM(a)b)%", "a)b", null)]
    [InlineData("%QUERY_PARAM(a):b)%", "a):b", null)]
    [InlineData("%QUERY_PARAM(a):5b)%", "a):5b", null)]
    [InlineData("%CEL(a % b)%", "a % b", null)]
    [InlineData("%CEL(x):3%", "x", 3)]
    [InlineData("%QUERY_PARAM((%x)%", "(%x", null)]
    [InlineData("%QUERY_PARAM()x)%", ")x", null)]
    public void An_argument_goes_to_the_first_parenthesis_that_closes_the_operator(string format, string argument, int? length)
    {
        var part = Assert.IsType<FormatPart.Operator>(Assert.Single(Read(format).Parts));

        Assert.Equal((argument, (ulong?)length), (part.Argument, part.MaxLength));
    }

    [Theory]
    // Names.
    [InlineData("%RESPONS_CODE%", "\"%RESPONS_CODE%\" at 0: there is no such command operator, did you mean RESPONSE_CODE?")]
    [InlineData("ab %RESPONS_CODE%", "\"%RESPONS_CODE%\" at 3: there is no such command operator, did you mean RESPONSE_CODE?")]
    [InlineData("%RESPONSE_CDOE%", "\"%RESPONSE_CDOE%\" at 0: there is no such command operator, did you mean RESPONSE_CODE?")]
    [InlineData("%RQE(X)%", "\"%RQE(X)%\" at 0: there is no such command operator, did you mean REQ?")]
    [InlineData("%UPSTREAM_CLUSTERNAME%", "\"%UPSTREAM_CLUSTERNAME%\" at 0: there is no such command operator, did you mean UPSTREAM_CLUSTER?")]
    [InlineData("%METHOD%", "\"%METHOD%\" at 0: there is no such command operator: write %REQ(:METHOD)%.")]
    [InlineData("%USER_AGENT%", "\"%USER_AGENT%\" at 0: there is no such command operator: write %REQ(USER-AGENT)%.")]
    [InlineData("%STATUS%", "\"%STATUS%\" at 0: there is no such command operator: write %RESPONSE_CODE%.")]
    [InlineData("%NOTHING_LIKE_IT%", "\"%NOTHING_LIKE_IT%\" at 0: there is no such command operator.")]
    [InlineData("%1%", "\"%1%\" at 0: there is no such command operator.")]
    // Percent signs.
    [InlineData("100% sure", "\"%\" at 3: no command operator begins here: write %% for a percent sign.")]
    [InlineData("100%", "\"%\" at 3: no command operator begins here: write %% for a percent sign.")]
    [InlineData("%", "\"%\" at 0: no command operator begins here: write %% for a percent sign.")]
    [InlineData("%%%", "\"%\" at 2: no command operator begins here: write %% for a percent sign.")]
    [InlineData("%(X)%", "\"%\" at 0: no command operator begins here: write %% for a percent sign.", "\"%\" at 4: no command operator begins here: write %% for a percent sign.")]
    [InlineData("%UNHEARD", "\"%UNHEARD\" at 0: no command operator begins here: write %% for a percent sign.")]
    [InlineData("%duration%", "\"%duration%\" at 0: command operators are written in capitals: %DURATION%.")]
    [InlineData("%Duration% x", "\"%Duration%\" at 0: command operators are written in capitals: %DURATION%.")]
    [InlineData("%DURATION", "\"%DURATION\" at 0: does not end: after DURATION there must be '%', '(ARGUMENT)%' or ':LENGTH%'.")]
    [InlineData("%DURATION %PROTOCOL%", "\"%DURATION\" at 0: does not end: after DURATION there must be '%', '(ARGUMENT)%' or ':LENGTH%'.")]
    [InlineData("%REQ:%", "\"%REQ\" at 0: does not end: after REQ there must be '%', '(ARGUMENT)%' or ':LENGTH%'.", "\"%\" at 5: no command operator begins here: write %% for a percent sign.")]
    [InlineData("%REQ(X%", "\"%REQ(X%\" at 0: the argument does not end: on the same line there must be a ')' that '%' or ':LENGTH%' follows.")]
    [InlineData("%REQ(X %DURATION%", "\"%REQ(X \" at 0: the argument does not end: on the same line there must be a ')' that '%' or ':LENGTH%' follows.")]
    [InlineData("%REQ(X):%", "\"%REQ(X):%\" at 0: the argument does not end: on the same line there must be a ')' that '%' or ':LENGTH%' follows.")]
    [InlineData("%CEL(a\n)%", "\"%CEL(a\uFFFD)%\" at 0: the argument does not end: on the same line there must be a ')' that '%' or ':LENGTH%' follows.")]
    [InlineData("%REQ(X) %RESP(Y)%", "\"X) %RESP(Y\" at 5: is no name of a header for REQ: use letters, digits, '-' and '_', and ':' only in front. An argument goes to the first ')' that '%' or ':LENGTH%' follows: one is missing before.")]
    [InlineData("%REQ(X):18446744073709551616%", "\"%REQ(X):18446744073709551616%\" at 0: the length is too large for Envoy to read: leave it off.")]
    public void A_fault_says_where_it_is_and_what_to_write(string format, params string[] faults) => AssertFaults(format, faults);

    /// <summary>Not by attribute, which is UTF-8 and holds no such thing.</summary>
    [Fact]
    public void Half_of_a_surrogate_pair_is_refused_and_not_quoted()
    {
        AssertFaults("a\ud800b", "\"\uFFFD\" at 1: is half of a surrogate pair, which is no text: take it out.");
        AssertFaults("\ud83d\ude00\udc00", "\"\uFFFD\" at 2: is half of a surrogate pair, which is no text: take it out.");
        AssertFaults(
            "\ud800%A\udc00%",
            "\"\uFFFD\" at 0: is half of a surrogate pair, which is no text: take it out.",
            "\"%A\" at 1: no command operator begins here: write %% for a percent sign.",
            "\"%\" at 4: no command operator begins here: write %% for a percent sign.");
    }

    [Fact]
    public void All_faults_are_reported_in_order() => AssertFaults(
        "50% %REQ% %RESPONS_CODE% %DURATION(x)% %PROTOCOL%",
        "\"%\" at 2: no command operator begins here: write %% for a percent sign.",
        "\"%REQ%\" at 4: REQ needs an argument: a header's name, with perhaps '?' and another to fall back on, as in %REQ(:AUTHORITY)%.",
        "\"%RESPONS_CODE%\" at 10: there is no such command operator, did you mean RESPONSE_CODE?",
        "\"%DURATION(x)%\" at 25: DURATION takes no argument: write %DURATION%.");

    [Fact]
    public void Past_twenty_faults_they_are_counted()
    {
        var faults = FormatParser.Parse(string.Concat(Enumerable.Repeat("%A%", 53))).Faults;

        Assert.Equal(21, faults.Length);
        Assert.All(faults[..20], fault => Assert.Equal(FormatFaultKind.UnknownOperator, fault.Kind));
        Assert.Equal(new FormatFault(60, FormatFaultKind.More, "%", "and 33 more from here on: correct those before first."), faults[20]);
    }

    [Fact]
    public void A_long_fragment_is_shortened_and_holds_no_control_characters()
    {
        var fault = Assert.Single(FormatParser.Parse($"%DURATION(\t{new string('x', 200)})%").Faults);

        Assert.Equal($"%DURATION(\uFFFD{new string('x', 69)}…", fault.Fragment);
    }

    private static FormatText Read(string format)
    {
        var reading = FormatParser.Parse(format);
        Assert.Empty(reading.Faults);
        return reading.Text!;
    }

    private static void AssertFaults(string format, params string[] faults)
    {
        var reading = FormatParser.Parse(format);

        Assert.Null(reading.Text);
        Assert.Equal(faults, reading.Faults.Select(fault => fault.ToString()));
    }
}
