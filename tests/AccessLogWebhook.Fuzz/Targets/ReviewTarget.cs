using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AccessLogWebhook.Admission;
using AccessLogWebhook.Cluster;
using AccessLogWebhook.Observability;
using AccessLogWebhook.Policy.Decisions;
using AccessLogWebhook.Policy.Patching;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AccessLogWebhook.Fuzz.Targets;

/// <summary>
/// The body of a request to <c>/mutate</c> or <c>/validate</c>, through the endpoint itself. There is an answer: a review of the same uid, or a bare 400. The endpoint never has to fall
/// back on what is set for its own faults. What it patches is patched alike by another reader of RFC 6902, and needs no second patch.
/// </summary>
internal sealed class ReviewTarget : FuzzTarget
{
    private readonly bool isMutation;
    private readonly AdmissionEndpoint endpoint;
    private readonly FaultLogger faults = new();

    public ReviewTarget(string name, bool isMutation)
        : base(name)
    {
        this.isMutation = isMutation;
        var view = new ClusterView();
        view.Publish(_ => StandingCluster.Mesh);
        endpoint = new AdmissionEndpoint(
            new ClusterFacts(view, new StandingCluster()), new LivePolicySettings(PolicySettings.Default), new AdmissionCapacity(mostRequests: 1, mostBodyBytes: 64 * 1024 * 1024), new WebhookMetrics(), null, TimeProvider.System, faults);
    }

    public override IEnumerable<string> Words =>
    [
        "\"shop\"", "\"inject\"", "\"enforce\"", "\"telemetry\"", "\"unknown\"", "\"plain\"", "\"UPDATE\"", "\"DELETE\"", "\"CONNECT\"", "\"AccessLogProfile\"", "\"accesslog.mesh\"", "\"v1alpha1\"",
        "\"EnvoyFilter\"", "\"networking.istio.io\"", "\"v1alpha3\"", "\"Telemetry\"", "\"telemetry.istio.io\"", "\"Namespace\"", "\"gateway.networking.k8s.io\"", "\"accesslog.mesh/exempt\"",
        "\\ud800", "\\u0000", "1e999", "\"fluent\"", "\"team\"", "\"broken\"",
    ];

    public override IEnumerable<byte[]> Seeds(string tests) =>
    [
        .. Samples.Reviews(tests),
        .. Samples.Objects(Path.Combine(tests, "Renderings"), "profile.yaml").Take(30).Select(profile => Definition(profile, "accesslog.mesh", "v1alpha1", "AccessLogProfile")),
        .. Samples.Objects(Path.Combine(tests, "LintFixtures"), "bad.yaml").Where(each => each.Kind == "EnvoyFilter").Take(30).Select(filter => Definition(filter, "networking.istio.io", "v1alpha3", "EnvoyFilter")),
        .. Samples.Objects(Path.Combine(tests, "LintFixtures"), "bad.yaml").Where(each => each.Kind == "Telemetry").Take(10).Select(each => Definition(each, "telemetry.istio.io", "v1", "Telemetry")),
    ];

    protected override void Run(ReadOnlySpan<byte> input)
    {
        var body = input.ToArray();
        using var answer = new MemoryStream(4 * 1024);
        var status = Answer(body, answer);
        var written = answer.GetBuffer().AsMemory(0, (int)answer.Length);
        Expect.That(written.Length <= (256 * 1024) + (40 * body.Length), $"the answer has {written.Length} bytes");
        var review = AdmissionReviewReader.Read(body);
        if (status != StatusCodes.Status200OK)
        {
            Expect.That(status == StatusCodes.Status400BadRequest && (review is ReadReview.Malformed || body.Length == 0), $"status {status}: {Encoding.UTF8.GetString(written.Span)}");
            return;
        }

        var uid = review switch
        {
            ReadReview.Sound sound => sound.Request.Uid,
            ReadReview.Errored errored => errored.Uid,
            _ => throw new BrokenPromiseException("a review that is none was answered"),
        };
        using var document = JsonDocument.Parse(written);
        var response = document.RootElement.GetProperty("response");
        Expect.Equal(uid, response.GetProperty("uid").GetString()!, "uid");
        var allowed = response.GetProperty("allowed").GetBoolean();
        Expect.That(allowed || response.GetProperty("status").GetProperty("message").GetString()!.Length > 0, $"refused without a word");
        if (response.TryGetProperty("patch", out var patch))
        {
            Expect.That(isMutation && allowed, $"a patch that nobody can want");
            CheckPatch(body, ((ReadReview.Sound)review).Request, patch.GetBytesFromBase64());
        }
    }

