using System.Text.Json;
using System.Text.Json.Nodes;

namespace AccessLogWebhook.ClusterTests.Support;

/// <summary>Kubeconfig files. JSON is YAML too, and needs no writer of its own.</summary>
internal static class Kubeconfig
{
    public static string ForCertificate(Uri server, string authorityPem, IssuedCertificate certificate) => For(server, authorityPem, new JsonObject
    {
        ["client-certificate-data"] = Base64(certificate.CertificatePem),
        ["client-key-data"] = Base64(certificate.KeyPem),
    });

    public static string ForToken(Uri server, string authorityPem, string token) =>
        For(server, authorityPem, new JsonObject { ["token"] = token });

    private static string For(Uri server, string authorityPem, JsonObject user) => new JsonObject
    {
        ["apiVersion"] = "v1",
        ["kind"] = "Config",
        ["clusters"] = new JsonArray(new JsonObject
        {
            ["name"] = "test",
            ["cluster"] = new JsonObject
            {
                ["server"] = server.GetLeftPart(UriPartial.Authority),
                ["certificate-authority-data"] = Base64(authorityPem),
            },
        }),
        ["users"] = new JsonArray(new JsonObject { ["name"] = "test", ["user"] = user }),
        ["contexts"] = new JsonArray(new JsonObject
        {
            ["name"] = "test",
            ["context"] = new JsonObject { ["cluster"] = "test", ["user"] = "test" },
        }),
        ["current-context"] = "test",
    }.ToJsonString(new JsonSerializerOptions { WriteIndented = true });

    private static string Base64(string text) => Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(text));
}
