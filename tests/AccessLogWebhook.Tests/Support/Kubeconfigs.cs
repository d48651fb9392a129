namespace AccessLogWebhook.Tests.Support;

internal static class Kubeconfigs
{
    /// <summary>The text of a kubeconfig for an API server without TLS.</summary>
    public static string For(Uri address) =>
        $$"""
        apiVersion: v1
        kind: Config
        clusters: [{name: a, cluster: {server: "{{address}}" } }]
        contexts: [{name: a, context: {cluster: a, user: a} }]
        users: [{name: a, user: {token: the-token} }]
        current-context: a
        """;
}