    private static byte[] Definition(Manifests.Manifest manifest, string group, string version, string kind) => Utf8(
        $$$"""{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":{"uid":"d","kind":{"group":"{{{group}}}","version":"{{{version}}}","kind":"{{{kind}}}"},"namespace":"shop","operation":"CREATE","userInfo":{"username":"ada"},"object":{{{Text(manifest.Json.Span)}}}}}""");

    private int Answer(byte[] body, MemoryStream answer)
    {
        faults.Last = null;
        var http = new DefaultHttpContext();
        http.Request.ContentType = "application/json";
        http.Request.Body = new MemoryStream(body);
        http.Request.ContentLength = body.Length;
        http.Response.Body = answer;
        var done = isMutation ? endpoint.MutateAsync(http) : endpoint.ValidateAsync(http);
        Expect.That(done.IsCompleted, $"the answer waits for something");
        done.GetAwaiter().GetResult();
        if (faults.Last is { } fault)
        {
            throw new InvalidOperationException("The endpoint had a fault of its own.", fault);
        }

        return http.Response.StatusCode;
    }

    private static void CheckPatch(byte[] body, AdmissionRequest request, byte[] patch)
    {
        var before = ObjectOf(body);
        var context = new PolicyContext(StandingCluster.Mesh.Namespaces.GetValueOrDefault(request.Namespace) ?? new(request.Namespace, Policy.Mesh.LabelSet.Empty), StandingCluster.Mesh, PolicySettings.Default);
        var input = new PolicyInput(request.Operation, request.Subresource, request.Username, request.Workload!, request.Old, context);
        var decision = (Decision.Mutate)MutatingPolicy.Decide(input);
        var after = JsonPatchApplier.Apply(before, decision.Patch);
        var expected = JsonNode.Parse(before.Span, documentOptions: new() { MaxDepth = 1000 })!;
        foreach (var operation in JsonNode.Parse(patch)!.AsArray())
        {
            Apply(expected, operation!.AsObject());
        }

        Expect.That(AreSame(expected, JsonNode.Parse(after.Span, documentOptions: new() { MaxDepth = 1000 })!), $"the patch is carried out in two ways");
        var again = MutatingPolicy.Decide(input with { Workload = Policy.Workloads.WorkloadReader.Read(request.Kind!.Value, after.Span) });
        Expect.That(again is Decision.Admit, $"a second patch is needed: {again.Reason}");
        var judged = ValidatingPolicy.Decide(input with { Workload = Policy.Workloads.WorkloadReader.Read(request.Kind!.Value, after.Span) });
        Expect.That(judged is not Decision.Deny || judged.Profile != decision.Profile, $"what was injected is refused: {judged.Reason} {judged.Message}");
    }

    private static bool AreSame(JsonNode expected, JsonNode actual)
    {
        try
        {
            return JsonNode.DeepEquals(expected, actual);
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair, which decides nothing and is passed over, cannot be compared.
            return true;
        }
    }

    // As it stands in the request: the last bytes under that name count, and a review with two of it was refused.
    private static ReadOnlyMemory<byte> ObjectOf(byte[] body)
    {
        var json = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = 1000 });
        var request = -1;
        while (json.Read())
        {
            if (json.TokenType == JsonTokenType.PropertyName && json.CurrentDepth == 1)
            {
                request = json.ValueTextEquals("request"u8) ? 2 : -1;
            }
            else if (json.TokenType == JsonTokenType.PropertyName && json.CurrentDepth == request && json.ValueTextEquals("object"u8))
            {
                json.Read();
                var start = (int)json.TokenStartIndex;
                json.Skip();
                return body.AsMemory(start..(int)json.BytesConsumed);
            }
        }

        throw new BrokenPromiseException("what was patched is not there");
    }

    private static void Apply(JsonNode root, JsonObject operation)
    {
        var keys = ((string)operation["path"]!)[1..].Split('/').Select(key => key.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal)).ToArray();
        var parent = keys[..^1].Aggregate(root, (node, key) => node[key] ?? throw new BrokenPromiseException($"the patch has no place: {operation["path"]}")).AsObject();
        var isThere = parent.ContainsKey(keys[^1]);
        Expect.That((string)operation["op"]! == "add" || isThere, $"nothing is at {operation["path"]}");
        if ((string)operation["op"]! == "remove")
        {
            parent.Remove(keys[^1]);
        }
        else
        {
            parent[keys[^1]] = operation["value"]!.DeepClone();
        }
    }

    /// <summary>Keeps the endpoint's own faults; all else goes the way of a log that is on, message and all, since messages are made of what is sent, too.</summary>
    private sealed class FaultLogger : ILogger<AdmissionEndpoint>
    {
        private const int Fault = 1005;

        public Exception? Last { get; set; }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var message = formatter(state, exception);
            Expect.That(message.Length < 16 * 1024, $"a line of the log has {message.Length} characters");
            if (eventId.Id == Fault)
            {
                Last = exception;
            }
        }
    }
}
