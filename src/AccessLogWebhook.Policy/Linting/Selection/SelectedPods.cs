using AccessLogWebhook.Policy.Mesh;

namespace AccessLogWebhook.Policy.Linting.Selection;

/// <summary>The Pods with all labels of a selector, where the subject reaches and where it does not.</summary>
/// <param name="AnyKnown">Whether the snapshot knows Pods at all; else nothing follows from the other numbers.</param>
/// <param name="Within">Those of namespaces that it reaches.</param>
/// <param name="Waypoints">How many of these are waypoints.</param>
/// <param name="Gateways">How many of these are of Gateway API gateways, without waypoints.</param>
/// <param name="Elsewhere">How many others there are, and one of their namespaces.</param>
internal sealed record SelectedPods(bool AnyKnown, List<(string Namespace, LabelSet Labels)> Within, int Waypoints, int Gateways, int Elsewhere, string ElsewhereIn)
{
    public static SelectedPods Of(LintSubject subject, LintContext context)
    {
        var selector = subject.Attachment.Selector ?? LabelSet.Empty;
        var within = new List<(string Namespace, LabelSet Labels)>();
        var (waypoints, gateways, elsewhere, elsewhereIn) = (0, 0, 0, "");
        foreach (var (key, pod) in context.Mesh.Pods)
        {
            var labels = pod.Labels;
            if (!selector.IsSubsetOf(labels))
            {
                continue;
            }

            if (!Attachment.Considers(subject.Attachment, key.Namespace, context.RootNamespace))
            {
                elsewhere++;
                elsewhereIn = elsewhereIn.Length == 0 || string.CompareOrdinal(key.Namespace, elsewhereIn) < 0 ? key.Namespace : elsewhereIn;
                continue;
            }

            within.Add((key.Namespace, labels));
            if (GatewayClasses.IsWaypoint(labels))
            {
                waypoints++;
            }
            else if (labels.ContainsKey(MeshKeys.GatewayName))
            {
                gateways++;
            }
        }

        return new SelectedPods(!context.Mesh.Pods.IsEmpty, within, waypoints, gateways, elsewhere, elsewhereIn);
    }
}
