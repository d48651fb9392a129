using System.Text;
using System.Text.Json;
using AccessLogWebhook.Policy.Json;
using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Policy.Profiles;
using AccessLogWebhook.Policy.Tests.Support;
using AccessLogWebhook.Policy.Workloads;

namespace AccessLogWebhook.Policy.Tests.Json;

/// <summary>JSON can escape half of a surrogate pair (<c>\ud800</c>), which is no text; parsers let it pass and fail when it is read.</summary>
public sealed class HalfSurrogatePairTests
{
    [Theory]
    [InlineData("""{"metadata":{"labels":{"app":"\ud800"}}}""")]
    [InlineData("""{"metadata":{"labels":{"\udc00":"x"}}}""")]
    [InlineData("""{"metadata":{"name":"a\ud800b"}}""")]
    [InlineData("""{"\ud800":1}""")]
    [InlineData("""{"spec":{"unknown":{"\ud800":1}}}""")]
    public void In_a_workload_it_is_broken_JSON(string json) =>
        Assert.ThrowsAny<JsonException>(() => Scene.Read(WorkloadKind.Pod, json));

    [Fact]
    public void In_a_value_that_decides_nothing_it_is_passed_over() =>
        Assert.Equal("api", Scene.Read(WorkloadKind.Pod, """{"metadata":{"name":"api"},"spec":{"unknown":"\ud800"}}""").Metadata.Name);

    [Fact]
    public void In_a_key_among_which_duplicates_are_searched_it_is_broken_JSON() =>
        Assert.ThrowsAny<JsonException>(() => DuplicateKeys.Find(Encoding.UTF8.GetBytes("""{"\ud800":1}""")));

    [Fact]
    public void In_an_object_of_the_cluster_it_hides_nothing_else()
    {
        var element = JsonElement.Parse("""{"half":"\ud800","labels":{"a":"\udc00","\ud800":"b","c":"3"},"text":"x"}""");

        Assert.Null(element.Text("half"));
        Assert.Equal("x", element.Text("text"));
        Assert.Equal(LabelSet.Of(("c", "3")), element.Labels("labels"));
    }

    [Fact]
    public void In_what_an_API_server_added_to_a_profile_it_hides_nothing_else() => Assert.Equal(
        7, AccessLogProfileReader.Read("p", JsonElement.Parse("""{"metadata":{"uid":"u","generation":7,"\ud800":1},"spec":{}}""")).Object!.Generation);

    [Theory]
    [InlineData("""{"spec":{"annotations":{"a":"\ud800"}}}""")]
    [InlineData("""{"spec":{"annotations":{"\ud800":"a"}}}""")]
    [InlineData("""{"spec":{"backend":"\ud800"}}""")]
    [InlineData("""{"spec":{"format":{"json":{"fields":{"a":"b"},"\ud800":1}}}}""")]
    [InlineData("""{"spec":{"format":{"json":{"\ud800":1}}}}""")]
    [InlineData("""{"spec":{"format":{"json":{"fields":{"\ud800":"b"}}}}}""")]
    [InlineData("""{"spec":{"format":{"json":{"fields":{"a":"%COALESCE({\"operators\":[\"PROTOCOL\"],\"\\ud800\":1})%"}}}}}""")]
    [InlineData("""{"spec":{"envoyFilterRef":{"namespace":"\ud800","name":"x"}}}""")]
    public void In_a_profile_it_is_a_fault_of_that_profile(string json) =>
        Assert.NotEmpty(AccessLogProfileReader.Read("p", JsonElement.Parse(json)).Errors);
}
