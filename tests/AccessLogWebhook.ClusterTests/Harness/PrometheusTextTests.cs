using AccessLogWebhook.ClusterTests.Support;

namespace AccessLogWebhook.ClusterTests.Harness;

public sealed class PrometheusTextTests
{
    private const string Text = """
        # TYPE reviews_total counter
        reviews_total{endpoint="mutate",reason="a"} 2
        reviews_total{endpoint="mutate",reason="b"} 1
        reviews_total{endpoint="validate",reason="a"} 4
        reviews_total_other 8
        up 1
        """;

    [Theory]
    [InlineData("reviews_total", 7)]
    [InlineData("up", 1)]
    [InlineData("down", 0)]
    public void Series_of_one_name_are_added(string name, double sum) => Assert.Equal(sum, PrometheusText.Sum(Text, name));

    [Fact]
    public void Series_are_chosen_by_their_labels() =>
        Assert.Equal(2, PrometheusText.Sum(Text, "reviews_total", ("reason", "a"), ("endpoint", "mutate")));
}
