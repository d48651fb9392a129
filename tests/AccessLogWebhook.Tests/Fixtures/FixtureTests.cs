using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using AccessLogWebhook.Cluster;
using AccessLogWebhook.Configuration;
using AccessLogWebhook.Manifests;
using AccessLogWebhook.Policy.Decisions;
using AccessLogWebhook.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace AccessLogWebhook.Tests.Fixtures;

/// <summary>
/// The cases of <c>tests/Fixtures</c> over HTTPS: what <c>/mutate</c> answers, what <c>/validate</c> answers to the object as it was sent, and
/// what it answers to the object as <c>/mutate</c> leaves it. They run against the server in this process, or against the executable that
/// <c>ACCESSLOG_BINARY</c> names; <c>UPDATE_GOLDEN=1</c> writes what comes out as what is expected.
/// </summary>
public sealed class FixtureTests
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly string Folder = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(ThisFile())!, "../../Fixtures"));

    public static IEnumerable<TheoryDataRow<string>> Cases() =>
        Directory.EnumerateDirectories(Folder).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal).Select(name => new TheoryDataRow<string>(name));

    [Fact]
    public void There_are_at_least_sixty() => Assert.True(Cases().Count() >= 60);

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Case(string name)
    {
        var folder = Path.Combine(Folder, name);
        var request = Request(Path.Combine(folder, "request.yaml"));
        var (mutated, validated, final) = await AnswersAsync(folder, request);

        var actual = new JsonObject { ["mutate"] = Readable(mutated), ["validate"] = Readable(validated) };
        if (final is not null)
        {
            actual["final"] = Readable(final);
        }

        var path = Path.Combine(folder, "expected.json");
        var text = actual.ToJsonString(Indented) + "\n";
#pragma warning disable RS0030 // The switches of the test run, not settings of the product.
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
#pragma warning restore RS0030
        {
            await File.WriteAllTextAsync(path, text);
        }

        Assert.Equal(await File.ReadAllTextAsync(path), text);
    }

    private static async Task<(Answer Mutated, Answer Validated, Answer? Final)> AnswersAsync(string folder, JsonObject request)
    {
        var (cluster, configuration) = (Path.Combine(folder, "cluster"), Path.Combine(folder, "config.yaml"));
        configuration = File.Exists(configuration) ? configuration : null;
#pragma warning disable RS0030 // As above.
        if (Environment.GetEnvironmentVariable("ACCESSLOG_BINARY") is { Length: > 0 } binary)
#pragma warning restore RS0030
        {
            await using var process = await WebhookProcess.StartAsync(binary, cluster, configuration);
            return await AnswersAsync((path, body) => process.PostAsync(path, body), request);
        }

        var view = new ClusterView();
        Assert.Empty(new DirectorySource(cluster, view, TimeProvider.System, NullLogger<DirectorySource>.Instance).LoadOnce());
        var settings = configuration is null ? PolicySettings.Default : ConfigurationFile.Read(configuration).Options!.Policy;
        var source = new FixedSource { LookUp = (name, _) => Task.FromResult<NamespaceLookup>(new NamespaceLookup.Found(new(name, Policy.Mesh.LabelSet.Empty))) };
        await using var webhook = await RunningWebhook.StartAsync(view.Snapshot, settings, source);
        return await AnswersAsync((path, body) => webhook.PostAsync(path, body), request);
    }

    private static async Task<(Answer, Answer, Answer?)> AnswersAsync(Func<string, byte[], Task<Answer>> postAsync, JsonObject request)
    {
        var mutated = await postAsync("/mutate?timeout=10s", Review(request));
        var validated = await postAsync("/validate?timeout=10s", Review(request));
        if (mutated.Patch() is not { Length: > 0 } patch)
        {
            return (mutated, validated, null);
        }

        var changed = request.DeepClone().AsObject();
        foreach (var operation in JsonNode.Parse(patch)!.AsArray())
        {
            Apply(changed["object"]!, operation!["op"]!.GetValue<string>(), operation["path"]!.GetValue<string>(), operation["value"]);
        }

        return (mutated, validated, await postAsync("/validate?timeout=10s", Review(changed)));
    }

    // By RFC 6902 and RFC 6901, in so far as the webhook uses them: add, replace and remove of a member.
    private static void Apply(JsonNode target, string operation, string pointer, JsonNode? value)
    {
        var keys = pointer[1..].Split('/').Select(key => key.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal)).ToArray();
        foreach (var key in keys[..^1])
        {
            target = target[key]!;
        }

        if (operation == "remove")
        {
            Assert.True(target.AsObject().Remove(keys[^1]));
            return;
        }

        target[keys[^1]] = value?.DeepClone();
    }

    private static JsonObject Request(string path)
    {
        var reading = ManifestReader.Read(path, Encoding.UTF8.GetBytes("apiVersion: fixtures/v1\nkind: Request\n" + File.ReadAllText(path)));
        Assert.Empty(reading.Errors);
        return JsonNode.Parse(reading.Manifests.Single().Json.Span)!.AsObject();
    }

    private static byte[] Review(JsonObject fixture)
    {
        var @object = fixture["object"];
        var described = (@object ?? fixture["oldObject"])!;
        var apiVersion = described["apiVersion"]!.GetValue<string>().Split('/');
        var kind = new JsonObject
        {
            ["group"] = apiVersion.Length == 2 ? apiVersion[0] : "",
            ["version"] = apiVersion[^1],
            ["kind"] = described["kind"]!.GetValue<string>(),
        };
        var isNamespace = described["kind"]!.GetValue<string>() == "Namespace";
        var review = new JsonObject
        {
            ["kind"] = "AdmissionReview",
            ["apiVersion"] = "admission.k8s.io/v1",
            ["request"] = new JsonObject
            {
                ["uid"] = "fixture",
                ["kind"] = kind,
                ["subResource"] = fixture["subResource"]?.DeepClone(),
                ["namespace"] = fixture["namespace"]?.DeepClone() ?? (isNamespace ? described["metadata"]!["name"]!.DeepClone() : "shop"),
                ["operation"] = fixture["operation"]?.DeepClone() ?? "CREATE",
                ["userInfo"] = new JsonObject { ["username"] = fixture["username"]?.DeepClone() ?? "alice" },
                ["object"] = @object?.DeepClone(),
                ["oldObject"] = fixture["oldObject"]?.DeepClone(),
                ["dryRun"] = fixture["dryRun"]?.DeepClone() ?? false,
            },
        };
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        review.WriteTo(json);
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The response with its patch decoded and without what every response has.</summary>
    private static JsonNode Readable(Answer answer)
    {
        Assert.Equal((200, "application/json"), (answer.Status, answer.ContentType));
        var response = JsonNode.Parse(answer.Body)!["response"]!.AsObject();
        Assert.Equal("fixture", response["uid"]!.GetValue<string>());
        response.Remove("uid");
        if (response.Remove("patchType") && response.Remove("patch", out _))
        {
            response["patch"] = JsonNode.Parse(answer.Patch());
        }

        return response.DeepClone();
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
