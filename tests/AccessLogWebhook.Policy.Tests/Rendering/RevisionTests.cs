using System.Text.Json;
using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Policy.Profiles;
using AccessLogWebhook.Policy.Rendering;

namespace AccessLogWebhook.Policy.Tests.Rendering;

/// <summary>What makes a new revision, and what does not.</summary>
public sealed class RevisionTests
{
    private const string Full =
        """
        {"format": {"json": {"preset": "istio", "fields": {"a": "%DURATION%", "b": {"c": 1, "d": "x"}}, "omit": ["user_agent"], "rename": {"method": "verb"}}},
         "proxies": ["sidecarInbound", "gateway"], "protocols": ["http", "tcp"],
         "filter": {"minStatus": 400, "minDuration": "1m30s", "excludeHealthChecks": true, "samplePercent": 2.5, "expression": "connection.mtls"},
         "output": {"path": "/dev/stdout"}, "silencedProviders": ["envoy", "otel"]}
        """;

    public static TheoryData<string, string> Same => new()
    {
        { "{}", """{"backend": "EnvoyFilter"}""" },
        { "{}", """{"format": {"json": {"preset": "istio"}}}""" },
        { "{}", """{"proxies": ["waypoint", "gateway", "sidecarOutbound", "sidecarInbound"], "protocols": ["listener", "tcp", "http"]}""" },
        { "{}", """{"filter": {}, "output": {"path": "/dev/stdout"}, "silencedProviders": []}""" },
        { "{}", """{"filter": {"samplePercent": 100, "excludeHealthChecks": false}}""" },
        { "{}", """{"annotations": {"a": "b"}, "selectable": true, "requireProxy": true, "allowExempt": true}""" },
        { """{"filter": {"minDuration": "1m30s"}}""", """{"filter": {"minDuration": "90s"}}""" },
        { """{"filter": {"minDuration": "500ms"}}""", """{"filter": {"minDuration": "0.5s"}}""" },
        { """{"filter": {"samplePercent": 1}}""", """{"filter": {"samplePercent": 1.00}}""" },
        { """{"format": {"json": {"fields": {"a": 1, "b": 2}}}}""", """{"format": {"json": {"fields": {"b": 2.0, "a": 1e0}}}}""" },
        { """{"format": {"json": {"fields": {"a": "%DURATION%"}}}}""", """{"format": {"json": {"fields": {"a": "%DURATION()%"}}}}""" },
        { """{"format": {"json": {"preset": "istio"}}}""", """{"format": {"json": {"preset": "istio", "omit": [], "rename": {}, "fields": {}}}}""" },
        { """{"format": {"text": {"line": "%DURATION%"}}}""", """{"format": {"text": {"line": "%DURATION%\n"}}}""" },
        { """{"format": {"text": {"preset": "istio"}}}""", """{"format": {"text": {"line": "[%START_TIME%] \"%REQ(:METHOD)% %REQ(X-ENVOY-ORIGINAL-PATH?:PATH)% %PROTOCOL%\" %RESPONSE_CODE% %RESPONSE_FLAGS% %RESPONSE_CODE_DETAILS% %CONNECTION_TERMINATION_DETAILS% \"%UPSTREAM_TRANSPORT_FAILURE_REASON%\" %BYTES_RECEIVED% %BYTES_SENT% %DURATION% %RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)% \"%REQ(X-FORWARDED-FOR)%\" \"%REQ(USER-AGENT)%\" \"%REQ(X-REQUEST-ID)%\" \"%REQ(:AUTHORITY)%\" \"%UPSTREAM_HOST%\" %UPSTREAM_CLUSTER_RAW% %UPSTREAM_LOCAL_ADDRESS% %DOWNSTREAM_LOCAL_ADDRESS% %DOWNSTREAM_REMOTE_ADDRESS% %REQUESTED_SERVER_NAME% %ROUTE_NAME%"}}}""" },
        { """{"output": {"grpc": {"service": "a", "port": 1}}}""", """{"output": {"grpc": {"port": 1, "service": "a", "logName": "team", "requestHeaders": []}}}""" },
        { """{"output": {"grpc": {"service": "a", "port": 1, "requestHeaders": ["x", "y"]}}}""", """{"output": {"grpc": {"service": "a", "port": 1, "requestHeaders": ["y", "x"]}}}""" },
        { """{"output": {"openTelemetry": {"service": "a", "port": 1}}}""", """{"output": {"openTelemetry": {"service": "a", "port": 1, "disableBuiltinLabels": false, "resourceAttributes": {}}}}""" },
        { """{"output": {"openTelemetry": {"service": "a", "port": 1}}, "backend": "Telemetry"}""", """{"output": {"openTelemetry": {"service": "a", "port": 1, "disableBuiltinLabels": true}}, "backend": "Telemetry"}""" },
        { """{"silencedProviders": ["a", "b"]}""", """{"silencedProviders": ["b", "a"]}""" },
    };

