using System.Text;
using System.Text.Json;
using AccessLogWebhook.Policy.Json;
using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Policy.Workloads;

namespace AccessLogWebhook.Policy.Tests.Workloads;

public sealed class PodReadingTests
{
    [Fact]
    public void A_Pod_is_read_as_far_as_it_decides() => Assert.Equal(
        new PodWorkload(
            new ObjectMetadata
            {
                IsPresent = true,
                Name = "api-1",
                GenerateName = "api-",
                Namespace = "shop",
                Labels = LabelSet.Of(("app", "api"), ("a/b~c", "ü")),
                Annotations = LabelSet.Of(("note", "")),
                IsBeingDeleted = true,
            },
            HostNetwork: true,
            RuntimeClass: "gvisor",
            HasProxyContainer: true),
        Read("""
            {
              "kind": "Pod", "apiVersion": "v1",
              "metadata": {
                "name": "api-1", "generateName": "api-", "namespace": "shop", "deletionTimestamp": "2026-08-01T00:00:00Z",
                "labels": {"app": "api", "a/b~c": "\u00fc"}, "annotations": {"note": ""},
                "managedFields": [{"labels": {"not": 1}}], "generation": 1e3
              },
              "spec": {
                "unknown": {"hostNetwork": "no", "containers": 5},
                "hostNetwork": true, "runtimeClassName": "gvisor",
                "containers": [{"name": "app", "env": [{"name": "istio-proxy"}]}, {"image": "x", "name": "istio-proxy", "ports": []}]
              },
              "status": {"labels": 1, "spec": []}
            }
            """));

    [Theory]
    [InlineData("""{}""", false)]
    [InlineData("""{"metadata":null}""", false)]
    [InlineData("""{"metadata":{}}""", true)]
    [InlineData("""{"metadata":{"labels":null,"annotations":null,"name":null,"namespace":null,"generateName":null,"deletionTimestamp":null}}""", true)]
    [InlineData("""{"metadata":{},"spec":null}""", true)]
    [InlineData("""{"metadata":{},"spec":{}}""", true)]
    [InlineData("""{"metadata":{},"spec":{"hostNetwork":null,"runtimeClassName":null,"containers":null,"initContainers":null}}""", true)]
    [InlineData("""{"metadata":{},"spec":{"hostNetwork":false,"containers":[],"initContainers":[{}]}}""", true)]
    public void What_is_absent_or_null_is_nothing(string json, bool hasMetadata) =>
        Assert.Equal(new PodWorkload(new ObjectMetadata { IsPresent = hasMetadata }, false, "", false), Read(json));

    [Fact]
    public void Empty_maps_are_not_absent()
    {
        var metadata = Read("""{"metadata":{"labels":{},"annotations":{}}}""").Metadata;

        Assert.Equal(LabelSet.Empty, metadata.Labels);
        Assert.Equal(LabelSet.Empty, metadata.Annotations);
    }

    [Fact]
    public void A_null_in_a_map_is_the_empty_string() =>
        Assert.Equal(LabelSet.Of(("a", ""), ("b", "x")), Read("""{"metadata":{"labels":{"a":null,"b":"x"}}}""").Metadata.Labels);

    [Theory]
    [InlineData("""{"containers":[{"name":"istio-proxy"}]}""", true)]
    [InlineData("""{"initContainers":[{"name":"setup"},{"name":"istio-proxy"}]}""", true)]
    [InlineData("""{"initContainers":[{"name":"istio-proxy"}],"containers":[{"name":"app"}]}""", true)]
    [InlineData("""{"containers":[{"name":"istio-proxy"},{"name":"app"}],"initContainers":[{"name":"x"}]}""", true)]
    [InlineData("""{"containers":[{"name":"istio-proxy-2"}]}""", false)]
    [InlineData("""{"containers":[{"name":"\u0069stio-proxy"}]}""", true)]
    [InlineData("""{"containers":[{"image":"istio-proxy"}]}""", false)]
    [InlineData("""{"containers":[{"name":{"name":"istio-proxy"}},{"name":7},{"name":["istio-proxy"]}]}""", false)]
    [InlineData("""{"ephemeralContainers":[{"name":"istio-proxy"}]}""", false)]
    public void A_proxy_is_a_container_or_init_container_of_that_name(string spec, bool expected) =>
        Assert.Equal(expected, Read($$"""{"spec":{{spec}}}""").HasProxyContainer);

