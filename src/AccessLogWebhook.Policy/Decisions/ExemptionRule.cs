using AccessLogWebhook.Policy.Json;
using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Policy.Profiles;
using AccessLogWebhook.Policy.Workloads;

namespace AccessLogWebhook.Policy.Decisions;

/// <summary>
/// Who is excused: namespaces, usernames and runtime classes by the configuration file, as in Pod Security Admission; a workload by
/// its own annotation only where the configuration or the profile allows it, and only with a reason.
/// </summary>
internal static class ExemptionRule
{
    /// <summary>The exemption that the configuration grants to a request, whatever the profile; null where it grants none.</summary>
    public static Judgement? ByConfiguration(string username, Workload workload, PolicyContext context, string profile)
    {
        var exemptions = context.Settings.Exemptions;
        if (exemptions.Namespaces.Contains(context.Namespace.Name))
        {
            return Exempt(ReasonCode.ExemptNamespace, profile, $"is exempt: the configuration excuses namespace {context.Namespace.Name}.");
        }

        if (username.Length > 0 && exemptions.Usernames.Contains(username))
        {
            return Exempt(ReasonCode.ExemptUser, profile, $"is exempt: the configuration excuses user {username}.");
        }

        return workload is PodWorkload { RuntimeClass: { Length: > 0 } runtimeClass } && exemptions.RuntimeClasses.Contains(runtimeClass)
            ? Exempt(ReasonCode.ExemptRuntimeClass, profile, $"is exempt: the configuration excuses runtime class {runtimeClass}.")
            : null;
    }

    /// <summary>
    /// Whether the configuration excuses a request about a definition from being refused, and in what words. A namespace is excused from what is wrong with what is in it,
    /// but others' workloads may be logged by that, and they are not excused with it. A profile is in no namespace.
    /// </summary>
    /// <param name="refusal">Why it would be refused.</param>
    public static (ReasonCode Reason, string Excuse)? OfDefinition(DefinitionInput input, ReasonCode refusal)
    {
        var exemptions = input.Settings.Exemptions;
        return input.Username.Length > 0 && exemptions.Usernames.Contains(input.Username)
            ? (ReasonCode.ExemptUser, $"is exempt: the configuration excuses user {input.Username}.")
            : refusal == ReasonCode.LintError && exemptions.Namespaces.Contains(input.Namespace)
                ? (ReasonCode.ExemptNamespace, $"is exempt: the configuration excuses namespace {input.Namespace}.")
                : null;
    }

    /// <summary>The exemption that a workload's annotation asks for and gets; null where it asks for none or does not get it.</summary>
    public static Judgement? ByAnnotation(Workload workload, AccessLogProfile profile, PolicySettings settings) =>
        Asks(workload) is { } reason && reason.Trim().Length > 0 && IsHonoured(profile, settings)
            ? Exempt(ReasonCode.ExemptAnnotation, profile.Name, $"is exempt by its own annotation: {Excerpt.Of(reason.Trim())}")
            : null;

    /// <summary>Why the annotation of a workload is not honoured; null where it carries none or it is.</summary>
    public static string? Refusal(Workload workload, AccessLogProfile profile, PolicySettings settings) => Asks(workload) switch
    {
        null => null,
        var reason when !IsHonoured(profile, settings) =>
            $"Annotation {AccessLogKeys.Exempt} is not honoured: neither profile {profile.Name} nor the configuration allows it.",
        var reason when reason.Trim().Length == 0 =>
            $"Annotation {AccessLogKeys.Exempt} is not honoured: it gives no reason.",
        _ => null,
    };

    private static string? Asks(Workload workload) => workload.Annotations[AccessLogKeys.Exempt];

    private static bool IsHonoured(AccessLogProfile profile, PolicySettings settings) =>
        profile.AllowExempt || settings.Exemptions.AllowAnnotation;

    private static Judgement Exempt(ReasonCode reason, string profile, string problem) =>
        new(Verdict.Exempt, reason, profile, problem, "", RefusedByEnforce: false);
}
