namespace AccessLogWebhook.Tests.Support;

/// <summary>AdmissionReviews as an API server writes them.</summary>
internal static class Reviews
{
    public const string Pod = """{"group":"","version":"v1","kind":"Pod"}""";
    public const string IstioGateway = """{"group":"networking.istio.io","version":"v1","kind":"Gateway"}""";
    public const string KubernetesGateway = """{"group":"gateway.networking.k8s.io","version":"v1","kind":"Gateway"}""";
    public const string Namespace = """{"group":"","version":"v1","kind":"Namespace"}""";

    public static string Of(
        string @object,
        string kind = Pod,
        string operation = "CREATE",
        string @namespace = "shop",
        string oldObject = "null",
        string subresource = "",
        string username = "system:serviceaccount:kube-system:replicaset-controller",
        bool dryRun = false) =>
        $$$"""
        {"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":{"uid":"0df28fbd-5f5f-11e8-bc74-36e6bb280816",
        "kind":{{{kind}}},"resource":{"group":"","version":"v1","resource":"pods"},{{{(subresource.Length > 0 ? $"\"subResource\":\"{subresource}\"," : "")}}}
        "requestKind":{{{kind}}},"namespace":"{{{@namespace}}}","operation":"{{{operation}}}",
        "userInfo":{"username":"{{{username}}}","uid":"1","groups":["system:authenticated"],"extra":{"some":["value"]}},
        "object":{{{@object}}},"oldObject":{{{oldObject}}},"dryRun":{{{(dryRun ? "true" : "false")}}},"options":{"kind":"CreateOptions","apiVersion":"meta.k8s.io/v1"} }}
        """;
}
