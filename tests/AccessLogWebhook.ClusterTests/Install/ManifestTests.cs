using System.Runtime.CompilerServices;
using AccessLogWebhook.ClusterTests.Support;

namespace AccessLogWebhook.ClusterTests.Install;

/// <summary>The API server's own opinion of what the chart renders.</summary>
public sealed class ManifestTests(ControlPlaneFixture fixture) : ClusterTest(fixture)
{
    [Theory]
    [InlineData("default")]
    [InlineData("admission-only")]
    [InlineData("cert-manager")]
    [InlineData("defaults")]
    [InlineData("provided")]
    [InlineData("everything")]
    public async Task The_API_server_takes_every_manifest_and_Pod_Security_has_nothing_to_say(string name)
    {
        await Admin.PostAsync(
            ApiPaths.Namespaces(),
            $$$"""{"metadata":{"name":"{{{InstalledManifests.Namespace}}}","labels":{"pod-security.kubernetes.io/enforce":"restricted","pod-security.kubernetes.io/warn":"restricted"} } }""");

        // Where the Lease of one case is.
        await Admin.PostAsync(ApiPaths.Namespaces(), """{"metadata":{"name":"istio-system"}}""");
        var result = await Plane.KubectlAsync(
            ["apply", "--server-side", "--dry-run=server", "--validate=strict", "-f", "-"], InstalledManifests.Known(InstalledManifests.Case(name)));

        Assert.Contains("deployment.apps/accesslog-webhook serverside-applied (server dry run)", result.Successful(), StringComparison.Ordinal);
        Assert.DoesNotContain("Warning", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_plain_manifests_are_taken_with_the_kustomization_that_names_the_image()
    {
        await Admin.PostAsync(ApiPaths.Namespaces(), $$"""{"metadata":{"name":"{{InstalledManifests.Namespace}}"} }""");
        await Admin.PostAsync(ApiPaths.Namespaces(), """{"metadata":{"name":"istio-system"}}""");

        var result = await Plane.KubectlAsync(["apply", "--server-side", "--force-conflicts", "--dry-run=server", "--validate=strict", "-o", "yaml", "-k", Plain()]);

        var applied = result.Successful();
        Assert.Contains("image: accesslog-webhook:0.1.0", applied, StringComparison.Ordinal);
        Assert.Contains("kind: ValidatingWebhookConfiguration", applied, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_README_says_removes_the_plain_manifests_without_the_definition_of_profiles()
    {
        var roles = InstalledManifests.Kinds(InstalledManifests.Plain, "ClusterRole");
        (await Plane.KubectlAsync(["apply", "--server-side", "-f", "-"], roles)).Successful();
        var everything = (await Plane.KubectlAsync(["kustomize", Plain()], "")).Successful();

        var removed = (await Plane.KubectlAsync(
            ["delete", "-f", "-", "--selector", "app.kubernetes.io/name=accesslog-webhook", "--ignore-not-found", "--dry-run=server"], everything)).Successful();

        Assert.Contains("accesslog-webhook\" deleted (server dry run)", removed, StringComparison.Ordinal);
        Assert.Contains("kind: CustomResourceDefinition", everything, StringComparison.Ordinal);
        Assert.DoesNotContain("customresourcedefinition", removed, StringComparison.Ordinal);
        Assert.DoesNotContain("namespace \"accesslog-webhook\"", removed, StringComparison.Ordinal);
    }

    private static string Plain([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../../charts/plain"));
}
