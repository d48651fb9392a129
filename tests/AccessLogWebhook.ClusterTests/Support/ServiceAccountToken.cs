namespace AccessLogWebhook.ClusterTests.Support;

/// <summary>What a Pod of a ServiceAccount would have: its token, and so its rights and no others.</summary>
public static class ServiceAccountToken
{
    /// <summary>The path of a kubeconfig with a token of an account that is there.</summary>
    /// <param name="way">Another server to ask than the API server itself, and who signed its certificate.</param>
    public static async Task<string> KubeconfigAsync(ControlPlane plane, string @namespace, string account, (Uri Address, string AuthorityPem)? way = null)
    {
        var (address, authorityPem) = way ?? (plane.Address, plane.AuthorityPem);
        var request = await plane.Admin.PostAsync(
            $"/api/v1/namespaces/{@namespace}/serviceaccounts/{account}/token", """{"spec":{"expirationSeconds":7200}}""");
        var kubeconfig = Path.Combine(plane.Directory, $"{Guid.NewGuid():N}.kubeconfig");
        await File.WriteAllTextAsync(
            kubeconfig,
            Kubeconfig.ForToken(address, authorityPem, (string)request.Successful()["status"]!["token"]!),
            TestContext.Current.CancellationToken);
        return kubeconfig;
    }
}
