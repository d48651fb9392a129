using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using System.Text.Encodings.Web;
using System.Text.Json;
using AccessLogWebhook.Manifests;
using AccessLogWebhook.Policy.Patching;

namespace AccessLogWebhook.Demonstration;

/// <summary>
/// Does with a webhook what an API server does when an object is created: <c>/mutate</c>, apply the patch, <c>/validate</c>. Over HTTPS, and
/// trusting one authority only.
/// </summary>
internal sealed class StandInApiServer : IDisposable
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly HttpClient client;

    public StandInApiServer(Uri webhook, X509Certificate2 authority)
    {
        var trust = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        trust.CustomTrustStore.Add(authority);
        var handler = new SocketsHttpHandler { SslOptions = { CertificateChainPolicy = trust }, UseProxy = false };
        client = new HttpClient(handler) { BaseAddress = webhook, DefaultRequestVersion = HttpVersion.Version20 };
    }

    /// <summary>How many reviews have been sent.</summary>
    public int Reviews { get; private set; }

    public async Task<CaseOutcome> CreateAsync(DemonstrationCase @case, CancellationToken cancellationToken)
    {
        var json = @case.Object.Json;
        AdmissionAnswer? mutated = null;
        if (!@case.IsNamespace)
        {
            mutated = await AskAsync("/mutate", @case, json, cancellationToken).ConfigureAwait(false);
            json = JsonPatchApplier.Apply(json, mutated.Patch);
        }

        return new CaseOutcome(@case, mutated, json, await AskAsync("/validate", @case, json, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>The AdmissionReview that asks about the creation of an object.</summary>
    public static byte[] ReviewOf(DemonstrationCase @case, ReadOnlyMemory<byte> @object, string uid)
    {
        var output = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(output, Options);
        json.WriteStartObject();
        json.WriteString("kind"u8, "AdmissionReview"u8);
        json.WriteString("apiVersion"u8, "admission.k8s.io/v1"u8);
        json.WriteStartObject("request"u8);
        json.WriteString("uid"u8, uid);
        WriteKind(json, @case.Object);
        json.WriteString("name"u8, @case.Object.Name);
        json.WriteString("namespace"u8, @case.IsNamespace ? @case.Name : @case.Namespace);
        json.WriteString("operation"u8, "CREATE"u8);
        json.WriteStartObject("userInfo"u8);
        json.WriteString("username"u8, "demo"u8);
        json.WriteEndObject();
        json.WritePropertyName("object"u8);
        json.WriteRawValue(@object.Span, skipInputValidation: true);
        json.WriteNull("oldObject"u8);
        json.WriteBoolean("dryRun"u8, false);
        json.WriteEndObject();
        json.WriteEndObject();
        json.Flush();
        return output.WrittenSpan.ToArray();
    }

    public void Dispose() => client.Dispose();

    private async Task<AdmissionAnswer> AskAsync(string path, DemonstrationCase @case, ReadOnlyMemory<byte> @object, CancellationToken cancellationToken)
    {
        var uid = Guid.NewGuid().ToString();
        using var content = new ByteArrayContent(ReviewOf(@case, @object, uid)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        using var response = await client.PostAsync(new Uri($"{path}?timeout=10s", UriKind.Relative), content, cancellationToken).ConfigureAwait(false);
        Reviews++;
        response.EnsureSuccessStatusCode();
        using var answer = await JsonDocument.ParseAsync(
            await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false), default, cancellationToken).ConfigureAwait(false);
        return AdmissionAnswer.Read(answer.RootElement, uid);
    }

    private static void WriteKind(Utf8JsonWriter json, Manifest manifest)
    {
        var slash = manifest.ApiVersion.IndexOf('/', StringComparison.Ordinal);
        var (group, version) = slash < 0 ? ("", manifest.ApiVersion) : (manifest.ApiVersion[..slash], manifest.ApiVersion[(slash + 1)..]);
        json.WriteStartObject("kind"u8);
        json.WriteString("group"u8, group);
        json.WriteString("version"u8, version);
        json.WriteString("kind"u8, manifest.Kind);
        json.WriteEndObject();
        json.WriteStartObject("resource"u8);
        json.WriteString("group"u8, group);
        json.WriteString("version"u8, version);
        json.WriteString("resource"u8, manifest.Kind switch
        {
            "Pod" => "pods"u8,
            "Gateway" => "gateways"u8,
            _ => "namespaces"u8,
        });
        json.WriteEndObject();
    }
}
