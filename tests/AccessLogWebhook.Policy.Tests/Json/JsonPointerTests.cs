using AccessLogWebhook.Policy.Json;

namespace AccessLogWebhook.Policy.Tests.Json;

public sealed class JsonPointerTests
{
    [Theory]
    [InlineData("", "a", "/a")]
    [InlineData("/metadata/labels", "app", "/metadata/labels/app")]
    [InlineData("/metadata/labels", "accesslog.mesh/profile", "/metadata/labels/accesslog.mesh~1profile")]
    [InlineData("/a", "m~n", "/a/m~0n")]
    [InlineData("/a", "~1", "/a/~01")]
    [InlineData("/a", "/~", "/a/~1~0")]
    [InlineData("/a", "~/~/", "/a/~0~1~0~1")]
    [InlineData("/a", "", "/a/")]
    [InlineData("/a", "ü \" %", "/a/ü \" %")]
    public void A_key_is_escaped_as_RFC_6901_says(string pointer, string key, string expected) =>
        Assert.Equal(expected, JsonPointer.Append(pointer, key));
}
