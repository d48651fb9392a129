using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using k8s;

namespace AccessLogWebhook.Cluster;

/// <summary>
/// The way to one API server: address, trust, credentials. Only those are taken from the client library. It has no watch that survives
/// ahead-of-time compilation, and its typed lists hold whole objects.
/// </summary>
internal sealed class LiveConnection : IDisposable
{
    /// <summary>The problem of whoever names no kubeconfig where none is to be found: for some commands, none at all.</summary>
    public const string NoneConfigured = "No cluster is configured: no kubeconfig was found, and this is not a Pod with a service account.";

    private readonly Kubernetes client;
    private readonly string? serverName;

    /// <summary>Takes the configuration over: its handler is set up for connections that die without a word.</summary>
    public LiveConnection(KubernetesClientConfiguration configuration)
    {
        SocketsHttpHandler? handler = null;
        configuration.FirstMessageHandlerSetup += created =>
        {
            handler = created;

            // client-go's numbers. All watches share one HTTP/2 connection, and so would the requests that replace them when it is dead:
            // only the ping finds that out. The library's own three and a half minutes are longer than a watch may be silent.
            handler.KeepAlivePingDelay = TimeSpan.FromSeconds(30);
            handler.KeepAlivePingTimeout = TimeSpan.FromSeconds(15);
            handler.ConnectTimeout = TimeSpan.FromSeconds(10);
        };
        client = new Kubernetes(configuration);
        serverName = configuration.TlsServerName;
        OwnNamespace = configuration.CurrentContext is null && configuration.Namespace is { Length: > 0 } own ? own : null;
        if (configuration is { SkipTlsVerify: false, SslCaCerts.Count: > 0 })
        {
            TrustOnly(configuration.SslCaCerts, handler!.SslOptions);
        }
    }

    public Uri Address => client.BaseUri;

    /// <summary>
    /// The namespace of the service account that is used; null where a kubeconfig is: the namespace of its context is where its owner works,
    /// and says nothing of where this program belongs.
    /// </summary>
    public string? OwnNamespace { get; }

    /// <summary>
    /// Opens the cluster of a kubeconfig file; without one, that of <c>$KUBECONFIG</c>, <c>~/.kube/config</c> or the service account of
    /// this Pod, in this order. Nothing is sent yet.
    /// </summary>
    /// <param name="problem">A sentence; null where it succeeds.</param>
    public static bool TryOpen(
        string? kubeconfigPath, string? context, [NotNullWhen(true)] out LiveConnection? connection, [NotNullWhen(false)] out string? problem)
    {
        var source = kubeconfigPath is null ? "The cluster's configuration" : $"The kubeconfig {kubeconfigPath}";
        try
        {
            var configuration = kubeconfigPath is not null || context is not null
                ? KubernetesClientConfiguration.BuildConfigFromConfigFile(kubeconfigPath, context)
                : KubernetesClientConfiguration.BuildDefaultConfig();

            // The library's last resort. A local port that nobody chose is a worse answer than none.
            if (kubeconfigPath is null && configuration is { CurrentContext: null, TokenProvider: null, Host: "http://localhost:8080" })
            {
                (connection, problem) = (null, NoneConfigured);
                return false;
            }

            (connection, problem) = (new LiveConnection(configuration), null);
            return true;
        }
        catch (Exception fault)
        {
            // The library's YAML, PEM, exec and file faults have no common type. None of them leaves a connection behind.
            (connection, problem) = (null, $"{source} cannot be used: {fault.Message}");
            return false;
        }
    }

    /// <summary>Asks for a path with its query, <c>api/v1/pods?limit=1</c>. The answer's body is still to be read.</summary>
    public Task<HttpResponseMessage> GetAsync(string path, string accept, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Get, path, accept, null, cancellationToken);

    /// <summary>Sends any request, as <see cref="GetAsync"/> sends its own.</summary>
    public async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, string accept, LiveContent? content, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, new Uri(client.BaseUri, path)) { Version = HttpVersion.Version20 };
        request.Headers.TryAddWithoutValidation("Accept", accept);
        if (content is { } body)
        {
            request.Content = new ReadOnlyMemoryContent(body.Utf8) { Headers = { ContentType = new MediaTypeHeaderValue(body.Type) } };
        }

        if (!string.IsNullOrEmpty(serverName))
        {
            // It decides the name in TLS too.
            request.Headers.Host = serverName;
        }

        if (client.Credentials is { } credentials)
        {
            await credentials.ProcessHttpRequestAsync(request, cancellationToken).ConfigureAwait(false);
        }

        return await client.HttpClient.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// What a failed request says, without a full stop. Refused connections and unknown names say it themselves; of all else, a failed TLS
    /// handshake above all, only the innermost exception tells the cause.
    /// </summary>
    public static string Describe(Exception fault) =>
        (fault is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError } ? fault : fault.GetBaseException())
        .Message.TrimEnd('.');

    public void Dispose() => client.Dispose();

    // In place of the library's callback, which lets any name pass once the certificate is signed by the cluster's authority: a kubelet's
    // would do. What is not a root is not trusted by itself, but may lead to one.
    private static void TrustOnly(X509Certificate2Collection authorities, SslClientAuthenticationOptions tls)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        foreach (var certificate in authorities)
        {
            var isRoot = certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData);
            (isRoot ? policy.CustomTrustStore : policy.ExtraStore).Add(certificate);
        }

        tls.RemoteCertificateValidationCallback = null;
        tls.CertificateChainPolicy = policy;
    }
}
