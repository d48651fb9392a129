using AccessLogWebhook.Policy.Formats;
using AccessLogWebhook.Policy.Mesh;

namespace AccessLogWebhook.Policy.Profiles;

/// <summary>
/// What a backend or an output cannot express. It is an error of the profile, with the reason, where it stands: dropped, it would be believed to work.
/// What istiod makes of a Telemetry is in <c>pilot/pkg/model/telemetry.go</c> and <c>telemetry_logging.go</c>.
/// </summary>
internal static class BackendRules
{
    private const string UseEnvoyFilter = "use backend EnvoyFilter";

    public static void Check(SpecFields spec, ProfileLogging logging, LoggingResourceKind backend)
    {
        CheckFormatOfOutput(spec, logging);
        if (backend == LoggingResourceKind.Telemetry)
        {
            CheckTelemetry(spec, logging);
        }
        else if (logging.Output is LogOutput.Provider)
        {
            spec.Report("spec.output.provider", "is named by a Telemetry: use backend Telemetry, or another output.");
        }
    }

    private static void CheckFormatOfOutput(SpecFields spec, ProfileLogging logging)
    {
        if (spec.Has("format") && logging.Output is LogOutput.Grpc)
        {
            spec.Refuse("format", "Envoy's gRPC access log service is sent Envoy's own structured entries, which have no format: leave it out.");
        }

        if (spec.Has("format") && logging.Output is LogOutput.Provider)
        {
            spec.Refuse("format", "the provider of the mesh has its own format: leave it out.");
        }

        // Envoy throws "Only string values, nested key value lists and array values are supported" (open_telemetry/substitution_formatter.cc).
        if (logging is { Output: LogOutput.OpenTelemetry, Format: LogFormat.Json json })
        {
            RefuseBareValues(spec, json.Format.Fields, new MemberPath($"{json.Format.Path}.fields"));
        }
    }

    private static void RefuseBareValues(SpecFields spec, FormatValue value, MemberPath path)
    {
        switch (value)
        {
            case FormatValue.Object @object:
                foreach (var member in @object.Members)
                {
                    path.Enter(member.Name);
                    RefuseBareValues(spec, member.Value, path);
                    path.Leave();
                }

                break;
            case FormatValue.List list:
                foreach (var (index, item) in list.Items.Index())
                {
                    path.Enter(index);
                    RefuseBareValues(spec, item, path);
                    path.Leave();
                }

                break;
            case FormatValue.Number or FormatValue.Flag or FormatValue.Null:
                spec.Report(path.ToString(), "Envoy takes only texts, objects and lists as attributes for OpenTelemetry: quote the value.");
                break;
        }
    }

    private static void CheckTelemetry(SpecFields spec, ProfileLogging logging)
    {
        if (logging.Filter.Sample is not null)
        {
            spec.Report("spec.filter.samplePercent", $"Istio's Telemetry has no sampling: {UseEnvoyFilter}.");
        }

        if (logging.Filter.ExcludeHealthChecks)
        {
            spec.Report(
                "spec.filter.excludeHealthChecks",
                $"a Telemetry filters by a CEL expression, and Envoy has no attribute that says what a health check is: {UseEnvoyFilter}, or an expression over request.useragent.");
        }

        if (logging.Protocols != LoggedProtocols.All)
        {
            spec.Refuse("protocols", $"a Telemetry logs http, tcp and listener alike: leave it out, or {UseEnvoyFilter}.");
        }

        if (logging.Proxies.HasFlag(LoggedProxies.Gateway) != logging.Proxies.HasFlag(LoggedProxies.SidecarOutbound))
        {
            spec.Refuse("proxies", $"sidecarOutbound and gateway are both CLIENT to a Telemetry: name both or neither, or {UseEnvoyFilter}.");
        }

        if (!logging.SilencedProviders.IsEmpty)
        {
            spec.Refuse("silencedProviders", "a Telemetry takes the place of the providers that a workload would inherit, so there is nothing to switch off: leave it out.");
        }

        if (logging.Output is LogOutput.OpenTelemetry collector)
        {
            CheckCollector(spec, collector, logging.Format);
        }

        CheckFormatters(spec, logging.Format);
    }

    private static void CheckCollector(SpecFields spec, LogOutput.OpenTelemetry collector, LogFormat? format)
    {
        if (collector.ResourceAttributes.Count > 0)
        {
            spec.Report("spec.output.openTelemetry.resourceAttributes", $"Istio's provider has no resource attributes: {UseEnvoyFilter}.");
        }

        if (collector.DisableBuiltinLabels is false)
        {
            spec.Report("spec.output.openTelemetry.disableBuiltinLabels", $"Istio's provider always leaves Envoy's own resource attributes out: for them, {UseEnvoyFilter}.");
        }

        // ConvertStructToAttributeKeyValues takes the string of each label, which for anything else is the empty one.
        foreach (var member in format is LogFormat.Json json ? json.Format.Fields.Members : [])
        {
            if (member.Value is FormatValue.Object or FormatValue.List)
            {
                spec.Report($"spec.format.json.fields{MemberPath.Spell(member.Name)}", $"Istio's provider sends only texts to OpenTelemetry, and this as an empty one: {UseEnvoyFilter}.");
            }
        }
    }

    /// <summary>istiod adds one formatter, and looks for its operator in the texts of the outermost fields only (accessLogJSONFormatters).</summary>
    private static void CheckFormatters(SpecFields spec, LogFormat? format)
    {
        var (value, path) = format switch
        {
            LogFormat.Json json => ((FormatValue)json.Format.Fields, $"{json.Format.Path}.fields"),
            LogFormat.Text text => (new FormatValue.Text(text.Line), "spec.format.text.line"),
            _ => (new FormatValue.Null(), ""),
        };
        var outermost = value is FormatValue.Object fields ? fields.Members.Select(member => member.Value) : [value];
        var isAdded = outermost.OfType<FormatValue.Text>().Any(text => FormatOperators.In(text.Format).Any(part => part.Definition.Formatter == FormatterExtensions.ReqWithoutQuery));
        FormatOperators.VisitTexts(value, new MemberPath(path), (text, at) =>
        {
            foreach (var (definition, _) in FormatOperators.In(text).SelectMany(part => FormatOperators.Innermost(part.Definition, part.Argument)))
            {
                if (definition.Formatter is { } formatter && !(isAdded && formatter == FormatterExtensions.ReqWithoutQuery))
                {
                    spec.Report(at.ToString(), MissingFormatter(definition.Name, formatter));
                }
            }
        });
    }

    private static string MissingFormatter(string name, FormatterExtension formatter) => formatter == FormatterExtensions.ReqWithoutQuery
        ? $"{name} needs the formatter {formatter.Name}, which Istio adds for a Telemetry only where the operator stands in the text of an outermost field: move it there, or {UseEnvoyFilter}."
        : $"{name} needs the formatter {formatter.Name}, which Istio adds for no Telemetry: {UseEnvoyFilter}.";
}
