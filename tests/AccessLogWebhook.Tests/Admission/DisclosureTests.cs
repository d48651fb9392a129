using System.Text.Json.Nodes;
using AccessLogWebhook.Auditing;
using AccessLogWebhook.Observability;
using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Policy.Profiles;
using AccessLogWebhook.Tests.Support;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace AccessLogWebhook.Tests.Admission;

/// <summary>
/// What a review holds and nobody is to see again: in the log at its most talkative, in the trail, in the metrics and in the answer. And what it holds that
/// a terminal would obey.
/// </summary>
public sealed class DisclosureTests : IDisposable
{
    private const string Canary = "s3cr3t-c4n4ry";

    // Escape sequences of both kinds, the end of a line in four ways, text that runs backwards, and what has no width.
    private const string Evil = "\\u001b[2J\\u009b31m\\r\\n\\u2028\\u2029\\u202egnp\\u2066\\u200b\\ufeff\\u0085\\u0000\\u007f";

    private static readonly string[] Kinds = [Reviews.Pod, Reviews.IstioGateway, Reviews.KubernetesGateway, Reviews.Namespace,
        """{"group":"accesslog.mesh","version":"v1alpha1","kind":"AccessLogProfile"}""", """{"group":"networking.istio.io","version":"v1alpha3","kind":"EnvoyFilter"}""",
        """{"group":"telemetry.istio.io","version":"v1","kind":"Telemetry"}"""];

    private static readonly MeshSnapshot Mesh = MeshSnapshot.Empty with
    {
        Namespaces = MeshSnapshot.Empty.Namespaces
            .Add("inject", Space("inject", ("accesslog.mesh/inject", "json")))
            .Add("enforce", Space("enforce", ("accesslog.mesh/enforce", "json")))
            .Add("all", Space("all", ("accesslog.mesh/enforce", "excusing"), ("accesslog.mesh/warn", "gone"), ("accesslog.mesh/audit", "json"))),
        Profiles = MeshSnapshot.Empty.Profiles.Add("json", new AccessLogProfile("json") { Revision = "0c4d" }).Add("excusing", new AccessLogProfile("excusing") { Revision = "0c4d", AllowExempt = true }),
    };

    private readonly TemporaryDirectory directory = new();

