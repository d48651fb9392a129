namespace AccessLogWebhook.ClusterTests.Profiles;

internal static class ProfileManifest
{
    /// <param name="spec">The spec in YAML's flow style, on one line.</param>
    public static string With(string name, string spec) => $$"""
        apiVersion: accesslog.mesh/v1alpha1
        kind: AccessLogProfile
        metadata: {name: "{{name}}"}
        spec: {{spec}}
        """;
}
