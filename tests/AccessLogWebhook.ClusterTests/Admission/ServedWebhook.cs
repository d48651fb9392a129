using AccessLogWebhook.ClusterTests.Support;

namespace AccessLogWebhook.ClusterTests.Admission;

/// <summary>
/// The product as a user runs it, registered with the shared control plane, once for all tests of a class: with an EnvoyFilter for the
/// profile <c>json</c>, and with no more rights than the README says that it needs.
/// </summary>
public sealed class ServedWebhook : IAsyncDisposable
{
    private readonly SemaphoreSlim starting = new(1);
    private WebhookProcess? process;
    private WebhookRegistration? registration;

    public WebhookProcess Process => process ?? throw new InvalidOperationException("It has not been started.");

    /// <summary>What the README says under "Commands".</summary>
    public static IReadOnlyList<AccessRule> Rights { get; } =
    [
        new("", ["namespaces"], ["get", "list", "watch"]),
        new("", ["pods"], ["list", "watch"]),
        new("accesslog.mesh", ["accesslogprofiles"], ["list", "watch"]),
        new("networking.istio.io", ["envoyfilters"], ["list", "watch"]),
        new("telemetry.istio.io", ["telemetries"], ["list", "watch"]),
        new("gateway.networking.k8s.io", ["gatewayclasses"], ["list", "watch"]),
    ];

    public async Task<WebhookRegistration> StartedAsync(ControlPlane plane)
    {
        await starting.WaitAsync();
        try
        {
            if (registration is null)
            {
                await InstallJsonFilterAsync(plane);
                var user = await plane.CreateUserAsync(Rights);
                process = await WebhookProcess.StartAsync(new() { Kubeconfig = user.Kubeconfig });
                registration = await process.RegisterWebhooksAsync(plane);
            }

            return registration;
        }
        finally
        {
            starting.Release();
        }
    }

    /// <summary>Istio's root namespace with the EnvoyFilter that realises the built-in profile <c>json</c>.</summary>
    public static async Task InstallJsonFilterAsync(ControlPlane plane)
    {
        await plane.Admin.PostAsync(ApiPaths.Namespaces(), """{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"istio-system"}}""");
        await plane.Admin.PostAsync(
            ApiPaths.EnvoyFilters("istio-system"),
            """
            {"apiVersion":"networking.istio.io/v1alpha3","kind":"EnvoyFilter","metadata":{"name":"accesslog-json"},
             "spec":{"workloadSelector":{"labels":{"accesslog.mesh/profile":"json"}},"configPatches":[]}}
            """);
    }

    public async ValueTask DisposeAsync()
    {
        if (registration is not null)
        {
            await registration.DisposeAsync();
        }

        if (process is not null)
        {
            await process.DisposeAsync();
        }

        starting.Dispose();
    }
}
