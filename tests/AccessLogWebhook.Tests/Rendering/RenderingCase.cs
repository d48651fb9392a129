using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AccessLogWebhook.Manifests;
using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Policy.Profiles;
using AccessLogWebhook.Policy.Rendering;

namespace AccessLogWebhook.Tests.Rendering;

/// <summary>A folder of <c>tests/Renderings</c>: a profile, and all that it renders to.</summary>
internal sealed record RenderingCase(string Name)
{
    public const string RootNamespace = "istio-system";
    public const string WorkloadNamespace = "shop";

    public static readonly ObjectKey Waypoint = new("shop", "waypoint");

    private static readonly string Root = System.IO.Path.GetFullPath(System.IO.Path.Combine(System.IO.Path.GetDirectoryName(ThisFile())!, "../../Renderings"));

    public string Expected => System.IO.Path.Combine(Root, Name, "expected.yaml");

    public static IEnumerable<RenderingCase> All() =>
        Directory.EnumerateDirectories(Root).Select(path => new RenderingCase(System.IO.Path.GetFileName(path))).OrderBy(@case => @case.Name, StringComparer.Ordinal);

    public static IEnumerable<TheoryDataRow<string>> Names() => All().Select(@case => new TheoryDataRow<string>(@case.Name));

    public AccessLogProfile Profile() => ProfileOf(File.ReadAllText(System.IO.Path.Combine(Root, Name, "profile.yaml")));

    public static AccessLogProfile ProfileOf(string yaml)
    {
        var reading = ManifestReader.Read("profile.yaml", Encoding.UTF8.GetBytes(yaml));
        Assert.Empty(reading.Errors);
        var manifest = Assert.Single(reading.Manifests);
        using var document = JsonDocument.Parse(manifest.Json);
        return AccessLogProfileReader.Read(manifest.Name, document.RootElement);
    }

    /// <summary>Every resource of the profile.</summary>
    public static IEnumerable<RenderedResource> ResourcesOf(ProfileRendering rendering) => new[]
    {
        rendering.ForWorkloads(rendering.Backend == LoggingResourceKind.EnvoyFilter ? RootNamespace : WorkloadNamespace),
        rendering.ForWaypoint(Waypoint),
        rendering.SilencerForWorkloads(WorkloadNamespace),
        rendering.SilencerForWaypoint(Waypoint),
    }.OfType<RenderedResource>();

    /// <summary>The resources, then what the mesh configuration needs.</summary>
    public static string Yaml(ProfileRendering rendering)
    {
        var documents = ResourcesOf(rendering).Select(resource => resource.ToManifest()).ToList();
        if (rendering.Provider is { } provider)
        {
            documents.Add(new JsonObject { ["extensionProviders"] = new JsonArray(provider.Entry) });
        }

        return YamlWriter.WriteAll(documents.Select(document => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(document.ToJsonString())));
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
