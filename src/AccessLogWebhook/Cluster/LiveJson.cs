using System.IO.Pipelines;

namespace AccessLogWebhook.Cluster;

/// <summary>How JSON from an API server is read.</summary>
internal static class LiveJson
{
    /// <summary>
    /// Past what an API server takes itself (10,000 levels). With the usual 64, one deep EnvoyFilter, which its schema allows, would make
    /// every list of its kind unreadable.
    /// </summary>
    public const int MostLevels = 20_000;

    public static StreamPipeReaderOptions PipeOptions { get; } = new(bufferSize: 64 * 1024, minimumReadSize: 8 * 1024, leaveOpen: true);
}
