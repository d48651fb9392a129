using System.Collections.Immutable;
using AccessLogWebhook.Policy.Linting.Protos;

namespace AccessLogWebhook.Policy.Linting.Messages;

/// <summary>
/// AL016, AL017 and AL019 to AL023: whether the JSON is a message that Istio takes and Envoy accepts. Sources: the definitions behind <see cref="ProtoTypes"/>;
/// Istio's <c>pkg/config/xds/xds.go</c>, which takes unknown fields without a word where the validator is not asked.
/// </summary>
internal static class MessageRules
{
    public static ImmutableArray<Action<LintPass>> All { get; } = [CheckResource, CheckPatches, CheckLogs];

    private static void CheckResource(LintPass pass) => new MessageCheck(pass).Visit(
        pass.Subject.Spec, ProtoTypes.Find(pass.Subject.Filter is null ? ProtoTypes.TelemetrySpec : ProtoTypes.EnvoyFilterSpec)!);

    private static void CheckPatches(LintPass pass)
    {
        var check = new MessageCheck(pass);
        foreach (var patch in pass.Patches)
        {
            check.Visit(patch.Field, ProtoTypes.Find(ProtoTypes.ConfigPatch)!);
            if (patch.Value is { } value && ProtoTypes.RootOf(patch.ApplyTo) is { } root)
            {
                check.Visit(value, ProtoTypes.Find(root)!);
            }
        }
    }

    /// <summary>The access logs on ways that the tables do not follow. What was seen already is not reported again.</summary>
    private static void CheckLogs(LintPass pass)
    {
        var check = new MessageCheck(pass);
        foreach (var log in pass.Logs)
        {
            check.Visit(log.Field, ProtoTypes.Find(ProtoTypes.AccessLog)!);
        }
    }
}
