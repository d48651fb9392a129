using AccessLogWebhook.Policy.Formats;

namespace AccessLogWebhook.Policy.Tests.Formats;

/// <summary>What Envoy and Istio document must be read as they mean it.</summary>
public sealed class FormatCorpusTests
{
    [Fact]
    public void Every_format_of_the_documentation_is_read() => Assert.All(FormatFiles.Corpus, each =>
        Assert.Empty(FormatParser.Parse(each.Format).Faults));

    [Fact]
    public void What_is_printed_is_what_was_written() => Assert.All(FormatFiles.Corpus, each =>
        Assert.Equal(each.Format, FormatParser.Parse(each.Format).Text!.ToString()));

    /// <summary>SECRET is refused, since nothing could configure it.</summary>
    [Fact]
    public void Every_operator_that_is_known_is_in_the_documentation_of_somebody() => Assert.Equal(
        CommandOperators.All.Select(each => each.Name).Where(name => name != "SECRET"),
        FormatFiles.Corpus
            .SelectMany(each => FormatParser.Parse(each.Format).Text!.Parts.OfType<FormatPart.Operator>())
            .Select(each => each.Definition.Name)
            .Distinct()
            .Order(StringComparer.Ordinal));

    /// <summary>Documented with a length, but their flags in <c>stream_info_formatter.cc</c> do not allow one, so that a proxy rejects them.</summary>
    [Theory]
    [InlineData("%CLUSTER_METADATA(com.test.my_filter):25%", "CLUSTER_METADATA")]
    [InlineData("%UPSTREAM_METADATA(com.test.my_filter):25%", "UPSTREAM_METADATA")]
    public void What_the_documentation_has_and_a_proxy_refuses_is_refused(string format, string name) => Assert.Equal(
        [$"\"{format}\" at 0: {name} takes no length, though Envoy's documentation says so: leave the length off."],
        FormatParser.Parse(format).Faults.Select(fault => fault.ToString()));
}
