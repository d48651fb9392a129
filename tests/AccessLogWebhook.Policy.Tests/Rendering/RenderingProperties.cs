using System.Text.Json;
using System.Text.Json.Nodes;
using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Policy.Profiles;
using AccessLogWebhook.Policy.Rendering;
using CsCheck;

namespace AccessLogWebhook.Policy.Tests.Rendering;

/// <summary>Over generated profiles: reading never fails otherwise than by errors, and rendering depends on nothing but the content.</summary>
public sealed class RenderingProperties
{
    private static readonly Gen<string> Backend = OneOf("EnvoyFilter", "Telemetry");

    private static readonly Gen<(string, string)> Format = OneOf(
        """{"json":{"preset":"istio"}}""",
        """{"json":{"preset":"classic","fields":{"z":"%DURATION%","a":{"y":1,"b":["%ROUTE_NAME%"]}},"omit":["path"],"rename":{"method":"verb","protocol":"p"}}}""",
        """{"json":{"fields":{"q":"%REQ_WITHOUT_QUERY(:PATH)%","c":"%CEL(request.method)%"}}}""",
        """{"text":{"line":"%RESPONSE_CODE%"}}""").Select(value => ("format", value));

    private static readonly Gen<(string, string)> Proxies =
        Gen.Shuffle((string[])["\"sidecarInbound\"", "\"sidecarOutbound\"", "\"gateway\"", "\"waypoint\""], 1, 4).Select(items => ("proxies", $"[{string.Join(',', items)}]"));

    private static readonly Gen<(string, string)> Protocols =
        Gen.Shuffle((string[])["\"http\"", "\"tcp\"", "\"listener\""], 1, 3).Select(items => ("protocols", $"[{string.Join(',', items)}]"));

    private static readonly Gen<(string, string)> Filter = OneOf(
        """{"minStatus":400,"samplePercent":0.5}""",
        """{"minDuration":"1.5s","expression":"connection.mtls"}""",
        """{"excludeHealthChecks":true}""",
        """{"samplePercent":100}""").Select(value => ("filter", value));

    private static readonly Gen<(string, string)> Output = OneOf(
        """{"path":"/a"}""",
        """{"grpc":{"service":"a","port":1,"requestHeaders":["b","a"]}}""",
        """{"openTelemetry":{"service":"n/a","port":1,"resourceAttributes":{"b":"1","a":"2"}}}""",
        """{"provider":"mine"}""").Select(value => ("output", value));

    private static readonly Gen<(string, string)> Silenced = Gen.Shuffle((string[])["\"envoy\"", "\"otel\""], 1, 2).Select(items => ("silencedProviders", $"[{string.Join(',', items)}]"));

    private static readonly Gen<string> Spec =
        from backend in Backend
        from fields in Gen.Select(Sometimes(Format), Sometimes(Proxies), Sometimes(Protocols), Sometimes(Filter), Sometimes(Output), Sometimes(Silenced))
        let all = new[] { fields.Item1, fields.Item2, fields.Item3, fields.Item4, fields.Item5, fields.Item6 }
        select $$"""{"backend":"{{backend}}"{{string.Concat(all.OfType<(string Name, string Value)>().Select(field => $",\"{field.Name}\":{field.Value}"))}}}""";

    [Fact]
    public void The_order_of_members_and_what_is_not_rendered_change_nothing() => Gen.Select(Spec, Gen.Int).Sample((spec, seed) =>
    {
        var profile = Read(spec);
        if (!profile.Errors.IsEmpty)
        {
            return;
        }

        var shuffled = Shuffled(JsonNode.Parse(spec)!, new Random(seed)).AsObject();
        shuffled["selectable"] = true;
        shuffled["annotations"] = new JsonObject { ["a"] = "b" };

        Assert.Equal(Everything(ProfileRenderer.Render(profile)), Everything(ProfileRenderer.Render(Read(shuffled.ToJsonString()))));
    });

