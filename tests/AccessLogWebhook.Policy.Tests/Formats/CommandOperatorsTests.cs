using AccessLogWebhook.Policy.Formats;

namespace AccessLogWebhook.Policy.Tests.Formats;

public sealed class CommandOperatorsTests
{
    [Fact]
    public void Names_are_distinct_in_order_and_what_the_parser_can_read()
    {
        var names = CommandOperators.All.Select(each => each.Name).ToList();

        Assert.Equal(names.Distinct().Order(StringComparer.Ordinal), names);
        Assert.All(names, name => Assert.Matches("^[A-Z0-9_]{1,64}$", name));
        Assert.All(names, name => Assert.Equal(name, CommandOperators.Find(name)!.Name));
    }

    /// <summary>The whole table, so that a slip in a line of it is a difference that somebody reads.</summary>
    [Fact]
    public void The_table_is_as_it_was_reviewed() => FormatFiles.AssertGolden("operators.txt", CommandOperators.All.Select(each => string.Join(
        ' ',
        each.Name,
        each.Argument,
        each.LengthAllowed ? "length" : "-",
        $"tcp:{each.Tcp}",
        $"json:{each.Json}",
        each.Formatter?.Name ?? "-",
        each.Since is { } since ? $"since:1.{since}" : "-")));

    [Theory]
    [InlineData("duration")]
    [InlineData("DURATION ")]
    [InlineData("")]
    public void Only_the_exact_name_is_found(string name) => Assert.Null(CommandOperators.Find(name));

    [Theory]
    [InlineData("DURATION", JsonKind.Number, TcpValue.Meaningful)]
    [InlineData("RESPONSE_CODE", JsonKind.Number, TcpValue.Zero)]
    [InlineData("BYTES_SENT", JsonKind.Number, TcpValue.Meaningful)]
    [InlineData("UPSTREAM_REMOTE_PORT", JsonKind.Number, TcpValue.Meaningful)]
    [InlineData("REQUEST_HEADERS_BYTES", JsonKind.Number, TcpValue.Zero)]
    [InlineData("REQUEST_DURATION", JsonKind.Number, TcpValue.Dash)]
    [InlineData("REQ", JsonKind.Text, TcpValue.Dash)]
    [InlineData("PROTOCOL", JsonKind.Text, TcpValue.Dash)]
    [InlineData("START_TIME", JsonKind.Text, TcpValue.Meaningful)]
    [InlineData("DYNAMIC_METADATA", JsonKind.Any, TcpValue.Meaningful)]
    [InlineData("TYPED_CEL", JsonKind.Any, TcpValue.Meaningful)]
    public void What_an_operator_becomes_is_known(string name, JsonKind json, TcpValue tcp)
    {
        var definition = CommandOperators.Find(name)!;

        Assert.Equal((json, tcp, tcp != TcpValue.Meaningful), (definition.Json, definition.Tcp, definition.HttpOnly));
    }

    /// <summary>Names and types are those of Envoy's protobuf packages <c>envoy.extensions.formatter.*.v3</c>.</summary>
    [Theory]
    [InlineData("%REQ_WITHOUT_QUERY(:PATH)%", "envoy.formatter.req_without_query", "type.googleapis.com/envoy.extensions.formatter.req_without_query.v3.ReqWithoutQuery")]
    [InlineData("%CEL(response.code)%", "envoy.formatter.cel", "type.googleapis.com/envoy.extensions.formatter.cel.v3.Cel")]
    [InlineData("%TYPED_CEL(response.code)%", "envoy.formatter.cel", "type.googleapis.com/envoy.extensions.formatter.cel.v3.Cel")]
    [InlineData("%METADATA(ROUTE:x)%", "envoy.formatter.metadata", "type.googleapis.com/envoy.extensions.formatter.metadata.v3.Metadata")]
    [InlineData("%FILE_CONTENT(/x)%", "envoy.formatter.file_content", "type.googleapis.com/envoy.extensions.formatter.file_content.v3.FileContent")]
    public void An_operator_of_an_extension_says_which(string format, string name, string type) =>
        Assert.Equal([new FormatterExtension(name, type)], RequiredFormatters.Of(FormatParser.Parse(format).Text!));

    [Fact]
    public void Formatters_come_once_and_in_order_wherever_their_operators_are()
    {
        var value = FormatValues.Read("""
            {"z": "%REQ_WITHOUT_QUERY(A)% %CEL(b)%", "a": ["%METADATA(ROUTE:x)%", {"b": "%CEL(c)%"}], "n": 5, "p": "%PROTOCOL%"}
            """);

        Assert.Equal([FormatterExtensions.Cel, FormatterExtensions.Metadata, FormatterExtensions.ReqWithoutQuery], RequiredFormatters.Of(value));
        Assert.Empty(RequiredFormatters.Of(FormatPresets.IstioJson));
    }
}
