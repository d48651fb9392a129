using AccessLogWebhook.Auditing;
using AccessLogWebhook.Policy.Workloads;

namespace AccessLogWebhook.Tests.Auditing;

public sealed class RepairCommandTests
{
    private const string ByHand = "Delete the Pod and have it created again.";

    [Theory]
    [InlineData("apps/v1", "Deployment", "api", "kubectl rollout restart deployment/api -n shop")]
    [InlineData("apps/v1", "StatefulSet", "db", "kubectl rollout restart statefulset/db -n shop")]
    [InlineData("apps/v1", "DaemonSet", "agent", "kubectl rollout restart daemonset/agent -n shop")]
    [InlineData("argoproj.io/v1alpha1", "Rollout", "api", "kubectl argo rollouts restart api -n shop")]
    [InlineData("batch/v1", "CronJob", "night", ByHand)]
    [InlineData("v1", "Pod", "web", ByHand)]
    [InlineData("other/v1", "Deployment", "api", ByHand)]
    [InlineData("apps/v1", "Deployment", "api; rm -rf x", ByHand)]
    [InlineData("apps/v1", "Deployment", "-all", ByHand)]
    public void Pods_are_created_again_by_what_owns_them(string apiVersion, string kind, string name, string repair) =>
        Assert.Equal(repair, RepairCommand.Of(new WorkloadOwner(apiVersion, kind, name), "shop"));
}
