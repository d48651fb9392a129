namespace AccessLogWebhook.ClusterTests.Support;

/// <summary>
/// A test against the shared control plane; skipped where there is none. Tests run side by side, so each makes a namespace of
/// its own. One that stops or restarts a server starts a control plane of its own.
/// </summary>
public abstract class ClusterTest(ControlPlaneFixture fixture)
{
    protected ControlPlane Plane { get; } = fixture.Plane;

    protected ApiClient Admin => Plane.Admin;
}
