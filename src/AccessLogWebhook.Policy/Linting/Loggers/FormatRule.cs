using AccessLogWebhook.Policy.Formats;
using AccessLogWebhook.Policy.Json;
using AccessLogWebhook.Policy.Linting.EnvoyFilters;
using AccessLogWebhook.Policy.Linting.Protos;

namespace AccessLogWebhook.Policy.Linting.Loggers;

/// <summary>
/// AL027, AL035 to AL039 and AL061, as the Formats room finds them. Source for the formatters: Istio's <c>pilot/pkg/model/telemetry_logging.go</c> adds
/// the one for REQ_WITHOUT_QUERY to its own formats; nobody adds it to those of an EnvoyFilter.
/// </summary>
internal static class FormatRule
{
    public static void Check(LintPass pass)
    {
        foreach (var log in pass.Logs)
        {
            var texts = new List<FoundText>();
            foreach (var line in FormatSources.Lines(log))
            {
                Read(pass, log, line, isLine: true, texts);
            }

            foreach (var (field, isTooDeep) in FormatSources.Objects(log).SelectMany(value => FormatSources.TextsIn(value, log.Type == ProtoTypes.OpenTelemetryAccessLog)))
            {
                if (isTooDeep)
                {
                    pass.Add(LintRules.BadFormat, field, $"The format is nested deeper than {FormatValueReader.MaxDepth} levels, more than a proxy can be sent.", "Make it flatter.");
                }
                else
                {
                    Read(pass, log, field, isLine: false, texts);
                }
            }

            CheckFormatters(pass, log, texts);
            CheckContent(pass, log, texts);
            CheckSilence(pass, log, texts);
        }
    }

    private static void Read(LintPass pass, AccessLogEntry log, Field field, bool isLine, List<FoundText> texts)
    {
        // To say of a fault what was meant costs time.
        if (field.Text is not { } source || !pass.Findings.Takes(LintRules.BadFormat))
        {
            return;
        }

        var reading = FormatParser.Parse(source);
        if (reading.Text is { } text)
        {
            texts.Add(new FoundText(field, text, isLine));
        }

        foreach (var fault in reading.Faults)
        {
            // An extension of somebody's own brings operators that are not known here.
            if (fault.Kind != FormatFaultKind.UnknownOperator || !HasUnknownFormatter(log))
            {
                pass.Add(LintRules.BadFormat, field, $"{fault} Envoy rejects the whole listener.");
            }
        }
    }

    private static void CheckFormatters(LintPass pass, AccessLogEntry log, List<FoundText> texts)
    {
        foreach (var (field, text, _) in texts)
        {
            foreach (var formatter in RequiredFormatters.Of(text))
            {
                // Built in since Envoy 1.34, before the oldest proxy that is reckoned with.
                if (formatter != FormatterExtensions.Cel && formatter != FormatterExtensions.Metadata && !Types(log).Contains(ProtoTypes.NameIn(formatter.TypeUrl)))
                {
                    pass.Add(
                        LintRules.MissingFormatter, field, $"{Excerpt.Of(text.Source)} needs the formatter {formatter.Name}, which Istio adds to its own formats only: Envoy rejects the listener.",
                        $"Add formatters: [{{name: {formatter.Name}, typed_config: {{\"@type\": {formatter.TypeUrl}}}}}].");
                }
            }
        }
    }

    private static void CheckContent(LintPass pass, AccessLogEntry log, List<FoundText> texts)
    {
        foreach (var (field, text, isLine) in texts)
        {
            // An empty line stands for Envoy's own format.
            var findings = isLine && text.Source.Length > 0 ? FormatFindings.In(text, "", usedForTcp: false) : FormatFindings.In(new FormatValue.Text(text), "", usedForTcp: false);
            foreach (var finding in findings)
            {
                // What prints "-" gives nothing away.
                if (!log.IsHttp && FormatOperators.In(text).FirstOrDefault(each => each.Position == finding.Position) is { } each && IsSilent(each))
                {
                    continue;
                }

                var (message, fix) = finding.Kind == FormatFindingKind.NoLineBreak
                    ? ("The format does not end in a line break, and Envoy adds none to a text: all entries run together in one line.", null)
                    : Halves(finding.Message);
                pass.Add(
                    finding.Kind switch
                    {
                        FormatFindingKind.Secret => LintRules.Secrets,
                        FormatFindingKind.PersonalData => LintRules.PersonalText,
                        FormatFindingKind.NoLineBreak => LintRules.NoLineBreak,
                        FormatFindingKind.NewerProxy => LintRules.NewerProxy,
                        _ => LintRules.DeprecatedFormat,
                    },
                    field, message, fix);
            }
        }
    }

    /// <summary>One finding for a whole format: the same for each of two dozen fields would hide what matters.</summary>
    private static void CheckSilence(LintPass pass, AccessLogEntry log, List<FoundText> texts)
    {
        const int named = 3;
        if (log.Point is not (LogPoint.Tcp or LogPoint.Listener))
        {
            return;
        }

        var silent = texts.SelectMany(each => FormatOperators.In(each.Text).Where(IsSilent).Select(each => each.ToString())).Distinct(StringComparer.Ordinal).ToList();
        if (silent.Count > 0)
        {
            var rest = silent.Count > named ? $" and {silent.Count - named} more" : "";
            var (say, print) = silent.Count == 1 ? ("says", "it prints") : ("say", "they print");
            pass.Add(
                LintRules.HttpOperators, log.Config!,
                $"{string.Join(", ", silent.Take(named).Select(each => Excerpt.Of(each)))}{rest} {say} nothing of connections: {print} \"-\" or 0.");
        }
    }

    private static bool IsSilent(FormatPart.Operator each) => FormatOperators.Innermost(each.Definition, each.Argument).All(inner => inner.Definition.HttpOnly);

    private static IEnumerable<string> Types(AccessLogEntry log) =>
        FormatSources.Formatters(log)?.Items().Select(formatter => ProtoTypes.NameIn(formatter.Proto("typed_config")?["@type"]?.Text ?? "")) ?? [];

    private static bool HasUnknownFormatter(AccessLogEntry log) =>
        Types(log).Any(type => !type.StartsWith("envoy.extensions.formatter.", StringComparison.Ordinal));

    /// <summary>What is wrong, and after the last colon what to do about it.</summary>
    private static (string Message, string? Fix) Halves(string message)
    {
        var colon = message.LastIndexOf(": ", StringComparison.Ordinal);
        if (colon < 0 || colon + 2 >= message.Length || !char.IsAsciiLetterLower(message[colon + 2]))
        {
            return (message, null);
        }

        var fix = $"{char.ToUpperInvariant(message[colon + 2])}{message[(colon + 3)..]}";
        return ($"{message[..colon]}.", fix.Contains("%REQ_WITHOUT_QUERY(", StringComparison.Ordinal) ? $"{fix.TrimEnd('.')}, and add the formatter {FormatterExtensions.ReqWithoutQuery.Name}." : fix);
    }

    /// <param name="IsLine">Whether it is a whole log line.</param>
    private sealed record FoundText(Field Field, FormatText Text, bool IsLine);
}