    [Theory]
    [MemberData(nameof(Canaries))]
    public async Task No_value_of_an_object_is_seen_again(string kind, string @object)
    {
        var (seen, _) = await SeenAsync(kind, @object.Replace("CANARY", Canary, StringComparison.Ordinal), "alice");

        Assert.DoesNotContain(Canary, seen, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task What_nobody_sees_is_in_no_answer_log_line_trail_or_metric()
    {
        var hostile = $$$$"""
            {"metadata":{"name":"a{{{{Evil}}}}","generateName":"b{{{{Evil}}}}","namespace":"c{{{{Evil}}}}","labels":{"accesslog.mesh/profile":"d{{{{Evil}}}}","accesslog.mesh/revision":"e{{{{Evil}}}}","accesslog.mesh/f{{{{Evil}}}}":"g{{{{Evil}}}}","accesslog.mesh/enforce":"h{{{{Evil}}}}"},
             "annotations":{"accesslog.mesh/envoyfilter":"i{{{{Evil}}}}/j","accesslog.mesh/exempt":"k{{{{Evil}}}}","sidecar.istio.io/inject":"l{{{{Evil}}}}"} },
             "spec":{"containers":[{"name":"m{{{{Evil}}}}","image":"n{{{{Evil}}}}"}],"gatewayClassName":"o{{{{Evil}}}}","selector":{"p{{{{Evil}}}}":"q{{{{Evil}}}}"},"backend":"r{{{{Evil}}}}","s{{{{Evil}}}}":1,"infrastructure":{"labels":{"t{{{{Evil}}}}":"u{{{{Evil}}}}"} },
              "format":{"text":{"line":"%v{{{{Evil}}}}(%"}},"configPatches":[{"applyTo":"w{{{{Evil}}}}","patch":{"operation":"x{{{{Evil}}}}","value":{"typed_config":{"@type":"y{{{{Evil}}}}","access_log":[{"name":"envoy.access_loggers.file","typed_config":{"@type":"type.googleapis.com/z{{{{Evil}}}}"} }] } } } }],
              "accessLogging":[{"providers":[{"name":"A{{{{Evil}}}}"}],"filter":{"expression":"B{{{{Evil}}}}"} }] } }
            """;
        foreach (var kind in Kinds)
        {
            var (seen, answers) = await SeenAsync(kind, hostile, $"C{Evil}");

            Assert.DoesNotContain(seen, character => character != '\n' && IsUnseen(character));
            foreach (var answer in answers)
            {
                foreach (var text in TextsOf(JsonNode.Parse(answer)!["response"]!))
                {
                    Assert.DoesNotContain(text, IsUnseen);
                }
            }
        }
    }

    public static IEnumerable<TheoryDataRow<string, string>> Canaries()
    {
        const string Metadata = "\"metadata\":{\"name\":\"api\",\"annotations\":{\"kubectl.kubernetes.io/last-applied-configuration\":\"{\\\"token\\\":\\\"CANARY\\\"}\",\"vault.example/token\":\"CANARY\"},\"managedFields\":[{\"manager\":\"CANARY\"}]}";
        foreach (var kind in Kinds[..4])
        {
            yield return new(kind, $$$"""
                { {{{Metadata}}},"spec":{"serviceAccountName":"CANARY","imagePullSecrets":[{"name":"CANARY"}],"volumes":[{"name":"v","secret":{"secretName":"CANARY"}}],
                 "containers":[{"name":"api","image":"CANARY/api:1","command":["run","--token=CANARY"],"env":[{"name":"TOKEN","value":"CANARY"}],"envFrom":[{"secretRef":{"name":"CANARY"}}]}],
                 "gatewayClassName":"istio","servers":[{"tls":{"credentialName":"CANARY"}}],"listeners":[{"tls":{"certificateRefs":[{"name":"CANARY"}]}}]},"data":{"password":"CANARY"}}
                """);
            // Where it should be something else, too: a message says of what type it is to be, and not what was there.
            yield return new(kind, $$$"""{ {{{Metadata}}},"spec":"CANARY"}""");
            yield return new(kind, """{"metadata":{"name":"api","labels":"CANARY","annotations":["CANARY"]},"spec":{"containers":"CANARY"}}""");
        }

        foreach (var kind in Kinds[4..])
        {
            yield return new(kind, "{ " + Metadata + """
                ,"spec":{"configPatches":[
                  {"applyTo":"HTTP_FILTER","patch":{"operation":"INSERT_BEFORE","value":{"name":"envoy.filters.http.lua","typed_config":{"@type":"type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua","inline_code":"-- CANARY"}}}},
                  {"applyTo":"NETWORK_FILTER","match":{"listener":{"filterChain":{"filter":{"name":"envoy.filters.network.http_connection_manager"}}}},"patch":{"operation":"MERGE","value":{"typed_config":{
                   "@type":"type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager","access_log":[{"name":"envoy.access_loggers.http_grpc","typed_config":{
                   "@type":"type.googleapis.com/envoy.extensions.access_loggers.grpc.v3.HttpGrpcAccessLogConfig","common_config":{"log_name":"x","grpc_service":{"envoy_grpc":{"cluster_name":"c"},"initial_metadata":[{"key":"authorization","value":"CANARY"}]}}}}]}}}}]}}
                """);
        }
    }

    public void Dispose() => directory.Dispose();

    private static NamespaceFacts Space(string name, params (string, string)[] labels) => new(name, LabelSet.Of([("istio-injection", "enabled"), .. labels]));

    private static bool IsUnseen(char character) => char.IsControl(character) || character is '\u2028' or '\u2029' or '\u202e' or '\u2066' or '\u200b' or '\ufeff';

    private static IEnumerable<string> TextsOf(JsonNode node) => node switch
    {
        // What an object gets is what it asked for.
        JsonObject @object => @object.Where(member => member.Key is not ("uid" or "patch")).SelectMany(member => TextsOf(member.Value!).Append(member.Key)),
        JsonArray array => array.SelectMany(item => TextsOf(item!)),
        JsonValue value when value.TryGetValue<string>(out var text) => [text],
        _ => [],
    };

    /// <summary>Everything that comes of an object, in each namespace, as it is created and as it is changed.</summary>
    private async Task<(string Seen, List<string> Answers)> SeenAsync(string kind, string @object, string username)
    {
        var (metrics, file, answers) = (new WebhookMetrics(), directory[$"{Guid.NewGuid():N}.jsonl"], new List<string>());
        var trail = new AuditTrail(() => AuditDestination.Open(file), metrics, TimeProvider.System, NullLogger<AuditTrail>.Instance);
        using var stopping = new CancellationTokenSource();
        var writing = trail.RunAsync(stopping.Token);
        string exposed, logged;
        await using (var webhook = await RunningWebhook.StartAsync(Mesh, trail: trail, level: LogLevel.Trace))
        {
            foreach (var space in (string[])["inject", "enforce", "all", "unknown"])
            {
                foreach (var (operation, old) in ((string, string)[])[("CREATE", "null"), ("UPDATE", "{\"metadata\":{\"name\":\"api\"},\"spec\":{}}"), ("DELETE", @object)])
                {
                    foreach (var path in (string[])["/mutate", "/validate"])
                    {
                        var body = Reviews.Of(operation == "DELETE" ? "null" : @object, kind, operation, space, old, username: username);
                        answers.Add((await webhook.PostAsync(path, body)).Body);
                    }
                }
            }

            exposed = (await webhook.GetAsync("/metrics")).Body;
            logged = string.Join('\n', webhook.Logs.Lines);
        }

        await stopping.CancelAsync();
        await writing.WaitAsync(TestTime.Patience);
        Assert.NotEmpty(logged);
        var trailed = File.Exists(file) ? await File.ReadAllTextAsync(file) : "";
        return (string.Join('\n', [exposed, logged.ReplaceLineEndings("\n"), trailed, .. answers]), answers);
    }
}
