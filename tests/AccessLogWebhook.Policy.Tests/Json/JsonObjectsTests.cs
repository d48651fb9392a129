using System.Text.Json;
using AccessLogWebhook.Policy.Json;
using AccessLogWebhook.Policy.Mesh;

namespace AccessLogWebhook.Policy.Tests.Json;

public sealed class JsonObjectsTests
{
    private static readonly JsonElement Element = Parse("""
        {"map":{"a":"1","b":2,"c":null,"d":"4"},"text":"x","number":1,"null":null}
        """);

    [Fact]
    public void What_is_there_is_read()
    {
        Assert.Equal("1", Element.Object("map")?.Text("a"));
        Assert.Equal("x", Element.Text("text"));
    }

    [Theory]
    [InlineData("absent")]
    [InlineData("number")]
    [InlineData("null")]
    public void What_is_absent_or_of_another_type_is_null(string property)
    {
        Assert.Null(Element.Object(property));
        Assert.Null(Element.Text(property));
        Assert.Null(Element.Labels(property));
    }

    [Fact]
    public void Nothing_is_in_what_is_no_object()
    {
        Assert.Null(Parse("[1]").Object("a"));
        Assert.Null(Parse("\"a\"").Text("a"));
        Assert.Null(Parse("null").Labels("a"));
    }

    /// <summary>Such a name cannot be compared with; it must not hide the others, nor throw.</summary>
    [Theory]
    [InlineData("""{"\ud800aaa":1,"name":"x","spec":{"a":"b"}}""")]
    [InlineData("""{"name":"x","spec":{"a":"b"},"\ud800":1}""")]
    public void A_name_that_is_half_of_a_surrogate_pair_is_looked_past(string json)
    {
        Assert.Equal(("x", "b", null), (Parse(json).Text("name"), Parse(json).Object("spec")?.Text("a"), Parse(json).Object("kind")));
    }

    [Fact]
    public void Entries_that_are_no_strings_are_passed_over() =>
        Assert.Equal(LabelSet.Of(("a", "1"), ("d", "4")), Element.Labels("map"));

    [Fact]
    public void A_neighbour_whose_name_is_no_text_does_not_hide_a_member()
    {
        var element = Parse("""{"text":"x","tex\ud800":"y","\udc00":1}""");

        Assert.Equal("x", element.Text("text"));
        Assert.Null(element.Text("other"));
    }

    private static JsonElement Parse(string json) => JsonElement.Parse(json);
}
