using AccessLogWebhook.Policy.Json;
using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Policy.Workloads;

namespace AccessLogWebhook.Policy.Decisions;

/// <summary>
/// Labels of a Namespace that ask for what does not exist: a profile, or a mode. Refused when they are written, with what there is; a
/// Namespace that carries them already (its profile was deleted since) can still be changed in every other way.
/// </summary>
internal static class NamespaceLabelPolicy
{
    public static Decision Decide(PolicyInput input, NamespaceObject @namespace)
    {
        var labels = Ours(@namespace);
        var before = input is { Operation: Operation.Update, Old: { } old } ? Ours(old) : null;
        if (labels.Equals(before))
        {
            return new Decision.Admit(ReasonCode.NamespaceLabelsUnchanged);
        }

        foreach (var (key, value) in labels)
        {
            if (before?.Has(key, value) == true || Fault(key, value, input.Context.Mesh) is not var (reason, profile, problem))
            {
                continue;
            }

            var message = $"{input.Title} is labelled {Excerpt.Of(key)}={Excerpt.Of(value)}. {problem}";
            return input.Context.Settings.RefuseUnknownNamespaceLabels
                ? new Decision.Deny(reason) { Profile = profile, Message = message }
                : new Decision.Admit(reason) { Profile = profile, Message = message, Warnings = Sentences.AsWarnings(message) };
        }

        return new Decision.Admit(ReasonCode.NamespaceLabelsValid);
    }

    private static (ReasonCode Reason, string? Profile, string Problem)? Fault(string key, string value, MeshSnapshot mesh)
    {
        if (!Modes.All.Any(mode => key == Modes.LabelOf(mode)))
        {
            return (
                ReasonCode.UnknownMode,
                null,
                $"There is no such mode: use {string.Join(", ", Modes.All.Select(Modes.LabelOf))}.");
        }

        return value == Modes.Off ? null : mesh.ProfileNamed(value) switch
        {
            null => (ReasonCode.UnknownProfile, value, $"There is no profile \"{Excerpt.Of(value)}\". {ProfileRule.Existing(mesh)}"),
            { Errors: [var error, ..] } => (ReasonCode.InvalidProfile, value, $"Profile {value} cannot be used: {error}"),
            _ => null,
        };
    }

    /// <summary>The labels of ours that a Namespace carries.</summary>
    public static LabelSet Ours(Workload @namespace) =>
        LabelSet.From(@namespace.Labels.Where(label => label.Key.StartsWith(AccessLogKeys.Prefix, StringComparison.Ordinal)));
}
