using System.Text;
using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Tests.Support;

namespace AccessLogWebhook.Tests.Admission;

/// <summary>Every bad body has an answer that names what is wrong with it: never a 500, never a patch.</summary>
public sealed class BadInputTests : IAsyncLifetime
{
    private const string PodKind = """{"group":"","version":"v1","kind":"Pod"}""";

    private RunningWebhook webhook = null!;

    public async ValueTask InitializeAsync() => webhook = await RunningWebhook.StartAsync(MeshSnapshot.Empty with
    {
        Namespaces = MeshSnapshot.Empty.Namespaces.Add("shop", new NamespaceFacts("shop", LabelSet.Of(("accesslog.mesh/inject", "json"), ("accesslog.mesh/enforce", "json")))),
    });

    public ValueTask DisposeAsync() => webhook.DisposeAsync();

    [Theory]
    [InlineData("", "The body is empty: send an admission.k8s.io/v1 AdmissionReview.\n")]
    [InlineData("null", "The body is no JSON object: send an admission.k8s.io/v1 AdmissionReview.\n")]
    [InlineData("[]", "The body is no JSON object: send an admission.k8s.io/v1 AdmissionReview.\n")]
    [InlineData("{}", "The body is \"\" \"\", but must be admission.k8s.io/v1 AdmissionReview.\n")]
    [InlineData("""{"apiVersion":"admission.k8s.io/v1beta1","kind":"AdmissionReview","request":{"uid":"u"}}""",
        "The body is \"admission.k8s.io/v1beta1\" \"AdmissionReview\", but must be admission.k8s.io/v1 AdmissionReview.\n")]
    [InlineData("""{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"}}""",
        "The body is \"v1\" \"Pod\", but must be admission.k8s.io/v1 AdmissionReview.\n")]
    [InlineData("""{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview"}""", "The AdmissionReview has no request.\n")]
    [InlineData("""{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":null}""", "The AdmissionReview has no request.\n")]
    [InlineData("""{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{}}""", "The request has no uid.\n")]
    [InlineData("""{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":null}}""", "The request has no uid.\n")]
    [InlineData("""{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":7}}""",
        "The request has no uid; request.uid must be a string.\n")]
    [InlineData("""{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"u","uid":"v"}}""",
        "The key request.uid comes twice: readers would disagree about which one counts.\n")]
    [InlineData("""{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"u","object":{"metadata":{"labels":{"a":"1","\u0061":"2"}}}}}""",
        "The key request.object.metadata.labels.a comes twice: readers would disagree about which one counts.\n")]
    [InlineData("""{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"u","object":{"spec":{"containers":[{"image":"a","image":"b"}]}}}}""",
        "The key request.object.spec.containers.image comes twice: readers would disagree about which one counts.\n")]
    public async Task What_is_no_review_is_answered_with_400_and_why(string body, string message)
    {
        foreach (var path in new[] { "/mutate", "/validate" })
        {
            Assert.Equal(new Answer(400, "text/plain; charset=utf-8", message), await webhook.PostAsync(path, body));
        }
    }

