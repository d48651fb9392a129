using AccessLogWebhook.ClusterTests.Support;

[assembly: AssemblyFixture(typeof(ControlPlaneFixture))]

namespace AccessLogWebhook.ClusterTests.Support;

/// <summary>The one control plane that all tests share, with every CRD installed.</summary>
public sealed class ControlPlaneFixture : IAsyncLifetime
{
    private ControlPlane? plane;
    private Exception? failure;
    private int failureTold;

    public ControlPlaneBinaries Binaries { get; } = ControlPlaneBinaries.Find();

    /// <summary>Skips the test that asks where the programs are missing.</summary>
    public ControlPlane Plane
    {
        get
        {
            Assert.SkipWhen(Binaries.Missing is not null, Binaries.Missing ?? "");
            return plane is not null && failure is null ? plane : throw Failure();
        }
    }

    public async ValueTask InitializeAsync()
    {
        if (Binaries.Missing is not null)
        {
            return;
        }

        // What is thrown here, xUnit would print for each of the tests, with the processes' logs in it.
        try
        {
            plane = await ControlPlane.StartAsync(Binaries);
            await plane.InstallCrdsAsync();
        }
        catch (Exception exception)
        {
            failure = exception;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (plane is not null)
        {
            await plane.DisposeAsync();
        }
    }

    private InvalidOperationException Failure() => Interlocked.Exchange(ref failureTold, 1) == 0
        ? new InvalidOperationException($"No shared control plane: {failure?.Message}", failure)
        : new InvalidOperationException("No shared control plane; another test says why.");
}
