using AccessLogWebhook.Policy.Json;

namespace AccessLogWebhook.Policy.Logging;

public enum LogSinkKind
{
    File,
    OpenTelemetry,
    Grpc,
    Other,
}

/// <summary>Where a logger writes. Two with equal sinks write to the same place.</summary>
/// <param name="Place">The path, the cluster, or the type of a sink that is not known here.</param>
public sealed record LogSink(LogSinkKind Kind, string Place)
{
    // A path may have 4096 characters on Linux; more than these is nobody's.
    private const int LongestPlace = 512;

    public static LogSink Stdout { get; } = new(LogSinkKind.File, "/dev/stdout");

    public string Title => Kind switch
    {
        LogSinkKind.File => Excerpt.Of(Place),
        LogSinkKind.OpenTelemetry => $"OpenTelemetry at {Excerpt.Of(Place)}",
        LogSinkKind.Grpc => $"the access log service {Excerpt.Of(Place)}",
        _ => Excerpt.Of(Place),
    };

    /// <summary>The other names of a process's standard output are the same place.</summary>
    public static LogSink File(string path) => path switch
    {
        "/dev/stdout" or "/dev/fd/1" or "/proc/self/fd/1" or "/proc/1/fd/1" => Stdout,
        "/dev/stderr" or "/dev/fd/2" or "/proc/self/fd/2" or "/proc/1/fd/2" => new(LogSinkKind.File, "/dev/stderr"),
        _ => Of(LogSinkKind.File, path),
    };

    public static LogSink Of(LogSinkKind kind, string place) => new(kind, place.Length <= LongestPlace ? place : place[..LongestPlace]);
}
