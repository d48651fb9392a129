using AccessLogWebhook.Policy.Json;
using AccessLogWebhook.Policy.Linting.Protos;

namespace AccessLogWebhook.Policy.Linting.Loggers;

/// <summary>
/// AL024, AL026 and AL028. Sources: <c>envoy/extensions/access_loggers/file/v3/file.proto</c> and
/// <c>envoy/config/core/v3/substitution_format_string.proto</c>; Istio's injection template, whose proxy has a read-only root file system.
/// </summary>
internal static class FileRule
{
    private static readonly string[] DeprecatedFields = ["format", "json_format", "typed_json_format"];

    public static void Check(LintPass pass)
    {
        foreach (var log in pass.Logs)
        {
            if (log.Config is { IsObject: true } config && log.Type == ProtoTypes.FileAccessLog)
            {
                CheckPath(pass, config);
                CheckFormatFields(pass, config);
            }

            if (log.Config?.Proto("log_format")?.Proto("text_format") is { } text)
            {
                pass.Add(LintRules.DeprecatedFormat, text, "text_format is deprecated.", "Use text_format_source: {inline_string: …}.");
            }
        }
    }

    private static void CheckPath(LintPass pass, Field config)
    {
        var path = config["path"];
        if (path is null or { Text: "" })
        {
            pass.Add(LintRules.MissingPath, path ?? config, "The FileAccessLog has no path, and Envoy rejects the listener.");
        }
        else if (path.Text is { } text && !IsStream(text))
        {
            pass.Add(
                LintRules.OwnFile, path,
                $"{Excerpt.Of(text)} is in the proxy's container: nobody collects or rotates it, and where no volume is mounted Envoy cannot open it and rejects the listener.");
        }
    }

    private static void CheckFormatFields(LintPass pass, Field config)
    {
        foreach (var name in DeprecatedFields)
        {
            if (config.Proto(name) is { } field)
            {
                pass.Add(
                    LintRules.DeprecatedFormat, field, $"{name} of a FileAccessLog is deprecated.",
                    name == "format" ? "Use log_format: {text_format_source: {inline_string: …}}." : "Use log_format: {json_format: {…}}.");
            }
        }
    }

    private static bool IsStream(string path) =>
        path is "/dev/stdout" or "/dev/stderr" or "/dev/null"
        || path.StartsWith("/dev/fd/", StringComparison.Ordinal)
        || path.StartsWith("/proc/", StringComparison.Ordinal);
}
