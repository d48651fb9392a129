using AccessLogWebhook.Policy.Json;
using AccessLogWebhook.Policy.Linting;
using AccessLogWebhook.Policy.Mesh;

namespace AccessLogWebhook.Policy.Decisions;

/// <summary>What a change of a reference takes from the workloads that are logged by it.</summary>
/// <param name="Problem">What would become of whom, one sentence.</param>
/// <param name="Remedy">What to do instead, one sentence.</param>
internal sealed record ReferenceLoss(string Problem, string Remedy);

/// <summary>
/// Which workloads are logged by a reference, and would not be any more by what becomes of it. A reference is what is rendered, what a profile names by
/// <c>envoyFilterRef</c>, and what is labelled with a profile and targets a waypoint. One that logs nothing is none. Workloads in exempt namespaces are not counted.
/// </summary>
internal static class ReferenceInUse
{
    // Whoever deletes a namespace deletes its workloads with it; were the reference kept for them, each would wait for the other.
    private const string NamespaceController = "system:serviceaccount:kube-system:namespace-controller";

    // A message is read in a terminal.
    private const int MostNamed = 5;

    private const string OrBreak = $"or annotate it {AccessLogKeys.AllowBreaking}=true before.";

    private enum Change
    {
        None,
        Attachment,
        Logs,
        Labels,
    }

    /// <summary>Whether anybody could lose by it, whoever there is.</summary>
    public static bool MayLose(LintSubject before, LintSubject? after, string username) => ChangeOf(before, after, username) != Change.None;

    /// <param name="after">Null where it is deleted.</param>
    public static ReferenceLoss? Find(LintSubject before, LintSubject? after, DefinitionInput input)
    {
        var change = ChangeOf(before, after, input.Username);
        if (change == Change.None)
        {
            return null;
        }

        var root = input.Settings.RootNamespace;
        var losing = UsersOf(before.Attachment, input, proxy => change != Change.Attachment || after is null || !Attachment.Reaches(after.Attachment, proxy, root));
        if (losing.Count == 0)
        {
            return null;
        }

        var named = Named(losing);
        return change == Change.Labels
            ? new(
                $"its label {LostLabel(before, after!)} is how the reference is known that logs {Counted(losing.Count)}: {named}.",
                $"Leave the label, {OrBreak}")
            : before.Attachment.IsSilencer
                ? new($"it keeps the mesh's own logger from logging a second time for {Counted(losing.Count)}: {named}.", $"Restart them with another profile, {OrBreak}")
                : new($"{Counted(losing.Count)} logged by it would not be any more: {named}.", $"Restart them with another profile, {OrBreak}");
    }

    /// <summary>Who is logged by a reference that loses some of its access logs, a sentence; null where it loses none, or nobody is.</summary>
    public static string? Thinned(LintSubject before, LintSubject after, DefinitionInput input)
    {
        if (before.Attachment.IsSilencer || CountLogs(after, ofSilencer: false) >= CountLogs(before, ofSilencer: false))
        {
            return null;
        }

        var users = UsersOf(before.Attachment, input, _ => true);
        return users.Count == 0 ? null : $"{input.Title} has fewer access logs than before, and {Counted(users.Count)} {(users.Count == 1 ? "is" : "are")} logged by it: {Named(users)}.";
    }

    private static Change ChangeOf(LintSubject before, LintSubject? after, string username) =>
        CountLogs(before, before.Attachment.IsSilencer) == 0 || (after is null && username == NamespaceController) ? Change.None
        : after is null || CountLogs(after, before.Attachment.IsSilencer) == 0 ? Change.Logs
        : LostLabel(before, after) is not null ? Change.Labels
        // Both have the same selection in most updates, and then nobody can lose by it.
        : Equals(before.Attachment.Selector, after.Attachment.Selector) && before.Attachment.TargetRefs.SequenceEqual(after.Attachment.TargetRefs) ? Change.None
        : Change.Attachment;

