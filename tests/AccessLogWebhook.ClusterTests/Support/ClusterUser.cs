using System.Text.Json;
using System.Text.Json.Nodes;

namespace AccessLogWebhook.ClusterTests.Support;

/// <summary>A ServiceAccount with rights of its own, as a Pod of the webhook would be.</summary>
/// <param name="Kubeconfig">The path of a kubeconfig with its token.</param>
public sealed record ClusterUser(string Name, string Token, string Kubeconfig, ApiClient Client)
{
    /// <summary>Makes the account, its role and its token, and waits until the rights are in force.</summary>
    public static async Task<ClusterUser> CreateAsync(ControlPlane plane, IReadOnlyList<AccessRule> rules)
    {
        var name = $"user-{Guid.NewGuid():N}"[..13];
        var accounts = "/api/v1/namespaces/default/serviceaccounts";
        (await plane.Admin.PostAsync(accounts, Json(new { metadata = new { name } }))).Successful();
        (await plane.Admin.PostAsync("/apis/rbac.authorization.k8s.io/v1/clusterroles", Json(new
        {
            metadata = new { name },
            rules = rules.Select(rule => new { apiGroups = new[] { rule.Group }, resources = rule.Resources, verbs = rule.Verbs }),
        }))).Successful();
        (await plane.Admin.PostAsync("/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", Json(new
        {
            metadata = new { name },
            roleRef = new { apiGroup = "rbac.authorization.k8s.io", kind = "ClusterRole", name },
            subjects = new[] { new { kind = "ServiceAccount", name, @namespace = "default" } },
        }))).Successful();

        var request = await plane.Admin.PostAsync($"{accounts}/{name}/token", Json(new { spec = new { expirationSeconds = 7200 } }));
        var token = (string)request.Successful()["status"]!["token"]!;
        var client = ApiClient.WithToken(plane.Address, plane.AuthorityPem, token);
        await Eventually.HoldsAsync($"the rights of {name} are in force", async () =>
        {
            foreach (var rule in rules)
            {
                if (!await IsAllowedAsync(client, rule))
                {
                    return false;
                }
            }

            return true;
        });

        var kubeconfig = Path.Combine(plane.Directory, $"{name}.kubeconfig");
        await File.WriteAllTextAsync(
            kubeconfig, Support.Kubeconfig.ForToken(plane.Address, plane.AuthorityPem, token), TestContext.Current.CancellationToken);
        return new ClusterUser(name, token, kubeconfig, client);
    }

    private static async Task<bool> IsAllowedAsync(ApiClient client, AccessRule rule)
    {
        var review = await client.PostAsync("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", Json(new
        {
            spec = new { resourceAttributes = new { group = rule.Group, resource = rule.Resources[0], verb = rule.Verbs[0] } },
        }));
        return review.IsSuccess && review.Json["status"]?["allowed"] is JsonValue allowed && (bool)allowed;
    }

    private static string Json(object value) => JsonSerializer.Serialize(value);
}
