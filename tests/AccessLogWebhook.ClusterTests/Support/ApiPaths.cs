namespace AccessLogWebhook.ClusterTests.Support;

/// <summary>Where the API server keeps what the tests make. Without a name, a path is the collection's.</summary>
public static class ApiPaths
{
    public const string CustomResourceDefinitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

    public static string Namespaces(string? name = null) => In("/api/v1", null, "namespaces", name);

    public static string Pods(string @namespace, string? name = null) => In("/api/v1", @namespace, "pods", name);

    public static string Deployments(string @namespace, string? name = null) => In("/apis/apps/v1", @namespace, "deployments", name);

    public static string Profiles(string? name = null) => In("/apis/accesslog.mesh/v1alpha1", null, "accesslogprofiles", name);

    public static string EnvoyFilters(string @namespace, string? name = null) =>
        In("/apis/networking.istio.io/v1alpha3", @namespace, "envoyfilters", name);

    public static string Telemetries(string @namespace, string? name = null) =>
        In("/apis/telemetry.istio.io/v1", @namespace, "telemetries", name);

    /// <summary>Gateways of Istio's own interface.</summary>
    public static string IstioGateways(string @namespace, string? name = null, string version = "v1") =>
        In($"/apis/networking.istio.io/{version}", @namespace, "gateways", name);

    /// <summary>Gateways of the Gateway API.</summary>
    public static string KubernetesGateways(string @namespace, string? name = null, string version = "v1") =>
        In($"/apis/gateway.networking.k8s.io/{version}", @namespace, "gateways", name);

    public static string GatewayClasses(string? name = null) => In("/apis/gateway.networking.k8s.io/v1", null, "gatewayclasses", name);

    private static string In(string groupVersion, string? @namespace, string resource, string? name) =>
        $"{groupVersion}{(@namespace is null ? "" : $"/namespaces/{@namespace}")}/{resource}{(name is null ? "" : $"/{name}")}";
}