    [Fact]
    public void Two_profiles_have_one_revision_exactly_where_they_render_the_same() => Gen.Select(Spec, Spec).Sample((spec, other) =>
    {
        var (one, two) = (Read(spec), Read(other));
        if (one.Errors.IsEmpty && two.Errors.IsEmpty)
        {
            var (rendering, otherRendering) = (ProfileRenderer.Render(one), ProfileRenderer.Render(two));
            Assert.Equal(rendering.Revision == otherRendering.Revision, Contents(rendering) == Contents(otherRendering));
        }
    });

    [Fact]
    public void A_spec_comes_back_from_a_cluster_with_the_same_fingerprint() => Gen.Select(Spec, Gen.Int).Sample((spec, seed) =>
    {
        var profile = Read(spec);
        if (profile.Errors.IsEmpty && ProfileRenderer.Render(profile).ForWorkloads("a") is { } resource)
        {
            Assert.Equal(SpecFingerprint.Of(resource.Spec), SpecFingerprint.Of(Shuffled(resource.Spec, new Random(seed))));
        }
    });

    /// <summary>Whatever stands in a field, it is read or refused; the reader does not throw.</summary>
    [Fact]
    public void Any_JSON_in_any_field_is_read_or_refused() => Gen.Select(
        OneOf("backend", "format", "proxies", "protocols", "filter", "output", "silencedProviders", "annotations", "envoyFilterRef", "selectable"),
        OneOf("", ".json", ".text", ".json.fields", ".json.omit", ".json.rename", ".openTelemetry", ".grpc", ".minStatus", ".expression", ".grpc.service", ".path"),
        OneOf("null", "1", "-1.5e300", "true", "\"x\"", "\"\"", "\"%\"", "\"\\ud800\"", "[]", "[1]", "[null]", "[[\"a\"]]", "{}", "{\"a\":1}", "{\"\":null}", "{\"\\ud800\":1}", "{\"\\ud800\":1,\"\\u006eame\":\"x\"}"))
        .Sample((field, path, value) =>
        {
            foreach (var step in path.Split('.', StringSplitOptions.RemoveEmptyEntries).Reverse())
            {
                value = $$"""{"{{step}}":{{value}}}""";
            }

            var profile = Read($$"""{"{{field}}":{{value}}}""");
            Assert.All(profile.Errors, error => Assert.StartsWith("spec", error.Path, StringComparison.Ordinal));
            if (profile.Errors.IsEmpty && profile.EnvoyFilterRef is null)
            {
                ProfileRenderer.Render(profile);
            }
        });

    private static Gen<string> OneOf(params string[] values) => Gen.Int[0, values.Length - 1].Select(index => values[index]);

    private static Gen<(string, string)?> Sometimes(Gen<(string, string)> gen) => Gen.Select(gen, Gen.Bool).Select(pair => pair.Item2 ? pair.Item1 : ((string, string)?)null);

    private static JsonNode Shuffled(JsonNode node, Random random)
    {
        switch (node)
        {
            case JsonObject map:
                var members = map.ToArray();
                random.Shuffle(members);
                var result = new JsonObject();
                foreach (var (name, value) in members)
                {
                    result[name] = value is null ? null : Shuffled(value, random);
                }

                return result;
            case JsonArray list:
                return new JsonArray([.. list.Select(item => item is null ? null : Shuffled(item, random))]);
            default:
                return node.DeepClone();
        }
    }

    private static AccessLogProfile Read(string spec) => AccessLogProfileReader.Read("team", JsonElement.Parse($$$"""{"spec":{{{spec}}}}"""));

    private static string Everything(ProfileRendering rendering) => $"{rendering.Revision}\n{Contents(rendering)}";

    /// <summary>All that is rendered, without the revision itself.</summary>
    private static string Contents(ProfileRendering rendering) => string.Join(
        '\n',
        rendering.ForWorkloads("a")?.ToManifest().ToJsonString(),
        rendering.ForWaypoint(new ObjectKey("b", "c"))?.ToManifest().ToJsonString(),
        rendering.SilencerForWorkloads("a")?.ToManifest().ToJsonString(),
        rendering.SilencerForWaypoint(new ObjectKey("b", "c"))?.ToManifest().ToJsonString(),
        rendering.Provider?.Entry.ToJsonString()).Replace(rendering.Revision, "", StringComparison.Ordinal);
}
