using AccessLogWebhook.Policy.Json;
using AccessLogWebhook.Policy.Linting.EnvoyFilters;
using AccessLogWebhook.Policy.Linting.Telemetries;

namespace AccessLogWebhook.Policy.Linting.Doubles;

/// <summary>
/// AL052 and AL053 of an EnvoyFilter and a Telemetry. Source: Istio's <c>pilot/pkg/networking/core/listener_builder.go</c>: patches are applied to
/// listeners that have the access logs of Telemetries already. The provider <c>envoy</c> is built in and writes to <c>/dev/stdout</c>
/// (<c>pkg/config/mesh/mesh.go</c>); what others do stands in the mesh's configuration.
/// </summary>
internal static class TelemetryPairRule
{
    public static void Check(LintPass pass)
    {
        foreach (var other in pass.Context.Others.Where(other => other.Kind != pass.Subject.Kind && Linter.TouchesAccessLogs(other)))
        {
            var (filter, telemetry) = pass.Subject.Filter is null ? (other, pass.Subject) : (pass.Subject, other);
            if (Find(filter.Filter!, telemetry.Telemetry!) is var (log, entry) && Overlap.IsCertain(pass, other) && !IsSilenced(pass, filter, telemetry))
            {
                var at = pass.Subject.Filter is null ? entry.Field : log.Entry.Field;
                var isCertain = log.Sink == "/dev/stdout" && entry.Providers.Contains("envoy", StringComparer.OrdinalIgnoreCase);
                pass.Add(
                    isCertain ? LintRules.DoubledLines : LintRules.PossiblyDoubled, at,
                    isCertain
                        ? $"{other.Title} logs for the same proxies to /dev/stdout, too: each request has a line from both."
                        : $"{other.Title} logs for the same proxies{(pass.Subject.Filter is null ? "" : By(entry))}; where both write to the same place, {Excerpt.Of(log.Sink)}, each request has a line from both.",
                    "Disable the provider for these workloads with a Telemetry, providers: [{name: …}], disabled: true, or remove the EnvoyFilter.");
            }
        }
    }

    private static string By(AccessLogging entry) => entry.Providers is [var first, ..] ? $" by provider {Excerpt.Of(first)}" : " by the mesh's default providers";

    /// <summary>The first pair of access logs of which one is of requests that the other is of, too.</summary>
    private static (AddedLog Log, AccessLogging Entry)? Find(EnvoyFilterReading filter, TelemetryReading telemetry)
    {
        foreach (var log in filter.Added)
        {
            var entry = telemetry.Entries.FirstOrDefault(entry =>
                !entry.IsDisabled
                && (entry.Filter is null || log.Entry.Filter is null)
                && Meets(entry.Mode, log.Patch.Context));
            if (entry is not null)
            {
                return (log, entry);
            }
        }

        return null;
    }

    // To a Telemetry a gateway is a client (telemetry.go, workloadMode).
    private static bool Meets(string mode, string context) => (mode, context) switch
    {
        ("CLIENT", "SIDECAR_INBOUND") => false,
        ("SERVER", "SIDECAR_OUTBOUND" or "GATEWAY") => false,
        _ => true,
    };

    /// <summary>Whether another Telemetry switches the log off for all proxies of the EnvoyFilter.</summary>
    private static bool IsSilenced(LintPass pass, LintSubject filter, LintSubject telemetry) =>
        pass.Context.Others.Any(other =>
            other.Telemetry is { } silencer
            && !other.IsSameAs(telemetry)
            && silencer.Entries.Any(entry => entry.IsDisabled)
            && Overlap.Covers(other.Attachment, filter.Attachment, pass.Context.RootNamespace));
}
