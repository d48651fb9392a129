using System.Text.Json;
using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Policy.Rendering;

namespace AccessLogWebhook.Tests.Rendering;

/// <summary>
/// The cases of <c>tests/Renderings</c>, one for each option: what a profile renders to, word for word, and that every message in it is one that
/// Envoy knows. <c>UPDATE_GOLDEN=1</c> writes what comes out as what is expected.
/// </summary>
public sealed class GoldenRenderingTests
{
    [Fact]
    public void There_is_a_case_for_each_option() => Assert.True(RenderingCase.All().Count() >= 40);

    [Theory]
    [MemberData(nameof(RenderingCase.Names), MemberType = typeof(RenderingCase))]
    public async Task A_profile_renders_to_what_is_expected(string name)
    {
        var @case = new RenderingCase(name);
        var profile = @case.Profile();
        Assert.Empty(profile.Errors);

        var text = RenderingCase.Yaml(ProfileRenderer.Render(profile));

#pragma warning disable RS0030 // A switch of the test run, not a setting of the product.
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
#pragma warning restore RS0030
        {
            await File.WriteAllTextAsync(@case.Expected, text);
        }

        Assert.Equal(await File.ReadAllTextAsync(@case.Expected), text);
    }

    [Theory]
    [MemberData(nameof(RenderingCase.Names), MemberType = typeof(RenderingCase))]
    public void Every_message_is_one_that_Envoy_and_Istio_know(string name)
    {
        var check = new MessageCheck(MessageTable.Shared);
        var rendering = ProfileRenderer.Render(new RenderingCase(name).Profile());
        var patches = 0;
        foreach (var resource in RenderingCase.ResourcesOf(rendering).Where(resource => resource.Kind == LoggingResourceKind.EnvoyFilter))
        {
            foreach (var (index, patch) in JsonElement.Parse(resource.Spec.ToJsonString()).GetProperty("configPatches").EnumerateArray().Index())
            {
                var type = patch.GetProperty("applyTo").GetString() == "LISTENER" ? "envoy.config.listener.v3.Listener" : "envoy.config.listener.v3.Filter";
                check.Check(patch.GetProperty("patch").GetProperty("value"), type, $"{resource.Key} configPatches[{index}]", isPart: true);
                patches++;
            }
        }

        if (rendering.Provider is { } provider)
        {
            check.Check(JsonElement.Parse(provider.Entry.ToJsonString()), "istio.mesh.v1alpha1.MeshConfig.ExtensionProvider", "extensionProviders[0]");
        }

        Assert.Empty(check.Faults);
        Assert.Equal(rendering.Backend == LoggingResourceKind.EnvoyFilter, patches > 0);
        // What istiod itself uses; the fields that take their place are unknown to proxies of earlier releases.
        Assert.Empty(check.Deprecated.Except(
        [
            "envoy.config.core.v3.JsonFormatOptions.sort_properties",
            "envoy.extensions.access_loggers.open_telemetry.v3.OpenTelemetryAccessLogConfig.common_config",
        ]));
    }

    [Theory]
    [MemberData(nameof(RenderingCase.Names), MemberType = typeof(RenderingCase))]
    public void Rendering_again_gives_the_same_and_nobody_shares_it(string name)
    {
        var profile = new RenderingCase(name).Profile();
        var rendering = ProfileRenderer.Render(profile);
        var before = RenderingCase.Yaml(rendering);

        foreach (var resource in RenderingCase.ResourcesOf(rendering))
        {
            resource.Spec.Clear();
        }

        rendering.Provider?.Entry.Clear();

        Assert.Equal(before, RenderingCase.Yaml(rendering));
        Assert.Equal(before, RenderingCase.Yaml(ProfileRenderer.Render(new RenderingCase(name).Profile())));
    }
}
