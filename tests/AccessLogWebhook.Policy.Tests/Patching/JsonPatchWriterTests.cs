using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Policy.Patching;

namespace AccessLogWebhook.Policy.Tests.Patching;

public sealed class JsonPatchWriterTests
{
    [Fact]
    public void A_patch_is_these_bytes() => Assert.Equal(
        """[{"op":"add","path":"/metadata","value":{}},{"op":"add","path":"/metadata/labels","value":{"a":"1","b/c":"2"}},{"op":"replace","path":"/metadata/labels/b~1c","value":"3"},{"op":"add","path":"/metadata/annotations/x","value":""}]""",
        Write(
            JsonPatchOperation.Add("/metadata", LabelSet.Empty),
            JsonPatchOperation.Add("/metadata/labels", LabelSet.Of(("b/c", "2"), ("a", "1"))),
            JsonPatchOperation.Replace("/metadata/labels/b~1c", "3"),
            JsonPatchOperation.Add("/metadata/annotations/x", "")));

    [Fact]
    public void No_operations_are_an_empty_array() => Assert.Equal("[]", Write());

    [Fact]
    public void Only_what_JSON_demands_is_escaped() => Assert.Equal(
        """[{"op":"add","path":"/a<ü>","value":"\"\\\n\u0001 <&'+> ü €"}]""",
        Write(JsonPatchOperation.Add("/a<ü>", "\"\\\n\u0001 <&'+> ü €")));

    private static string Write(params JsonPatchOperation[] operations) => WrittenPatch.Of(operations);
}
