using AccessLogWebhook.Policy.Json;
using AccessLogWebhook.Policy.Mesh;

namespace AccessLogWebhook.Policy.Linting.Selection;

/// <summary>AL048 and AL049. Source: Istio's <c>pilot/pkg/model/policyattachment.go</c>: a Gateway is attached to from its own namespace, the root namespace being no exception.</summary>
internal static class GatewayTargetRule
{
    public static void Check(LintPass pass)
    {
        var targets = pass.Subject.Targets.Zip(pass.Subject.Attachment.TargetRefs)
            .Where(each => each.Second is { Group: "gateway.networking.k8s.io", Kind: "Gateway", Namespace: "", Name.Length: > 0 })
            .ToList();
        if (targets.Count == 0)
        {
            return;
        }

        var places = Places(pass.Context.Mesh);
        foreach (var (field, target) in targets)
        {
            var at = places.GetValueOrDefault(target.Name);
            if (at is null)
            {
                CheckUnknown(pass, field, target);
            }
            else if (!at.Contains(pass.Subject.Namespace))
            {
                pass.Add(
                    LintRules.TargetElsewhere, field,
                    $"The Gateway {Excerpt.Of(target.Name)} is in namespace {Excerpt.Of(at.Min!)}, and a targetRef reaches its own namespace only.", $"Move the resource to {Excerpt.Of(at.Min!)}.");
            }
        }
    }

    private static void CheckUnknown(LintPass pass, Field field, TargetReference target)
    {
        if (pass.IsInRootNamespace)
        {
            pass.Add(
                LintRules.RootTarget, field,
                $"The targetRef reaches the Gateway {Excerpt.Of(target.Name)} of namespace {Excerpt.Of(pass.Subject.Namespace)}, and none of other namespaces, though this is the root namespace.");
        }
    }

    /// <summary>In which namespaces Gateways of each name have Pods.</summary>
    private static Dictionary<string, SortedSet<string>> Places(MeshSnapshot mesh)
    {
        var places = new Dictionary<string, SortedSet<string>>(StringComparer.Ordinal);
        foreach (var (key, pod) in mesh.Pods)
        {
            if (pod.Labels[MeshKeys.GatewayName] is { } name)
            {
                if (!places.TryGetValue(name, out var namespaces))
                {
                    places.Add(name, namespaces = new SortedSet<string>(StringComparer.Ordinal));
                }

                namespaces.Add(key.Namespace);
            }
        }

        return places;
    }
}
