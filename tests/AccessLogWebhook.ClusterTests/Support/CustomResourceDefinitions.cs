using System.Text.Json.Nodes;

namespace AccessLogWebhook.ClusterTests.Support;

/// <summary>The custom resources of a mesh: the real definitions where $ACCESSLOG_CRDS has them, else minimal ones of ours.</summary>
internal static class CustomResourceDefinitions
{
    /// <summary>This project's own, as the chart ships them.</summary>
    public static string OfThisProject => Path.Combine(AppContext.BaseDirectory, "Chart", "crds");

    public static async Task InstallAsync(ControlPlane plane)
    {
        // Server-side: the real ones are longer than the annotation in which a client-side apply keeps its last object.
        await ApplyAsync(plane, OfNeighbours());
        await ApplyAsync(plane, OfThisProject);
        await Eventually.HoldsAsync("every CRD is established and served", async () =>
        {
            var list = (await plane.Admin.GetAsync(ApiPaths.CustomResourceDefinitions)).Successful();
            foreach (var definition in list["items"]!.AsArray())
            {
                if (!IsEstablished(definition!) || !await IsServedAsync(plane, definition!["spec"]!))
                {
                    return false;
                }
            }

            return true;
        });
    }

    private static string OfNeighbours()
    {
        var directory = TestEnvironment.CrdDirectory ?? Path.Combine(AppContext.BaseDirectory, "Crds");
        return Directory.Exists(directory)
            ? directory
            : throw new DirectoryNotFoundException($"ACCESSLOG_CRDS names {directory}, which is no directory.");
    }

    private static async Task ApplyAsync(ControlPlane plane, string directory) =>
        (await plane.KubectlAsync(["apply", "--server-side", "-f", directory])).Successful();

    private static bool IsEstablished(JsonNode definition) =>
        definition["status"]?["conditions"] is JsonArray conditions
        && conditions.Any(condition => (string?)condition!["type"] == "Established" && (string?)condition["status"] == "True");

    // A definition is established a moment before its paths are served.
    private static async Task<bool> IsServedAsync(ControlPlane plane, JsonNode spec)
    {
        foreach (var version in spec["versions"]!.AsArray().Where(version => (bool)version!["served"]!))
        {
            var path = $"/apis/{spec["group"]}/{version!["name"]}/{spec["names"]!["plural"]}?limit=1";
            if (!(await plane.Admin.GetAsync(path)).IsSuccess)
            {
                return false;
            }
        }

        return true;
    }
}
