using System.Text;
using System.Text.Json;
using AccessLogWebhook.Policy.Json;
using AccessLogWebhook.Policy.Linting;
using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Policy.Profiles;

namespace AccessLogWebhook.Policy.Tests.Json;

/// <summary>System.Text.Json parses documents whose strings are no UTF-8, and fails when one is read.</summary>
public sealed class InvalidUtf8Tests
{
    [Fact]
    public void What_is_written_is_told_as_far_as_it_is_text() => Assert.Equal("{\"a\":\"b\uFFFD\"}", Of("""{"a":"b?"}""").Written());

    [Fact]
    public void What_is_not_there_is_written_as_nothing() => Assert.Equal("", default(JsonElement).Written());

    [Theory]
    [InlineData("""{"spec":{"format":{"json":{"preset":"ist?"}}}}""")]
    [InlineData("""{"spec":{"format":{"json":{"fiel?ds":{}}}}}""")]
    public void In_a_profile_it_is_a_fault_of_that_profile(string json) => Assert.NotEmpty(AccessLogProfileReader.Read("p", Of(json)).Errors);

    [Fact]
    public void The_operation_of_a_patch_is_told_as_far_as_it_is_text()
    {
        var subject = LintSubject.Read(Of("""
            {"apiVersion":"networking.istio.io/v1alpha3","kind":"EnvoyFilter","metadata":{"name":"x"},"spec":{"configPatches":[{"applyTo":"NETWORK_FILTER",
            "match":{"listener":{"filterChain":{"filter":{"name":"envoy.filters.network.http_connection_manager"}}}},
            "patch":{"operation":"M?RGE","value":{"typed_config":{"@type":"type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager","access_log":[]}}}}]}}
            """));

        Assert.Contains(Linter.Lint(subject!, new LintContext(MeshSnapshot.Empty, "istio-system")), finding => finding.Message.Contains("M\uFFFDRGE", StringComparison.Ordinal));
    }

    // Where the question mark stands, a byte that begins nothing.
    private static JsonElement Of(string json) => JsonElement.Parse([.. Encoding.UTF8.GetBytes(json).Select(octet => octet == (byte)'?' ? (byte)0xff : octet)]);
}
