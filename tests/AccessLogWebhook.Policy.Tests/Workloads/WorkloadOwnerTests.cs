using System.Text.Json;
using AccessLogWebhook.Policy.Workloads;

namespace AccessLogWebhook.Policy.Tests.Workloads;

public sealed class WorkloadOwnerTests
{
    [Theory]
    [InlineData("ReplicaSet", "api-5f7", "{\"pod-template-hash\":\"5f7\"}", "Deployment/api")]
    [InlineData("ReplicaSet", "api-5f7", "{\"pod-template-hash\":\"other\"}", "ReplicaSet/api-5f7")]
    [InlineData("ReplicaSet", "api-5f7", "{}", "ReplicaSet/api-5f7")]
    [InlineData("ReplicaSet", "api-5f7", "{\"rollouts-pod-template-hash\":\"5f7\"}", "Rollout/api")]
    [InlineData("ReplicaSet", "-5f7", "{\"pod-template-hash\":\"5f7\"}", "ReplicaSet/-5f7")]
    [InlineData("Job", "report-29400123", "{}", "CronJob/report")]
    [InlineData("Job", "import", "{}", "Job/import")]
    [InlineData("Job", "import-42", "{}", "Job/import-42")]
    [InlineData("StatefulSet", "db", "{}", "StatefulSet/db")]
    [InlineData("DaemonSet", "agent", "{}", "DaemonSet/agent")]
    [InlineData("Node", "node-1", "{}", "Node/node-1")]
    public void A_Pod_belongs_to_what_people_wrote(string kind, string name, string labels, string owner) => Assert.Equal(
        owner, Of($$$"""{"metadata":{"labels":{{{labels}}},"ownerReferences":[{"kind":"Other","name":"x"},{"apiVersion":"a/v1","kind":"{{{kind}}}","name":"{{{name}}}","controller":true}]}}"""));

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"metadata":{"ownerReferences":null}}""")]
    [InlineData("""{"metadata":{"ownerReferences":[{"kind":7,"name":"x"},"y",null]}}""")]
    public void A_Pod_that_nothing_owns_is_its_own(string pod) => Assert.Equal("Pod/web", Of(pod));

    [Fact]
    public void Without_a_controller_the_first_owner_counts() =>
        Assert.Equal("Widget/x", Of("""{"metadata":{"ownerReferences":[{"kind":"Widget","name":"x"},{"kind":"Widget","name":"y"}]}}"""));

    private static string Of(string pod) => WorkloadOwner.Of(JsonElement.Parse(pod), "web").ToString();
}