    [Theory]
    [InlineData("{")]
    [InlineData("not json")]
    [InlineData("""{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"u"}""")]
    [InlineData("""{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"u"}} trailing""")]
    [InlineData("""{"apiVersion":"admission.k8s.io/v1",/* comment */"kind":"AdmissionReview"}""")]
    [InlineData("""{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"u",}}""")]
    public async Task Broken_JSON_is_answered_with_400_and_the_place(string body)
    {
        var answer = await webhook.PostAsync("/mutate", body);

        Assert.Equal(400, answer.Status);
        Assert.StartsWith("The body is no valid JSON: ", answer.Body, StringComparison.Ordinal);
        Assert.Contains("LineNumber: 0", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Invalid_UTF8_is_answered_with_400_and_the_byte()
    {
        byte[] body = [.. """{"apiVersion":"admission.k8s.io/v1","kind":"""u8, (byte)'"', 0xC3, 0x28, (byte)'"', (byte)'}'];

        Assert.Equal(
            new Answer(400, "text/plain; charset=utf-8", "The body is no valid JSON: it is not valid UTF-8 at byte 44.\n"),
            await webhook.PostAsync("/mutate", body));
    }

    [Fact]
    public async Task Nesting_of_ten_thousand_is_answered_with_400()
    {
        var nested = new StringBuilder().Insert(0, "{\"a\":", 10_000).Append('1').Append('}', 10_000);
        var answer = await webhook.PostAsync("/validate", Review("CREATE", PodKind, $$"""{"metadata":{},"spec":{{nested}}}"""));

        Assert.Equal(400, answer.Status);
        Assert.StartsWith("The body is no valid JSON: The maximum configured depth of 256 has been exceeded.", answer.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("text/plain", "The content type is \"text/plain\", but must be application/json.\n")]
    [InlineData("application/yaml", "The content type is \"application/yaml\", but must be application/json.\n")]
    [InlineData("", "The content type is \"\", but must be application/json.\n")]
    public async Task Another_content_type_is_answered_with_415(string contentType, string message) =>
        Assert.Equal(new Answer(415, "text/plain; charset=utf-8", message), await webhook.PostAsync("/mutate", "{}", contentType));

    [Fact]
    public async Task A_charset_beside_the_content_type_is_fine() =>
        Assert.Equal(200, (await webhook.PostAsync("/mutate", Review("CREATE", PodKind, """{"metadata":{"name":"a"}}"""), "application/json; charset=utf-8")).Status);

    [Fact]
    public async Task A_body_over_seven_mebibytes_is_answered_with_413()
    {
        var body = new byte[(7 * 1024 * 1024) + 1];
        Array.Fill(body, (byte)' ');
        Assert.Equal(
            new Answer(413, "text/plain; charset=utf-8", "The body is larger than 7340032 bytes, the most that an API server sends.\n"),
            await webhook.PostAsync("/mutate", body));
    }

    [Fact]
    public async Task A_body_over_seven_mebibytes_that_does_not_say_its_length_is_answered_with_413()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/mutate");
        var body = new byte[(7 * 1024 * 1024) + 1];
        Array.Fill(body, (byte)' ');
        request.Content = new StreamContent(new MemoryStream(body)) { Headers = { ContentType = new("application/json"), ContentLength = null } };
        request.Headers.TransferEncodingChunked = true;
        using var response = await webhook.Https.SendAsync(request);

        Assert.Equal(413, (int)response.StatusCode);
        Assert.Equal("The body is larger than 7340032 bytes, the most that an API server sends.\n", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_body_of_exactly_seven_mebibytes_is_read()
    {
        var review = Encoding.UTF8.GetBytes(Review("CREATE", PodKind, """{"metadata":{"name":"a"}}"""));
        var body = new byte[7 * 1024 * 1024];
        Array.Fill(body, (byte)' ');
        review.CopyTo(body, 0);

        Assert.Equal(200, (await webhook.PostAsync("/mutate", body)).Status);
    }

    [Theory]
    [InlineData("CREATE", PodKind, "null", "request.object is null, but must be the Pod.")]
    [InlineData("UPDATE", PodKind, "null", "request.object is null, but must be the Pod.")]
    [InlineData("CREATE", PodKind, "[]", "request.object cannot be judged: the object is an array, but must be a Pod object.")]
    [InlineData("CREATE", PodKind, "\"pod\"", "request.object cannot be judged: the object is a string, but must be a Pod object.")]
    [InlineData("CREATE", PodKind, """{"metadata":[]}""", "request.object cannot be judged: metadata is an array, but must be an object.")]
    [InlineData("CREATE", PodKind, """{"metadata":{"labels":"a=b"}}""", "request.object cannot be judged: metadata.labels is a string, but must be an object.")]
    [InlineData("CREATE", PodKind, """{"metadata":{"labels":{"app":1}}}""", "request.object cannot be judged: metadata.labels[app] is a number, but must be a string.")]
    [InlineData("CREATE", PodKind, """{"metadata":{"annotations":{"a":{}}}}""", "request.object cannot be judged: metadata.annotations[a] is an object, but must be a string.")]
    [InlineData("CREATE", PodKind, """{"spec":{"hostNetwork":"true"}}""", "request.object cannot be judged: spec.hostNetwork is a string, but must be true or false.")]
    [InlineData("CREATE", PodKind, """{"spec":{"containers":{}}}""", "request.object cannot be judged: spec.containers is an object, but must be an array.")]
    [InlineData("APPROVE", PodKind, "{}", "request.operation is \"APPROVE\", but must be CREATE, UPDATE, DELETE or CONNECT.")]
    [InlineData("CREATE", """{"group":"apps","version":"v1","kind":"Deployment"}""", "{}",
        "request.kind is apps/v1 Deployment, which is not judged here: send Pods (v1), Namespaces (v1), Gateways of networking.istio.io (v1, v1beta1, v1alpha3) or of gateway.networking.k8s.io (v1, v1beta1), AccessLogProfiles (v1alpha1), EnvoyFilters (v1alpha3) or Telemetries (v1, v1alpha1).")]
    [InlineData("CREATE", """{"group":"networking.istio.io","version":"v2","kind":"Gateway"}""", "{}",
        "request.kind is networking.istio.io/v2 Gateway, which is not judged here: send Pods (v1), Namespaces (v1), Gateways of networking.istio.io (v1, v1beta1, v1alpha3) or of gateway.networking.k8s.io (v1, v1beta1), AccessLogProfiles (v1alpha1), EnvoyFilters (v1alpha3) or Telemetries (v1, v1alpha1).")]
    [InlineData("CREATE", "\"Pod\"", "{}", "request.kind must be an object with group, version and kind.")]
    public async Task A_request_that_cannot_be_judged_is_answered_with_its_uid_and_why(string operation, string kind, string @object, string message)
    {
        var expected = new Answer(
            200,
            "application/json",
            """{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","response":{"uid":"u-1","allowed":false,"status":{"status":"Failure","message":"MESSAGE","reason":"BadRequest","code":400}}}"""
                .Replace("MESSAGE", message.Replace("\"", "\\\"", StringComparison.Ordinal), StringComparison.Ordinal));
        foreach (var path in new[] { "/mutate", "/validate" })
        {
            Assert.Equal(expected, await webhook.PostAsync(path, Review(operation, kind, @object)));
        }
    }

    [Fact]
    public async Task The_order_of_the_fields_does_not_matter()
    {
        var answer = await webhook.PostAsync(
            "/mutate",
            """{"request":{"object":{"spec":{},"metadata":{"labels":{"app":1}}},"operation":"CREATE","namespace":"shop","kind":{"kind":"Pod","version":"v1","group":""},"uid":"late"},"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1"}""");

        Assert.Contains("\"uid\":\"late\"", answer.Body, StringComparison.Ordinal);
        Assert.Contains("metadata.labels[app] is a number, but must be a string.", answer.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET", "/mutate", 405, "/mutate takes POST.\n")]
    [InlineData("POST", "/", 404, "There is nothing here: this port serves POST /mutate and POST /validate.\n")]
    [InlineData("GET", "/metrics", 404, "There is nothing here: this port serves POST /mutate and POST /validate.\n")]
    public async Task Other_methods_and_paths_are_refused(string method, string path, int status, string body)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        using var response = await webhook.Https.SendAsync(request);

        Assert.Equal((status, body), ((int)response.StatusCode, await response.Content.ReadAsStringAsync()));
    }

    [Fact]
    public async Task No_body_reaches_the_log()
    {
        await webhook.PostAsync("/mutate", Review("CREATE", PodKind, """{"metadata":{"name":"a"},"spec":{"containers":[{"env":[{"name":"TOKEN","value":"s3cr3t"}]}]}}"""));
        await webhook.PostAsync("/validate", Review("CREATE", PodKind, """{"metadata":{"name":"a","labels":"s3cr3t"}}"""));
        await webhook.PostAsync("/validate", "{ s3cr3t");

        Assert.NotEmpty(webhook.Logs.Lines);
        Assert.DoesNotContain(webhook.Logs.Lines, line => line.Contains("s3cr3t", StringComparison.Ordinal));
    }

    [Fact]
    public async Task No_control_character_reaches_the_log()
    {
        await webhook.PostAsync("/mutate", Review("CREATE", PodKind, """{"metadata":{"name":"a\u001b[2J\nInformation 1000: forged"}}"""));
        await webhook.PostAsync("/mutate", """{"apiVersion":"\u001b]0;owned\u0007","kind":"x"}""");

        Assert.Equal(2, webhook.Logs.Lines.Count(line => line.Contains('\uFFFD', StringComparison.Ordinal)));
        Assert.DoesNotContain(webhook.Logs.Lines, line => line.Any(char.IsControl));
    }

    private static string Review(string operation, string kind, string @object) =>
        $$$"""{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"u-1","kind":{{{kind}}},"namespace":"shop","operation":"{{{operation}}}","object":{{{@object}}} }}""";
}
