using AccessLogWebhook.Policy.Mesh;

namespace AccessLogWebhook.Policy.Decisions;

/// <summary>Which workloads are logged by a reference, and would not be any more by what it becomes.</summary>
internal static class ReferenceInUse
{
    // Whoever deletes a namespace deletes its workloads with it; were the reference kept for them, each would wait for the other.
    private const string NamespaceController = "system:serviceaccount:kube-system:namespace-controller";

    /// <param name="after">Null where it is deleted.</param>
    /// <returns>Their titles, <c>Pod shop/api</c>, in order.</returns>
    public static IReadOnlyList<string> Needing(LoggingResource before, LoggingResource? after, DefinitionInput input)
    {
        if (after is null && input.Username == NamespaceController)
        {
            return [];
        }

        var (mesh, root) = (input.Mesh, input.Settings.RootNamespace);
        // Both have the same selection in most updates, and then nobody can lose by it.
        if (after is not null && Equal(before, after))
        {
            return [];
        }

        var naming = mesh.Profiles.Values.Where(profile => profile.EnvoyFilterRef == before.Key && before.Kind == LoggingResourceKind.EnvoyFilter).Select(profile => profile.Name).ToHashSet(StringComparer.Ordinal);
        var rendered = ReferenceNames.IsRendered(before) ? ProfileReference.LabelsOf(before.Labels[AccessLogKeys.Profile]!, before.Labels[AccessLogKeys.Revision]) : null;
        var pods =
            from pod in mesh.Pods
            let labels = pod.Value.Labels
            where (rendered is not null && rendered.IsSubsetOf(labels)) || (labels[AccessLogKeys.Profile] is { } profile && naming.Contains(profile))
            where Loses(InertRules.ProxyWithin(labels, pod.Value.Annotations, pod.Key.Namespace))
            select $"Pod {pod.Key}";
        var annotation = AccessLogKeys.ReferenceAnnotation(before.Kind);
        var waypoints =
            from gateway in mesh.KubernetesGateways
            where gateway.Value.Annotations.Has(annotation, before.Key.ToString())
                && GatewayClasses.KindOf(gateway.Value.ClassName, mesh) == GatewayClassKind.Waypoint
            where Loses(new Proxy.Waypoint(gateway.Key.Namespace, gateway.Key.Name))
            select $"Gateway {gateway.Key}";
        return [.. pods.Concat(waypoints).Order(StringComparer.Ordinal)];

        bool Loses(Proxy proxy) => Attachment.Reaches(before, proxy, root) && (after is null || !Attachment.Reaches(after, proxy, root));
    }

    private static bool Equal(LoggingResource before, LoggingResource after) =>
        Equals(before.Selector, after.Selector) && before.TargetRefs.SequenceEqual(after.TargetRefs);
}