    /// <summary>One change each to the full profile above.</summary>
    public static TheoryData<string, string> Changes => new()
    {
        { "\"preset\": \"istio\"", "\"preset\": \"classic\"" },
        { "%DURATION%", "%DURATION% ms" },
        { "\"a\":", "\"z\":" },
        { "\"c\": 1", "\"c\": 2" },
        { "\"c\": 1", "\"c\": \"1\"" },
        { "\"c\": 1", "\"c\": true" },
        { "\"user_agent\"", "\"path\"" },
        { "\"verb\"", "\"word\"" },
        { "\"sidecarInbound\", ", "" },
        { "\"gateway\"", "\"sidecarOutbound\"" },
        { "\"gateway\"", "\"gateway\", \"waypoint\"" },
        { "\"http\", ", "" },
        { "\"tcp\"", "\"listener\"" },
        { "400", "401" },
        { "\"1m30s\"", "\"91s\"" },
        { "\"excludeHealthChecks\": true, ", "" },
        { "2.5", "2.6" },
        { "connection.mtls", "!connection.mtls" },
        { "/dev/stdout", "/dev/stderr" },
        { "\"preset\": \"istio\", \"fields\": {\"a\": \"%DURATION%\", \"b\": {\"c\": 1, \"d\": \"x\"}}", "\"preset\": \"istio\"" },
        { ", \"otel\"", "" },
    };

    [Theory]
    [MemberData(nameof(Same))]
    public void Another_spelling_of_the_same_is_the_same_revision_byte_for_byte(string spec, string other) =>
        Assert.Equal(Everything(Render(spec)), Everything(Render(other)));

    [Theory]
    [MemberData(nameof(Changes))]
    public void Every_change_of_what_is_rendered_is_a_new_revision(string part, string replacement)
    {
        Assert.Contains(part, Full, StringComparison.Ordinal);
        Assert.NotEqual(Render(Full).Revision, Render(Full.Replace(part, replacement, StringComparison.Ordinal)).Revision);
    }

    [Theory]
    [InlineData("""{"service": "b", "port": 1}""")]
    [InlineData("""{"service": "n/a", "port": 1}""")]
    [InlineData("""{"service": "a", "port": 2}""")]
    [InlineData("""{"service": "a", "port": 1, "logName": "x"}""")]
    [InlineData("""{"service": "a", "port": 1, "requestHeaders": ["x"]}""")]
    [InlineData("""{"service": "a", "port": 1, "responseHeaders": ["x"]}""")]
    [InlineData("""{"service": "a", "port": 1, "responseTrailers": ["x"]}""")]
    [InlineData("""{"service": "a", "port": 1, "filterStateObjects": ["x"]}""")]
    public void Every_change_of_a_server_is_a_new_revision(string server)
    {
        foreach (var backend in (string[])["EnvoyFilter", "Telemetry"])
        {
            Assert.NotEqual(
                Render($$$$"""{"backend": "{{{{backend}}}}", "output": {"grpc": {"service": "a", "port": 1}}}""").Revision,
                Render($$$$"""{"backend": "{{{{backend}}}}", "output": {"grpc": {{{{server}}}}}}""").Revision);
        }
    }

    [Fact]
    public void Another_backend_or_another_name_is_another_revision()
    {
        Assert.NotEqual(Render("{}").Revision, Render("""{"backend": "Telemetry"}""").Revision);
        Assert.NotEqual(Render("{}").Revision, ProfileRenderer.Render(new AccessLogProfile("other")).Revision);
    }

    /// <summary>An upgrade of this project that renders the same must not roll every mesh; one that does not, must say so here.</summary>
    [Theory]
    [InlineData("json", "3dab64da1a")]
    [InlineData("json-errors", "2cc02d3315")]
    [InlineData("text", "7bd4669320")]
    public void The_revisions_of_the_built_in_profiles_are_known(string name, string revision) =>
        Assert.Equal(revision, ProfileRenderer.Render(BuiltInProfiles.Named(name)!).Revision);

    [Fact]
    public void A_revision_has_ten_hexadecimal_digits_and_fits_a_label()
    {
        var revision = Render(Full).Revision;

        Assert.Equal(10, revision.Length);
        Assert.True(ReferenceNames.IsRevision(revision));
    }

    private static ProfileRendering Render(string spec)
    {
        var profile = AccessLogProfileReader.Read("team", JsonElement.Parse($$$"""{"spec":{{{spec}}}}"""));
        Assert.Empty(profile.Errors);
        return ProfileRenderer.Render(profile);
    }

    private static string Everything(ProfileRendering rendering) => string.Join(
        '\n',
        rendering.Revision,
        rendering.ForWorkloads("a")?.ToManifest().ToJsonString(),
        rendering.ForWaypoint(new ObjectKey("b", "c"))?.ToManifest().ToJsonString(),
        rendering.SilencerForWorkloads("a")?.ToManifest().ToJsonString(),
        rendering.SilencerForWaypoint(new ObjectKey("b", "c"))?.ToManifest().ToJsonString(),
        rendering.Provider?.Entry.ToJsonString());
}
