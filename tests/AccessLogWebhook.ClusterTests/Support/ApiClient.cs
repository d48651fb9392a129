using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace AccessLogWebhook.ClusterTests.Support;

/// <summary>
/// The API server at the wire. Bodies are JSON or YAML, as the server takes both; unknown fields are refused, as kubectl has it,
/// so that a slip in a test's manifest is not silently dropped.
/// </summary>
public sealed class ApiClient : IDisposable
{
    private readonly HttpClient http;
    private readonly string? token;

    private ApiClient(Uri server, string authorityPem, X509Certificate2? certificate, string? token)
    {
        this.token = token;
        // Warnings are UTF-8, where HTTP's own rule would have them be ASCII.
        var handler = new SocketsHttpHandler { ResponseHeaderEncodingSelector = (_, _) => Encoding.UTF8 };
        handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            CustomTrustStore = { X509Certificate2.CreateFromPem(authorityPem) },
        };
        if (certificate is not null)
        {
            handler.SslOptions.ClientCertificates = [certificate];
        }

        http = new HttpClient(handler) { BaseAddress = server, Timeout = TimeSpan.FromSeconds(60) };
    }

    public static ApiClient WithCertificate(Uri server, string authorityPem, IssuedCertificate certificate) =>
        new(server, authorityPem, certificate.ToX509(), token: null);

    public static ApiClient WithToken(Uri server, string authorityPem, string token) =>
        new(server, authorityPem, certificate: null, token);

    public Task<ApiResponse> GetAsync(string path) => SendAsync(HttpMethod.Get, path);

    public Task<ApiResponse> PostAsync(string path, string body, bool dryRun = false, string fieldValidation = "Strict") =>
        SendAsync(HttpMethod.Post, path, body, null, dryRun, fieldValidation);

    public Task<ApiResponse> PutAsync(string path, string body, bool dryRun = false, string fieldValidation = "Strict") =>
        SendAsync(HttpMethod.Put, path, body, null, dryRun, fieldValidation);

    /// <param name="contentType">The kind of patch; a merge patch (RFC 7386) unless told.</param>
    public Task<ApiResponse> PatchAsync(
        string path, string body, bool dryRun = false, string contentType = "application/merge-patch+json") =>
        SendAsync(HttpMethod.Patch, path, body, contentType, dryRun, "Strict");

    public Task<ApiResponse> DeleteAsync(string path) => SendAsync(HttpMethod.Delete, path);

    public void Dispose() => http.Dispose();

    private async Task<ApiResponse> SendAsync(
        HttpMethod method, string path, string? body = null, string? contentType = null, bool dryRun = false, string? fieldValidation = null)
    {
        using var request = new HttpRequestMessage(method, WithQuery(path, dryRun, fieldValidation));
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("*/*", 0.5));
        if (token is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        if (body is not null)
        {
            contentType ??= body.TrimStart().StartsWith('{') ? "application/json" : "application/yaml";
            request.Content = new StringContent(body, Encoding.UTF8);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue(contentType);
        }

        using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);
        return new ApiResponse(
            response.StatusCode,
            await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken),
            response.Headers.NonValidated.TryGetValues("Warning", out var warnings) ? WarningHeader.Texts(warnings) : [],
            response.Headers.NonValidated.TryGetValues("Audit-Id", out var ids) ? ids.First() : "");
    }

    private static string WithQuery(string path, bool dryRun, string? fieldValidation)
    {
        var query = new List<string>();
        if (dryRun)
        {
            query.Add("dryRun=All");
        }

        if (fieldValidation is not null)
        {
            query.Add($"fieldValidation={fieldValidation}");
        }

        return query.Count == 0 ? path : $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{string.Join('&', query)}";
    }
}
