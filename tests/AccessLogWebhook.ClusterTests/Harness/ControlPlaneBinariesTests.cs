using AccessLogWebhook.ClusterTests.Support;

namespace AccessLogWebhook.ClusterTests.Harness;

public sealed class ControlPlaneBinariesTests
{
    [Fact]
    public void What_is_missing_is_named_with_the_place_where_it_was_looked_for()
    {
        var directory = Directory.CreateTempSubdirectory("accesslog-assets-");
        File.WriteAllText(Path.Combine(directory.FullName, "kubectl"), "");

        Assert.Equal(
            $"No etcd, kube-apiserver in {directory.FullName} (from KUBEBUILDER_ASSETS).",
            ControlPlaneBinaries.In(directory.FullName).Missing);
        directory.Delete(recursive: true);
    }
}
