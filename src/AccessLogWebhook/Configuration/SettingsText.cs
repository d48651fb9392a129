using AccessLogWebhook.Policy.Decisions;

namespace AccessLogWebhook.Configuration;

/// <summary>The settings in force on one line, by the names of the configuration file, for the log.</summary>
internal static class SettingsText
{
    public static string Of(PolicySettings settings) =>
        $"defaults: inject={settings.Defaults.Inject ?? Modes.Off} enforce={settings.Defaults.Enforce ?? Modes.Off} "
        + $"warn={settings.Defaults.Warn ?? Modes.Off} audit={settings.Defaults.Audit ?? Modes.Off}; "
        + $"exemptions: namespaces={List(settings.Exemptions.Namespaces)} usernames={List(settings.Exemptions.Usernames)} "
        + $"runtimeClasses={List(settings.Exemptions.RuntimeClasses)} annotation={Flag(settings.Exemptions.AllowAnnotation)}; "
        + $"mesh: rootNamespace={settings.RootNamespace} enableNamespacesByDefault={Flag(settings.EnableNamespacesByDefault)}; "
        + $"namespaceLabels: unknown={(settings.RefuseUnknownNamespaceLabels ? "refuse" : "warn")}; "
        + $"failure: inject={Direction(settings.InjectFault)} enforce={Direction(settings.EnforceFault)}";

    private static string List(IEnumerable<string> names) => $"[{string.Join(",", names.Order(StringComparer.Ordinal))}]";

    private static string Flag(bool flag) => flag ? "true" : "false";

    private static string Direction(FailureDirection direction) => direction == FailureDirection.Open ? "open" : "closed";
}
