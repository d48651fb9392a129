using System.Text.Json;
using System.Text.RegularExpressions;
using AccessLogWebhook.Policy.Json;

namespace AccessLogWebhook.Policy.Workloads;

/// <summary>
/// Whom people know a Pod by: the object that they wrote, not the one that a controller made for it. A ReplicaSet of a Deployment is named by it and the hash of
/// its template, a Job of a CronJob by it and the minute (Kubernetes, <c>pkg/controller/deployment</c> and <c>cronjob/utils.go getJobName</c>), so that neither has to be asked for.
/// </summary>
public readonly partial record struct WorkloadOwner(string ApiVersion, string Kind, string Name)
{
    /// <summary>Of a Pod that nothing owns, the Pod.</summary>
    public static WorkloadOwner Of(JsonElement pod, string name)
    {
        var metadata = pod.Object("metadata");
        if (Controller(metadata) is not { } controller)
        {
            return new WorkloadOwner("v1", "Pod", name);
        }

        var labels = metadata?.Labels("labels");
        return controller switch
        {
            { Kind: "ReplicaSet" } when labels?["rollouts-pod-template-hash"] is { } hash && Stem(controller.Name, hash) is { } rollout =>
                new WorkloadOwner("argoproj.io/v1alpha1", "Rollout", rollout),
            { Kind: "ReplicaSet" } when labels?["pod-template-hash"] is { } hash && Stem(controller.Name, hash) is { } deployment =>
                new WorkloadOwner("apps/v1", "Deployment", deployment),
            { Kind: "Job" } when JobOfCronJob().Match(controller.Name) is { Success: true } match =>
                new WorkloadOwner("batch/v1", "CronJob", match.Groups["name"].Value),
            _ => controller,
        };
    }

    /// <summary><c>Deployment/api</c>, as kubectl takes it.</summary>
    public override string ToString() => $"{Kind}/{Name}";

    private static WorkloadOwner? Controller(JsonElement? metadata)
    {
        if (metadata?.Member("ownerReferences") is not { ValueKind: JsonValueKind.Array } references)
        {
            return null;
        }

        WorkloadOwner? first = null;
        foreach (var reference in references.EnumerateArray())
        {
            if (reference.Text("kind") is not { Length: > 0 } kind || reference.Text("name") is not { Length: > 0 } name)
            {
                continue;
            }

            var owner = new WorkloadOwner(reference.Text("apiVersion") ?? "", kind, name);
            if (reference.Member("controller") is { ValueKind: JsonValueKind.True })
            {
                return owner;
            }

            first ??= owner;
        }

        return first;
    }

    private static string? Stem(string name, string hash) =>
        hash.Length > 0 && name.Length > hash.Length + 1 && name.EndsWith($"-{hash}", StringComparison.Ordinal) ? name[..^(hash.Length + 1)] : null;

    [GeneratedRegex(@"\A(?<name>.+)-[0-9]{8,10}\z")]
    private static partial Regex JobOfCronJob();
}
