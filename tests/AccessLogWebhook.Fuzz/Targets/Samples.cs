using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AccessLogWebhook.Manifests;

namespace AccessLogWebhook.Fuzz.Targets;

/// <summary>What the other tests read, as bytes.</summary>
internal static class Samples
{
    public static IEnumerable<string> Files(string folder, params ReadOnlySpan<string> patterns)
    {
        var found = new List<string>();
        foreach (var pattern in patterns)
        {
            found.AddRange(Directory.EnumerateFiles(folder, pattern, SearchOption.AllDirectories));
        }

        return found.Order(StringComparer.Ordinal);
    }

    /// <summary>The objects of all manifests below a folder, each as JSON.</summary>
    public static IEnumerable<Manifest> Objects(string folder, string pattern = "*.yaml") =>
        Files(folder, pattern).SelectMany(file => ManifestReader.ReadFile(file).Manifests);

    /// <summary>The requests of the fixtures, as an API server would send them.</summary>
    public static IEnumerable<byte[]> Reviews(string tests)
    {
        foreach (var file in Files(Path.Combine(tests, "Fixtures"), "request.yaml"))
        {
            var request = JsonNode.Parse(Json(File.ReadAllBytes(file)))!.AsObject();
            var written = request["object"] ?? request["oldObject"];
            if (written is JsonObject { } sample)
            {
                yield return Review(sample, request);
            }
        }
    }

    /// <summary>A YAML document as JSON, whatever it is.</summary>
    public static byte[] Json(byte[] yaml)
    {
        var document = YamlDocuments.Read("sample.yaml", yaml).Documents[0];
        return new NodeJson("sample.yaml", yaml.Length, []).Write(document.Root) ?? [];
    }

    private static byte[] Review(JsonObject sample, JsonObject request)
    {
        var apiVersion = (string?)sample["apiVersion"] ?? "v1";
        var slash = apiVersion.IndexOf('/', StringComparison.Ordinal);
        var review = new JsonObject
        {
            ["kind"] = "AdmissionReview",
            ["apiVersion"] = "admission.k8s.io/v1",
            ["request"] = new JsonObject
            {
                ["uid"] = "705ab4f5",
                ["kind"] = new JsonObject { ["group"] = slash < 0 ? "" : apiVersion[..slash], ["version"] = apiVersion[(slash + 1)..], ["kind"] = sample["kind"]?.DeepClone() },
                ["namespace"] = (string?)request["namespace"] ?? "shop",
                ["operation"] = (string?)request["operation"] ?? "CREATE",
                ["userInfo"] = new JsonObject { ["username"] = (string?)request["username"] ?? "ada" },
                ["object"] = request["object"]?.DeepClone(),
                ["oldObject"] = request["oldObject"]?.DeepClone(),
                ["dryRun"] = (bool?)request["dryRun"] ?? false,
            },
        };
        if (request["subResource"] is { } subresource)
        {
            review["request"]!["subResource"] = subresource.DeepClone();
        }

        return Encoding.UTF8.GetBytes(review.ToJsonString(new JsonSerializerOptions()));
    }
}
