using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AccessLogWebhook.Manifests;
using AccessLogWebhook.Policy.Linting;
using AccessLogWebhook.Policy.Mesh;
using CsCheck;

namespace AccessLogWebhook.Tests.Linting;

/// <summary>Whatever becomes of a manifest on its way, there is an answer.</summary>
public sealed class MutatedFixtureTests
{
    private static readonly string[] Objects = [.. Directory.EnumerateFiles(LintFixtureTests.Folder, "*.yaml", SearchOption.AllDirectories)
        .Order(StringComparer.Ordinal)
        .SelectMany(file => ManifestReader.ReadFile(file).Manifests)
        .Where(manifest => manifest.Kind is "EnvoyFilter" or "Telemetry")
        .Select(manifest => Encoding.UTF8.GetString(manifest.Json.Span))];

    private static readonly Gen<(string Json, uint[] Choices)> Mutations = Gen.Select(Gen.OneOf(Objects), Gen.UInt.Array[1, 6]);

    [Fact]
    public void A_fixture_with_values_taken_out_exchanged_and_doubled_is_linted() => Mutations.Sample(
        (json, choices) =>
        {
            var root = JsonNode.Parse(json)!.AsObject();
            foreach (var choice in choices)
            {
                Mutate(root["spec"], new Random((int)(choice & int.MaxValue)));
            }

            var subject = LintSubject.Read(JsonElement.Parse(root.ToJsonString()))!;
            var findings = Linter.Lint(subject, new LintContext(MeshSnapshot.Empty, "istio-system"));

            Assert.True(Linter.TouchesAccessLogs(subject) || findings.IsEmpty);
        },
        iter: 3_000);

    /// <summary>Changes one value somewhere below.</summary>
    private static void Mutate(JsonNode? node, Random random)
    {
        while (true)
        {
            switch (node)
            {
                case JsonObject { Count: > 0 } map:
                    var name = map.ElementAt(random.Next(map.Count)).Key;
                    if (random.Next(4) > 0 && map[name] is JsonObject or JsonArray)
                    {
                        node = map[name];
                        continue;
                    }

                    Change(random, () => map.Remove(name), value => map[name] = value, () => map[$"{name}s"] = map[name]?.DeepClone());
                    return;
                case JsonArray { Count: > 0 } list:
                    var index = random.Next(list.Count);
                    if (random.Next(4) > 0 && list[index] is JsonObject or JsonArray)
                    {
                        node = list[index];
                        continue;
                    }

                    Change(random, () => list.RemoveAt(index), value => list[index] = value, () => list.Add(list[index]?.DeepClone()));
                    return;
                default:
                    return;
            }
        }
    }

    private static void Change(Random random, Action remove, Action<JsonNode?> replace, Action repeat)
    {
        switch (random.Next(6))
        {
            case 0:
                remove();
                break;
            case 1:
                repeat();
                break;
            case 2:
                replace(null);
                break;
            case 3:
                replace("MERGE");
                break;
            case 4:
                replace(new JsonArray(new JsonObject { ["name"] = 7 }, "%START_TIME", null));
                break;
            default:
                replace(new JsonObject { ["@type"] = "x", ["filters"] = new JsonArray(new JsonObject(), 1) });
                break;
        }
    }
}