    [Theory]
    [InlineData("""{"metadata":[]}""", "metadata is an array, but must be an object.")]
    [InlineData("""{"metadata":"x"}""", "metadata is a string, but must be an object.")]
    [InlineData("""{"metadata":{"labels":[]}}""", "metadata.labels is an array, but must be an object.")]
    [InlineData("""{"metadata":{"labels":"a=b"}}""", "metadata.labels is a string, but must be an object.")]
    [InlineData("""{"metadata":{"labels":{"app":1}}}""", "metadata.labels[app] is a number, but must be a string.")]
    [InlineData("""{"metadata":{"labels":{"a/b":{}}}}""", "metadata.labels[a/b] is an object, but must be a string.")]
    [InlineData("""{"metadata":{"annotations":true}}""", "metadata.annotations is a boolean, but must be an object.")]
    [InlineData("""{"metadata":{"annotations":{"x":false}}}""", "metadata.annotations[x] is a boolean, but must be a string.")]
    [InlineData("""{"metadata":{"annotations":{"x":["y"]}}}""", "metadata.annotations[x] is an array, but must be a string.")]
    [InlineData("""{"metadata":{"name":1}}""", "metadata.name is a number, but must be a string.")]
    [InlineData("""{"metadata":{"generateName":{}}}""", "metadata.generateName is an object, but must be a string.")]
    [InlineData("""{"metadata":{"namespace":[]}}""", "metadata.namespace is an array, but must be a string.")]
    [InlineData("""{"metadata":{"deletionTimestamp":0}}""", "metadata.deletionTimestamp is a number, but must be a string.")]
    [InlineData("""{"spec":1}""", "spec is a number, but must be an object.")]
    [InlineData("""{"spec":{"hostNetwork":"true"}}""", "spec.hostNetwork is a string, but must be true or false.")]
    [InlineData("""{"spec":{"runtimeClassName":false}}""", "spec.runtimeClassName is a boolean, but must be a string.")]
    [InlineData("""{"spec":{"containers":{}}}""", "spec.containers is an object, but must be an array.")]
    [InlineData("""{"spec":{"initContainers":"x"}}""", "spec.initContainers is a string, but must be an array.")]
    [InlineData("""{"spec":{"containers":["istio-proxy"]}}""", "spec.containers[] is a string, but must be an object.")]
    [InlineData("""{"spec":{"initContainers":[null]}}""", "spec.initContainers[] is null, but must be an object.")]
    [InlineData("""[]""", "the object is an array, but must be a Pod object.")]
    [InlineData("""null""", "the object is null, but must be a Pod object.")]
    [InlineData("""7""", "the object is a number, but must be a Pod object.")]
    public void A_field_that_decides_must_have_its_type(string json, string message) =>
        Assert.Equal(message, Assert.Throws<UnexpectedFieldException>(() => Read(json)).Message);

    [Theory]
    [InlineData("""{"metadata":{"labels":{"app":"a","app":"b"}}}""", "the key metadata.labels.app comes twice.")]
    [InlineData("""{"metadata":{},"metadata":{}}""", "the key metadata comes twice.")]
    [InlineData("""{"spec":{"x":[{"y":1,"\u0079":2}]}}""", "the key spec.x.y comes twice.")]
    [InlineData("""{"unknown":{"a":1,"a":1}}""", "the key unknown.a comes twice.")]
    public void A_key_that_comes_twice_is_refused(string json, string message) =>
        Assert.Equal(message, Assert.Throws<UnexpectedFieldException>(() => Read(json)).Message);

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("""{"metadata":{"labels":{"a":"b"}""")]
    [InlineData("""{"spec":{"containers":[{"name":"x"}""")]
    [InlineData("""{} {}""")]
    public void Broken_JSON_is_refused(string json) => Assert.ThrowsAny<JsonException>(() => Read(json));

    [Theory]
    [InlineData("""{"metadata":{"name":"a","generateName":"b-"}}""", "a")]
    [InlineData("""{"metadata":{"generateName":"b-"}}""", "b-")]
    [InlineData("""{}""", "(unnamed)")]
    public void An_object_is_called_by_its_name_or_what_its_name_will_begin_with(string json, string title) =>
        Assert.Equal(title, Read(json).Metadata.Title);

    [Fact]
    public void Nested_in_a_document_the_reader_stops_at_the_end_of_the_object()
    {
        var document = """{"before":{"metadata":1},"object":{"metadata":{"name":"x"},"spec":{"containers":[{"name":"istio-proxy"}]}},"after":true}"""u8;
        var json = new StrictJsonReader(document, new int[64], new int[257]);
        json.Read();
        json.Read();
        json.Skip();
        json.Read();
        json.Read();

        var pod = Assert.IsType<PodWorkload>(WorkloadReader.Read(WorkloadKind.Pod, ref json, document));

        Assert.Equal("x", pod.Metadata.Name);
        Assert.True(pod.HasProxyContainer);
        Assert.Equal(JsonTokenType.EndObject, json.TokenType);
        json.Read();
        Assert.Equal("after", json.GetString());
    }

    private static PodWorkload Read(string json) =>
        Assert.IsType<PodWorkload>(WorkloadReader.Read(WorkloadKind.Pod, Encoding.UTF8.GetBytes(json)));
}
