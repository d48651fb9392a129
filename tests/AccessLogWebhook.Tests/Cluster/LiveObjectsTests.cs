using System.Text.Json;
using AccessLogWebhook.Cluster;
using AccessLogWebhook.Tests.Support;
using k8s;

namespace AccessLogWebhook.Tests.Cluster;

/// <summary>What is written, at the wire: the request byte for byte, and what is made of each answer.</summary>
public sealed class LiveObjectsTests : IAsyncLifetime
{
    private static readonly ObjectPath Filter = new("networking.istio.io/v1alpha3", "envoyfilters", "istio-system", "accesslog-json-1f3a");
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(15);

    private readonly TestTime time = new();
    private FakeApiServer server = null!;
    private LiveConnection connection = null!;
    private LiveObjects objects = null!;

    public async ValueTask InitializeAsync()
    {
        server = await FakeApiServer.StartAsync();
        connection = new LiveConnection(new KubernetesClientConfiguration { Host = server.Address.ToString(), AccessToken = "the-token" });
        objects = new LiveObjects(connection, Timeout, time);
    }

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        connection.Dispose();
    }

    [Theory]
    [InlineData("v1", "namespaces", "", "shop", "api/v1/namespaces/shop")]
    [InlineData("v1", "pods", "shop", "api-1", "api/v1/namespaces/shop/pods/api-1")]
    [InlineData("accesslog.mesh/v1alpha1", "accesslogprofiles", "", "json", "apis/accesslog.mesh/v1alpha1/accesslogprofiles/json")]
    [InlineData("coordination.k8s.io/v1", "leases", "a", "../b?c", "apis/coordination.k8s.io/v1/namespaces/a/leases/..%2Fb%3Fc")]
    public void An_object_has_its_path(string groupVersion, string plural, string @namespace, string name, string path) =>
        Assert.Equal(path, new ObjectPath(groupVersion, plural, @namespace, name).ToString());

    [Fact]
    public async Task An_apply_takes_over_what_others_set_and_refuses_unknown_fields()
    {
        var (request, outcome) = await SendAsync($"{Filter}", () => objects.ApplyAsync(Filter, """{"kind":"EnvoyFilter"}"""u8.ToArray(), CancellationToken.None), 200, """{"a":1}""");

        Assert.Equal("PATCH", request.Method);
        Assert.Equal("application/apply-patch+yaml", request.ContentType);
        Assert.Equal("fieldManager=accesslog-webhook fieldValidation=Strict force=true", Query(request));
        Assert.Equal("""{"kind":"EnvoyFilter"}""", request.Body);
        Assert.Equal("Bearer the-token", request.Authorization);
        Assert.Equal("""{"a":1}""", Assert.IsType<ObjectOutcome.Done>(outcome).Object.GetRawText());
    }

    [Fact]
    public async Task A_status_is_applied_at_its_own_path()
    {
        var (request, _) = await SendAsync(
            $"{Filter}/status", () => objects.ApplyStatusAsync(Filter, """{"status":{}}"""u8.ToArray(), CancellationToken.None), 200, "{}");

        Assert.Equal("PATCH application/apply-patch+yaml", $"{request.Method} {request.ContentType}");
        Assert.Equal("fieldManager=accesslog-webhook fieldValidation=Strict force=true", Query(request));
    }

    [Fact]
    public async Task A_spec_is_replaced_in_the_object_that_was_seen_only()
    {
        using var spec = JsonDocument.Parse("""{"priority":10,"a":"<b>"}""");
        var (request, _) = await SendAsync($"{Filter}", () => objects.ReplaceSpecAsync(Filter, "7", spec.RootElement, CancellationToken.None), 200, "{}");

        Assert.Equal("PATCH application/json-patch+json", $"{request.Method} {request.ContentType}");
        Assert.Equal("fieldManager=accesslog-webhook fieldValidation=Strict", Query(request));
        Assert.Equal(
            """[{"op":"replace","path":"/metadata/resourceVersion","value":"7"},{"op":"replace","path":"/spec","value":{"priority":10,"a":"<b>"}}]""", request.Body);
    }

    [Theory]
    [InlineData(null, """{"apiVersion":"v1","kind":"DeleteOptions","preconditions":{"uid":"u-1"}}""")]
    [InlineData("7", """{"apiVersion":"v1","kind":"DeleteOptions","preconditions":{"uid":"u-1","resourceVersion":"7"}}""")]
    public async Task A_deletion_is_of_the_very_object(string? resourceVersion, string body)
    {
        var (request, outcome) = await SendAsync(
            $"{Filter}", () => objects.DeleteAsync(Filter, "u-1", resourceVersion, CancellationToken.None), 200, """{"kind":"Status","status":"Success"}""");

        Assert.Equal("DELETE application/json", $"{request.Method} {request.ContentType}");
        Assert.Equal(body, request.Body);
        Assert.IsType<ObjectOutcome.Done>(outcome);
    }

    [Fact]
    public async Task An_object_is_created_in_its_collection()
    {
        var (request, _) = await SendAsync(
            Filter.Collection, () => objects.CreateAsync(Filter.Collection, """{"kind":"EnvoyFilter"}"""u8.ToArray(), CancellationToken.None), 201, "{}");

        Assert.Equal("POST application/json", $"{request.Method} {request.ContentType}");
        Assert.Equal("fieldManager=accesslog-webhook fieldValidation=Strict", Query(request));
    }

    [Fact]
    public async Task A_merge_does_not_judge_what_others_have_written()
    {
        var (request, _) = await SendAsync($"{Filter}", () => objects.MergeAsync(Filter, "{}"u8.ToArray(), CancellationToken.None), 200, "{}");

        Assert.Equal("PATCH application/merge-patch+json", $"{request.Method} {request.ContentType}");
        Assert.Equal("fieldManager=accesslog-webhook", Query(request));
    }

    [Theory]
    [InlineData(400, "refused", "the API server does not accept it (HTTP 400): so it says.")]
    [InlineData(401, "refused", "the API server does not accept the credentials (HTTP 401): so it says.")]
    [InlineData(403, "refused", "the API server does not allow it (HTTP 403): so it says.")]
    [InlineData(422, "refused", "the API server does not accept it (HTTP 422): so it says.")]
    [InlineData(404, "not_found", "the API server does not know it (HTTP 404): so it says.")]
    [InlineData(409, "conflict", "it is not as the request supposes (HTTP 409): so it says.")]
    [InlineData(429, "unreachable", "the API server asks to be left alone for a while (HTTP 429): so it says.")]
    [InlineData(500, "unreachable", "the API server failed (HTTP 500): so it says.")]
    [InlineData(307, "unreachable", "the API server failed (HTTP 307): so it says.")]
    public async Task Every_refusal_is_an_outcome_with_what_the_server_says(int code, string result, string problem)
    {
        var (_, outcome) = await SendAsync(
            $"{Filter}", () => objects.GetAsync(Filter, CancellationToken.None), code, """{"kind":"Status","message":"so it says"}""");

        Assert.Equal((result, problem), (outcome.Result, outcome.Problem));
    }

    [Theory]
    [InlineData(500, "InternalError", "Internal error occurred: failed calling webhook \\\"rev.validation.istio.io\\\": failed to call webhook: Post \\\"https://istiod\\\": EOF", "refused")]
    [InlineData(503, "ServiceUnavailable", "admission webhook \\\"policy.example.com\\\" denied the request: not now", "refused")]
    [InlineData(429, "TooManyRequests", "admission webhook \\\"policy.example.com\\\" denied the request: too many", "refused")]
    [InlineData(500, "InternalError", "Internal error occurred: no leader", "unreachable")]
    [InlineData(500, "", "etcdserver: failed calling webhook", "unreachable")]
    [InlineData(503, "ServiceUnavailable", "apiserver is shutting down", "unreachable")]
    public async Task A_webhook_that_fails_is_no_API_server_that_does(int code, string reason, string message, string result)
    {
        var (_, outcome) = await SendAsync(
            $"{Filter}", () => objects.GetAsync(Filter, CancellationToken.None), code, $$"""{"kind":"Status","status":"Failure","message":"{{message}}","reason":"{{reason}}","details":{},"code":{{code}}}""");

        Assert.Equal(result, outcome.Result);
        Assert.Contains($"(HTTP {code}): {message.Replace("\\", "", StringComparison.Ordinal)}.", outcome.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task How_long_the_server_asks_to_be_left_alone_is_kept()
    {
        var running = objects.GetAsync(Filter, CancellationToken.None);
        await (await server.Collection($"{Filter}").NextAsync()).RefuseAsync(429, TimeSpan.FromSeconds(7));

        Assert.Equal(TimeSpan.FromSeconds(7), Assert.IsType<ObjectOutcome.Unreachable>(await running).RetryAfter);
    }

    [Fact]
    public async Task A_long_message_is_cut_and_loses_its_control_characters()
    {
        var body = $$"""{"kind":"Status","message":"a\n\u001b{{new string('x', 400)}}","details":{"causes":["{{new string('y', 80_000)}}"] } }""";
        var (_, outcome) = await SendAsync($"{Filter}", () => objects.GetAsync(Filter, CancellationToken.None), 422, body);

        Assert.Equal($"the API server does not accept it (HTTP 422): a\uFFFD\uFFFD{new string('x', 297)}….", outcome.Problem);
    }

    [Theory]
    [InlineData("<html>")]
    [InlineData("[]")]
    [InlineData("")]
    public async Task An_answer_that_is_no_object_is_none(string body)
    {
        var (_, outcome) = await SendAsync($"{Filter}", () => objects.GetAsync(Filter, CancellationToken.None), 200, body);

        Assert.Equal(("unreachable", "the API server's answer cannot be read."), (outcome.Result, outcome.Problem));
    }

    [Fact]
    public async Task An_answer_that_does_not_come_is_waited_for_so_long()
    {
        server.Collection($"{Filter}");
        var running = objects.GetAsync(Filter, CancellationToken.None);
        var request = await server.Collection($"{Filter}").NextAsync();
        Assert.Equal(Timeout, await time.PassPauseAsync());

        Assert.Equal("the API server did not answer in time.", (await running).Problem);
        await request.CutAsync();
    }

    [Fact]
    public async Task A_broken_connection_is_an_outcome()
    {
        server.Collection($"{Filter}");
        var running = objects.GetAsync(Filter, CancellationToken.None);
        (await server.Collection($"{Filter}").NextAsync()).Drop();

        Assert.StartsWith("the API server cannot be asked: ", Assert.IsType<ObjectOutcome.Unreachable>(await running).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoever_gives_up_is_told_so_by_an_exception()
    {
        server.Collection($"{Filter}");
        using var stop = new CancellationTokenSource();
        var running = objects.GetAsync(Filter, stop.Token);
        await server.Collection($"{Filter}").NextAsync();
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    private async Task<(FakeRequest Request, ObjectOutcome Outcome)> SendAsync(string path, Func<Task<ObjectOutcome>> send, int code, string body)
    {
        var collection = server.Collection(path);
        var running = send();
        var request = await collection.NextAsync();
        await request.AnswerAsync(code, body);
        return (request, await running);
    }

    private static string Query(FakeRequest request) =>
        string.Join(' ', request.Query.OrderBy(parameter => parameter.Key, StringComparer.Ordinal).Select(parameter => $"{parameter.Key}={parameter.Value}"));
}
