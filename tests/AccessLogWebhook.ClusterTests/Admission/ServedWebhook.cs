using AccessLogWebhook.ClusterTests.Support;
using AccessLogWebhook.Policy.Profiles;
using AccessLogWebhook.Policy.Rendering;

namespace AccessLogWebhook.ClusterTests.Admission;

/// <summary>
/// The product as a user runs it, registered with the shared control plane, once for all tests of a class: with the reference of the built-in profile
/// <c>json</c> applied by others, and with no more rights than the README says that it needs to admit.
/// </summary>
public sealed class ServedWebhook : IAsyncDisposable
{
    private readonly SemaphoreSlim starting = new(1);
    private WebhookProcess? process;
    private WebhookRegistration? registration;

    public WebhookProcess Process => process ?? throw new InvalidOperationException("It has not been started.");

    /// <summary>The reference of the built-in profile json, <c>istio-system/accesslog-json-…</c>.</summary>
    public static string JsonReference => Json.Key.ToString();

    /// <summary>Its revision.</summary>
    public static string JsonRevision => BuiltInProfiles.Named("json")!.Revision!;

    private static RenderedResource Json => ProfileRenderer.Render(BuiltInProfiles.Named("json")!).ForWorkloads("istio-system")!;

    /// <summary>What the README says under "Commands", without what the controllers need.</summary>
    public static IReadOnlyList<AccessRule> Rights { get; } =
    [
        new("", ["namespaces"], ["get", "list", "watch"]),
        new("", ["pods"], ["list", "watch"]),
        new("accesslog.mesh", ["accesslogprofiles"], ["list", "watch"]),
        new("networking.istio.io", ["envoyfilters"], ["list", "watch"]),
        new("telemetry.istio.io", ["telemetries"], ["list", "watch"]),
        new("gateway.networking.k8s.io", ["gatewayclasses", "gateways"], ["list", "watch"]),
        new("networking.istio.io", ["gateways"], ["list", "watch"]),
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
                process = await WebhookProcess.StartAsync(new() { Kubeconfig = user.Kubeconfig, Configuration = "controllers: {enabled: false}\n" });
                registration = await process.RegisterWebhooksAsync(plane);
            }

            return registration;
        }
        finally
        {
            starting.Release();
        }
    }

    /// <summary>Istio's root namespace with the reference of the built-in profile <c>json</c>, as <c>accesslog render</c> prints it.</summary>
    public static async Task InstallJsonFilterAsync(ControlPlane plane)
    {
        await plane.Admin.PostAsync(ApiPaths.Namespaces(), """{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"istio-system"}}""");
        await plane.Admin.PostAsync(ApiPaths.EnvoyFilters("istio-system"), Json.ToManifest().ToJsonString());
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
