using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using AccessLogWebhook.ClusterTests.Support;

namespace AccessLogWebhook.ClusterTests.Promises;

/// <summary>Asks one replica what it would answer to an API server, without one between: an API server has a cache of namespaces of its own.</summary>
internal sealed class DirectReviews : IDisposable
{
    private readonly HttpClient http;
    private readonly Uri address;
    private readonly string? host;

    /// <param name="host">The name that its certificate is for; null: where it listens.</param>
    public DirectReviews(WebhookProcess replica, string authorityPem, string? host = null)
    {
        this.host = host;
        address = new Uri(replica.Endpoint.Https, "/validate");
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.ImportFromPem(authorityPem);
        http = new HttpClient(new SocketsHttpHandler { SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = policy } });
    }

    /// <summary>Whether a Pod without a profile would be let in.</summary>
    public async Task<bool> IsAdmittedAsync(string @namespace)
    {
        var uid = Guid.NewGuid().ToString();
        using var request = new HttpRequestMessage(HttpMethod.Post, address)
        {
            Content = new StringContent(
                $$$"""
                {"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"{{{uid}}}","kind":{"group":"","version":"v1","kind":"Pod"},
                 "resource":{"group":"","version":"v1","resource":"pods"},"operation":"CREATE","namespace":"{{{@namespace}}}","name":"api","userInfo":{"username":"somebody"},"dryRun":true,
                 "object":{"apiVersion":"v1","kind":"Pod","metadata":{"name":"api","namespace":"{{{@namespace}}}"},"spec":{"containers":[{"name":"api","image":"api:1"}]}},"oldObject":null,"options":null} }
                """,
                Encoding.UTF8,
                MediaTypeHeaderValue.Parse("application/json")),
        };
        request.Headers.Host = host;
        using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, text);
        var response = JsonNode.Parse(text)!["response"]!;
        Assert.Equal(uid, (string?)response["uid"]);
        return (bool)response["allowed"]!;
    }

    public void Dispose() => http.Dispose();
}