    /// <summary>What it adds to a log; of what silences others, what it takes from them.</summary>
    private static int CountLogs(LintSubject subject, bool ofSilencer) =>
        subject.Filter?.Logs.Count() ?? subject.Telemetry!.Entries.Count(entry => entry.IsDisabled == ofSilencer);

    /// <summary>
    /// A label by which the controllers know what they rendered, and repair and remove it, and by which this rule does; null where none is lost. One that was wrong
    /// is not: setting it right is how it is repaired.
    /// </summary>
    private static string? LostLabel(LintSubject before, LintSubject after)
    {
        if (!ReferenceNames.IsRendered(before.Attachment))
        {
            return null;
        }

        var right = ProfileReference.LabelsOf(before.Labels[AccessLogKeys.Profile]!, before.Labels[AccessLogKeys.Revision])
            .With(LabelSet.Of((MeshKeys.ManagedBy, MeshKeys.ManagedByThis), (AccessLogKeys.Role, AccessLogKeys.Silencer)));
        return right.Where(label => before.Labels.Has(label.Key, label.Value) && !after.Labels.Has(label.Key, label.Value))
            .Select(label => $"{label.Key}={Excerpt.Of(label.Value)}")
            .FirstOrDefault();
    }

    /// <returns>Their titles, <c>Pod shop/api</c>, in order.</returns>
    private static List<string> UsersOf(LoggingResource reference, DefinitionInput input, Func<Proxy, bool> counts)
    {
        var (mesh, root, exempt) = (input.Mesh, input.Settings.RootNamespace, input.Settings.Exemptions.Namespaces);
        var rendered = ReferenceNames.IsRendered(reference);
        var naming = mesh.Profiles.Values.Where(profile => profile.EnvoyFilterRef == reference.Key && reference.Kind == LoggingResourceKind.EnvoyFilter).Select(profile => profile.Name).ToList();
        var carried = naming.Select(profile => LabelSet.Of((AccessLogKeys.Profile, profile)))
            .Concat(rendered ? [ProfileReference.LabelsOf(reference.Labels[AccessLogKeys.Profile]!, reference.Labels[AccessLogKeys.Revision])] : []);
        var pods =
            from labels in carried
            from pod in PodIndex.Selected(labels, mesh)
            where InertRules.ProxyWithin(pod.Value.Labels, pod.Key.Namespace, mesh) is { } proxy && IsUser(pod.Key.Namespace, proxy)
            select $"Pod {pod.Key}";
        // One that is rendered is a waypoint's for as long as its Gateway names it. One made by hand is whenever it targets it: nothing else would say so.
        var byHand = naming.Count > 0 || (!rendered && reference.Labels[AccessLogKeys.Profile] is { } profile && mesh.ProfileNamed(profile) is not null);
        var name = reference.Key.ToString();
        var waypoints =
            from gateway in mesh.KubernetesGateways
            where GatewayClasses.KindOf(gateway.Value.ClassName, mesh) == GatewayClassKind.Waypoint
            where byHand || gateway.Value.Annotations.Has(AccessLogKeys.EnvoyFilter, name) || gateway.Value.Annotations.Has(AccessLogKeys.Telemetry, name)
            where IsUser(gateway.Key.Namespace, new Proxy.Waypoint(gateway.Key.Namespace, gateway.Key.Name))
            select $"Gateway {gateway.Key}";
        return [.. pods.Concat(waypoints).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

        bool IsUser(string @namespace, Proxy proxy) => !exempt.Contains(@namespace) && Attachment.Reaches(reference, proxy, root) && counts(proxy);
    }

    private static string Named(List<string> workloads) =>
        $"{string.Join(", ", workloads.Take(MostNamed))}{(workloads.Count > MostNamed ? $" and {workloads.Count - MostNamed} more" : "")}";

    private static string Counted(int workloads) => workloads == 1 ? "1 workload" : $"{workloads} workloads";
}
