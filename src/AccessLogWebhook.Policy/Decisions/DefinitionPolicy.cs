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
/// <remarks>
/// Who is excused by the configuration: a user, from everything, so that there is a way out of any refusal; a namespace, from what is found in its own EnvoyFilters
/// and Telemetries, but not from what those are to workloads of other namespaces.
/// </remarks>
public static class DefinitionPolicy
{
    // A message is read in a terminal; the rest comes when these are corrected.
    private const int MostFaults = 8;

    public static Decision Decide(DefinitionInput input)
    {
        if (input.Operation is not (Operation.Create or Operation.Update or Operation.Delete))
        {
            return new Decision.Admit(ReasonCode.OperationNotJudged);
        }

        if (input is { IsBeingDeleted: true, IsSpecUnchanged: true })
        {
            // So its finalizers come off. Until then it is as much in force as ever, and another spec is judged.
            return new Decision.Admit(ReasonCode.BeingDeleted);
        }

        var decision = input.Kind == DefinitionKind.AccessLogProfile ? DecideProfile(input) : DecideReference(input);
        return decision is Decision.Deny deny && ExemptionRule.OfDefinition(input, deny.Reason) is var (reason, excuse)
            ? new Decision.Admit(reason)
            {
                Verdict = Verdict.Exempt,
                Profile = deny.Profile,
                Message = $"{input.Title} {excuse}",
                Warnings = Sentences.AsWarnings($"{input.Title} {excuse}", deny.Message),
            }
            : decision;
    }

    /// <summary>
    /// What can be answered while the cluster is not known: profiles, and all that takes nothing from anybody, with the warnings that need no knowledge. Where somebody
    /// might lose a reference there is no answer, and which way that falls is the setting <c>failure.enforce</c>.
    /// </summary>
    /// <returns>Null where it takes facts.</returns>
    public static Decision? DecideWithoutFacts(DefinitionInput input)
    {
        input = input with { Mesh = MeshSnapshot.Empty };
        if (input is { Kind: DefinitionKind.AccessLogProfile, Operation: Operation.Delete })
        {
            // It is never refused; who uses it cannot be said.
            return new Decision.Admit(ReasonCode.OperationNotJudged);
        }

        return input.Kind != DefinitionKind.AccessLogProfile
            && input is { IsBeingDeleted: false } or { IsSpecUnchanged: false }
            && ExemptionRule.OfDefinition(input, ReasonCode.ReferenceInUse) is null
            && Read(input.Old, input) is { } before
            && Read(input.Object, input) is var after
            && ReferenceInUse.MayLose(before, after, input.Username)
            && !AllowsBreaking(after ?? before)
                ? null
                : Decide(input);
    }

    private static Decision DecideProfile(DefinitionInput input)
    {
        if (input.Object is not { } @object)
        {
            var users = ReferenceUsage.Of(input.Mesh, input.Settings).UsersOf(input.Name);
            return users.Any && BuiltInProfiles.Named(input.Name) is null
                ? Admitted(input, ReasonCode.ProfileInUse, input.HadFinalizer
                    ? $"{input.Title} stays until nobody uses it any more: {users.Describe()}."
                    : $"{input.Title} goes at once, since the controllers have not set their finalizer on it, though it is used: {users.Describe()}.")
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
        var before = Read(input.Old, input);
        var after = Read(input.Object, input);
        if (before is not null && ReferenceInUse.Find(before, after, input) is { } loss && !AllowsBreaking(after ?? before))
        {
            return new Decision.Deny(ReasonCode.ReferenceInUse) { Message = $"{input.Title} is refused: {loss.Problem} {loss.Remedy}" };
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

        var warnings = findings.Where(finding => finding.Rule.Severity <= LintSeverity.Warning).Select(Describe).ToList();
        var thinned = before is null ? null : ReferenceInUse.Thinned(before, after, input);
        return Admitted(
            input,
            warnings.Count > 0 || thinned is not null ? ReasonCode.LintWarning : ReasonCode.LintClean,
            [
                .. thinned is null ? Array.Empty<string>() : [thinned],
                .. warnings.Take(MostFaults),
                // The API server drops what comes after some thousand characters without a word.
                .. warnings.Count > MostFaults ? [$"And {warnings.Count - MostFaults} more: accesslog lint -f lists them all."] : Array.Empty<string>(),
            ]);
    }

    private static Decision.Admit Admitted(DefinitionInput input, ReasonCode reason, params ReadOnlySpan<string> warnings) => new(reason)
    {
        Message = warnings.IsEmpty ? $"{input.Title} is admitted." : warnings[0],
        Warnings = Sentences.AsWarnings(warnings.ToArray()),
    };

    private static LintSubject? Read(System.Text.Json.JsonElement? @object, DefinitionInput input) => @object is { } found ? LintSubject.Read(found, input.Namespace) : null;

    private static bool AllowsBreaking(LintSubject subject) => subject.Annotations.Has(AccessLogKeys.AllowBreaking, "true");

    private static string Describe(LintFinding finding) => $"{finding.Rule.Id} {finding.Path}: {finding.Message} {finding.Fix}";

    private static string Listed(IEnumerable<string> faults)
    {
        var all = faults.ToList();
        return $"{string.Join(" ", all.Take(MostFaults))}{(all.Count > MostFaults ? $" And {all.Count - MostFaults} more." : "")}";
    }
}
