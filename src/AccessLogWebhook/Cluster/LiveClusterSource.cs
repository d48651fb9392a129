using System.Collections.Immutable;
using System.Net;
using System.Text.Json;

namespace AccessLogWebhook.Cluster;

/// <summary>A live cluster, each of its kinds followed on its own: one that cannot be read does not hold up the others.</summary>
/// <remarks>The connection stays its owner's.</remarks>
internal sealed partial class LiveClusterSource : IClusterSource
{
    private readonly LiveConnection connection;
    private readonly LiveClusterOptions options;
    private readonly TimeProvider time;
    private readonly ILogger<LiveClusterSource> logger;
    private readonly ImmutableArray<KindReflector> reflectors;

    public LiveClusterSource(
        LiveConnection connection, ClusterView view, LiveClusterOptions options, TimeProvider time, ILogger<LiveClusterSource> logger)
    {
        this.connection = connection;
        this.options = options;
        this.time = time;
        this.logger = logger;
        reflectors = [.. options.Kinds.Select(kind => new KindReflector(kind, connection, view, options, time, logger))];
    }

    public string Description => $"cluster {connection.Address}";

    public Task RunAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(reflectors.Select(reflector => reflector.RunAsync(cancellationToken)));

    public ImmutableArray<CacheStatus> CacheStatuses() => [.. reflectors.Select(reflector => reflector.Status())];

    public async Task<NamespaceLookup> LookUpNamespaceAsync(string name, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(options.LookUpTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            return await AskForNamespaceAsync(name, either.Token).ConfigureAwait(false);
        }
        catch (Exception fault)
        {
            // Whatever it is, the labels are unknown; which way the request then falls is its policy's to say.
            var reason = fault switch
            {
                OperationCanceledException => "the API server did not answer in time.",
                JsonException or InvalidDataException => "the API server's answer cannot be read.",
                _ => "the API server cannot be asked.",
            };
            // A JsonException's message would quote the body.
            Log.LookUpFailed(logger, name, reason, fault is JsonException ? "" : LiveConnection.Describe(fault));
            return new NamespaceLookup.Unavailable(reason);
        }
    }

    private async Task<NamespaceLookup> AskForNamespaceAsync(string name, CancellationToken cancellationToken)
    {
        using var response = await connection.GetAsync(
            $"{ClusterKinds.Namespaces.CollectionPaths[0]}/{Uri.EscapeDataString(name)}", LiveCollection.MetadataOfObject, cancellationToken)
            .ConfigureAwait(false);
        if (response.StatusCode == HttpStatusCode.NotFound)
        {
            return new NamespaceLookup.Unavailable("it does not exist.");
        }

        if (!response.IsSuccessStatusCode)
        {
            return new NamespaceLookup.Unavailable((await LiveRefusal.ExplainAsync(response, cancellationToken).ConfigureAwait(false)).Problem);
        }

        await response.Content.LoadIntoBufferAsync(options.LargestObjectBytes, cancellationToken).ConfigureAwait(false);
        using var document = await JsonDocument.ParseAsync(
            await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false),
            new JsonDocumentOptions { MaxDepth = LiveJson.MostLevels },
            cancellationToken).ConfigureAwait(false);

        // A captive portal or a proxy says 200, too. An answer about another object is no answer.
        return ClusterKind.KeyOf(document.RootElement) is var key && key.Name == name
            ? new NamespaceLookup.Found(ClusterKinds.ReadNamespace(document.RootElement, key))
            : throw new InvalidDataException("another object was answered");
    }

    private static partial class Log
    {
        [LoggerMessage(2010, LogLevel.Warning, "Namespace {Namespace} cannot be looked up: {Reason} {Detail}")]
        public static partial void LookUpFailed(ILogger logger, string @namespace, string reason, string detail);
    }
}
