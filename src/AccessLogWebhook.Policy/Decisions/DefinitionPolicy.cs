using System.Collections.Immutable;
using AccessLogWebhook.Policy.Linting;
using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Policy.Profiles;
using AccessLogWebhook.Policy.Rendering;

namespace AccessLogWebhook.Policy.Decisions;

/// <summary>
/// What <c>/validate</c> answers about AccessLogProfiles, EnvoyFilters and Telemetries. Refused is what a proxy would reject, what makes it lose traffic, and what
/// takes from workloads the reference by which they are logged; what only does nothing, or too much, is said in warnings. Whoever else's EnvoyFilters have
/// nothing to do with access logs are none of ours.
/// </summary>
public static class DefinitionPolicy
{
    // A message is read in a terminal; the rest comes when these are corrected.
    private const int MostFaults = 8;

    public static Decision Decide(DefinitionInput input) => input switch
    {
        { Operation: not (Operation.Create or Operation.Update or Operation.Delete) } => new Decision.Admit(ReasonCode.OperationNotJudged),
        { IsBeingDeleted: true } => new Decision.Admit(ReasonCode.BeingDeleted),
        { Kind: DefinitionKind.AccessLogProfile } => DecideProfile(input),
        _ => DecideReference(input),
    };

    private static Decision DecideProfile(DefinitionInput input)
    {
        if (input.Object is not { } @object)
        {
            var users = ReferenceUsage.Of(input.Mesh, input.Settings).UsersOf(input.Name);
            return users.Any && BuiltInProfiles.Named(input.Name) is null
                ? Admitted(input, ReasonCode.ProfileInUse, $"{input.Title} stays until nobody uses it any more: {users.Describe()}.")
                : new Decision.Admit(ReasonCode.ProfileUnused);
        }

        if (input.IsSpecUnchanged)
        {
            // Its labels and finalizers can be changed whatever newer rules say of what it was let in with.
            return new Decision.Admit(ReasonCode.SpecUnchanged);
        }

        var profile = AccessLogProfileReader.Read(input.Name, @object);
        return profile.Errors.IsEmpty
            ? Admitted(input, ReasonCode.ProfileValid, [.. ProfileFindings.Of(profile).Select(finding => $"{input.Title}: {finding}")])
            : new Decision.Deny(ReasonCode.InvalidProfile) { Profile = profile.Name, Message = $"{input.Title} is refused. {Listed(profile.Errors.Select(error => error.ToString()))}" };
    }

    private static Decision DecideReference(DefinitionInput input)
    {
        var before = input.Old is { } old ? LintSubject.Read(old, input.Namespace) : null;
        var after = input.Object is { } @object ? LintSubject.Read(@object, input.Namespace) : null;
        if (before is not null && ReferenceInUse.Needing(before.Attachment, after?.Attachment, input) is { Count: > 0 } losing && !AllowsBreaking(after ?? before))
        {
            return new Decision.Deny(ReasonCode.ReferenceInUse)
            {
                Message = $"{input.Title} is refused: {Counted(losing.Count)} logged by it would not be any more, {losing[0]} first. "
                    + $"Restart them with another profile, or annotate it {AccessLogKeys.AllowBreaking}=true before.",
            };
        }

        if (after is null)
        {
            return new Decision.Admit(ReasonCode.ReferenceUnused);
        }

        if (!Linter.TouchesAccessLogs(after))
        {
            return new Decision.Admit(ReasonCode.NotAccessLogging);
        }

        if (input.IsSpecUnchanged)
        {
            return new Decision.Admit(ReasonCode.SpecUnchanged);
        }

        var context = new LintContext(input.Mesh, input.Settings.RootNamespace);
        var findings = Linter.Lint(after, context);
        var errors = findings.Where(finding => finding.Rule.Severity == LintSeverity.Error).ToImmutableArray();
        // By their number, not their place: a patch that is put in or taken out moves those that follow.
        var known = before is null || errors.IsEmpty ? [] : Linter.Lint(before, context).CountBy(finding => finding.Rule.Id).ToDictionary();
        if (errors.CountBy(error => error.Rule.Id).Any(count => count.Value > known.GetValueOrDefault(count.Key)))
        {
            return new Decision.Deny(ReasonCode.LintError) { Message = $"{input.Title} is refused. {Listed(errors.Select(Describe))}" };
        }

        return Admitted(
            input,
            findings.Any(finding => finding.Rule.Severity <= LintSeverity.Warning) ? ReasonCode.LintWarning : ReasonCode.LintClean,
            [.. findings.Where(finding => finding.Rule.Severity <= LintSeverity.Warning).Select(Describe)]);
    }

    private static Decision.Admit Admitted(DefinitionInput input, ReasonCode reason, params ReadOnlySpan<string> warnings) => new(reason)
    {
        Message = warnings.IsEmpty ? $"{input.Title} is admitted." : warnings[0],
        Warnings = Sentences.AsWarnings(warnings.ToArray()),
    };

    private static bool AllowsBreaking(LintSubject subject) => subject.Annotations.Has(AccessLogKeys.AllowBreaking, "true");

    private static string Describe(LintFinding finding) => $"{finding.Rule.Id} {finding.Path}: {finding.Message} {finding.Fix}";

    private static string Listed(IEnumerable<string> faults)
    {
        var all = faults.ToList();
        return $"{string.Join(" ", all.Take(MostFaults))}{(all.Count > MostFaults ? $" And {all.Count - MostFaults} more." : "")}";
    }

    private static string Counted(int workloads) => workloads == 1 ? "1 workload" : $"{workloads} workloads";
}
