namespace AccessLogWebhook.Policy.Formats;

/// <summary>
/// The formatter extensions that bring access-log operators (Envoy's <c>api/envoy/extensions/formatter</c>, one directory each).
/// </summary>
public static class FormatterExtensions
{
    public static readonly FormatterExtension ReqWithoutQuery = Of("req_without_query", "ReqWithoutQuery");

    /// <summary>Built in since Envoy 1.34, which takes its configuration with a warning in the proxy's log; earlier versions reject the format without it.</summary>
    public static readonly FormatterExtension Cel = Of("cel", "Cel");

    /// <summary>Built in like <see cref="Cel"/>.</summary>
    public static readonly FormatterExtension Metadata = Of("metadata", "Metadata");

    public static readonly FormatterExtension FileContent = Of("file_content", "FileContent");

    /// <summary>The one whose configuration must not be empty: it has to name the secrets.</summary>
    public static readonly FormatterExtension GenericSecret = Of("generic_secret", "GenericSecret");

    private static FormatterExtension Of(string package, string message) =>
        new($"envoy.formatter.{package}", $"type.googleapis.com/envoy.extensions.formatter.{package}.v3.{message}");
}
