using AccessLogWebhook.Policy.Linting.EnvoyFilters;
using AccessLogWebhook.Policy.Linting.Protos;

namespace AccessLogWebhook.Policy.Linting.Loggers;

/// <summary>Where the formats of an access log stand.</summary>
internal static class FormatSources
{
    /// <summary>Formats that are one text.</summary>
    public static IEnumerable<Field> Lines(AccessLogEntry log) => Present(
        log.Type == ProtoTypes.FileAccessLog ? log.Config?["format"] : null,
        LogFormat(log)?.Proto("text_format"),
        LogFormat(log)?.Proto("text_format_source")?.Proto("inline_string"));

    /// <summary>Formats that are an object with texts in it.</summary>
    public static IEnumerable<Field> Objects(AccessLogEntry log) => log.Type switch
    {
        ProtoTypes.FileAccessLog => Present(LogFormat(log)?.Proto("json_format"), log.Config?.Proto("json_format"), log.Config?.Proto("typed_json_format")),
        ProtoTypes.StdoutAccessLog or ProtoTypes.StderrAccessLog => Present(LogFormat(log)?.Proto("json_format")),
        ProtoTypes.FluentdAccessLog => Present(log.Config?["record"]),
        ProtoTypes.OpenTelemetryAccessLog => Present(log.Config?["body"], log.Config?["attributes"]),
        _ => [],
    };

    /// <summary>The list of formatter extensions; null where there is none.</summary>
    public static Field? Formatters(AccessLogEntry log) =>
        log.Type is ProtoTypes.OpenTelemetryAccessLog or ProtoTypes.FluentdAccessLog ? log.Config?["formatters"] : LogFormat(log)?["formatters"];

    /// <summary>
    /// The texts in an object, and what is nested deeper than a proxy can be sent. Of the typed values of OpenTelemetry, keys are no formats.
    /// </summary>
    public static IEnumerable<(Field Field, bool IsTooDeep)> TextsIn(Field value, bool ofOpenTelemetry) => TextsIn(value, ofOpenTelemetry, 0);

    private static IEnumerable<(Field Field, bool IsTooDeep)> TextsIn(Field value, bool ofOpenTelemetry, int depth)
    {
        if (value.Text is not null)
        {
            return [(value, false)];
        }

        if (depth > Formats.FormatValueReader.MaxDepth)
        {
            return value.IsObject || value.IsArray ? [(value, true)] : [];
        }

        return value.Items()
            .Concat(value.Members().Where(member => !(ofOpenTelemetry && member.Name == "key")).Select(member => member.Field))
            .SelectMany(inner => TextsIn(inner, ofOpenTelemetry, depth + 1));
    }

    private static Field? LogFormat(AccessLogEntry log) => log.Config?.Proto("log_format");

    private static IEnumerable<Field> Present(params IEnumerable<Field?> fields) => fields.OfType<Field>();
}
