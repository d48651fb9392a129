using AccessLogWebhook.Policy.Mesh;

namespace AccessLogWebhook.Policy.Linting.Telemetries;

/// <summary>
/// AL055 and AL056. Source: Istio's <c>pilot/pkg/model/telemetry.go mergeLogs</c>: without providers those of the Telemetry above count, and without one above
/// <c>meshConfig.defaultProviders.accessLogging</c>; where there is none of these either, <c>AccessLogging</c> falls back to
/// <c>accessLogFile</c> as if nothing had been said (istio#49126; its analyzer calls the second IST0157).
/// </summary>
internal static class ProviderRule
{
    public static void Check(LintPass pass)
    {
        if (pass.Subject.Telemetry is not { } telemetry || pass.Context.Others.Any(other => IsAbove(pass, other)))
        {
            return;
        }

        foreach (var entry in telemetry.Entries.Where(entry => entry.Providers.IsEmpty && entry.Field["providers"]?.Items().Any() != true))
        {
            if (entry.IsDisabled)
            {
                pass.Add(
                    LintRules.DisabledWithoutProvider, entry.Field["disabled"]!,
                    "Without providers it disables meshConfig.defaultProviders.accessLogging; a log that meshConfig.accessLogFile switches on goes on.");
            }
            else
            {
                pass.Add(
                    LintRules.WithoutProvider, entry.Field,
                    "Without providers it is for meshConfig.defaultProviders.accessLogging; where the mesh has none, the entry does nothing.");
            }
        }
    }

    /// <summary>Whether it is a Telemetry from which this one takes its providers over.</summary>
    private static bool IsAbove(LintPass pass, LintSubject other) =>
        other.Telemetry is { } above
        && !other.IsSameAs(pass.Subject)
        && IsWide(other.Attachment)
        && (other.Namespace == pass.Context.RootNamespace || (other.Namespace == pass.Subject.Namespace && !IsWide(pass.Subject.Attachment)))
        && above.Entries.Any(entry => !entry.Providers.IsEmpty);

    /// <summary>Whether it is for a whole namespace, or the mesh.</summary>
    public static bool IsWide(LoggingResource telemetry) => telemetry is { Selector: not { Count: > 0 }, TargetRefs.IsEmpty: true };
}
