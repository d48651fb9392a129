using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using AccessLogWebhook.ClusterTests.Support;

namespace AccessLogWebhook.ClusterTests.Install;

/// <summary>What the chart renders, as the golden files and <c>charts/plain</c> have it; other tests keep them in step with the chart.</summary>
internal static partial class InstalledManifests
{
    public const string Namespace = "accesslog-webhook";

    public static string Plain => Read("install.yaml");

    /// <summary>The plain manifests of the chart before this one.</summary>
    public static string Previous => Read("previous.yaml");

    /// <summary>What the account of the webhook needs: the account, and its rights.</summary>
    public static string Rights(string manifests) => Kinds(manifests, "ServiceAccount", "ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding");

    /// <summary>The webhook configurations as they are, but for the port of the Service.</summary>
    public static string Webhooks(string manifests, int port) => Kinds(manifests, "MutatingWebhookConfiguration", "ValidatingWebhookConfiguration")
        .Replace("      port: 443\n", $"      port: {port}\n", StringComparison.Ordinal);

    /// <summary>Webhook configurations with the longest timeouts that there are: a machine that is busy with other tests must not look like a webhook that does not answer.</summary>
    public static string Patient(string webhooks) => Timeouts().Replace(webhooks, "timeoutSeconds: 30");

    public static string Case(string name) => Read($"{name}/expected.yaml");

    /// <summary>Without the kinds of cert-manager and of the Prometheus operator, whose definitions no test has.</summary>
    public static string Known(string manifests) => Join(Documents(manifests).Where(document =>
        !document.Contains("\napiVersion: cert-manager.io/", StringComparison.Ordinal) && !document.Contains("\napiVersion: monitoring.coreos.com/", StringComparison.Ordinal)));

    public static string Kinds(string manifests, params string[] kinds) =>
        Join(Documents(manifests).Where(document => kinds.Any(kind => document.Contains($"\nkind: {kind}\n", StringComparison.Ordinal))));

    /// <summary>The webhook configurations, with the Service, which no Pod stands behind here, replaced by an address.</summary>
    public static string Webhooks(Uri address, string authorityPem) => Service().Replace(
        Webhooks(Plain, 443),
        match => $"  clientConfig:\n    url: {new Uri(address, match.Groups["path"].Value)}\n    caBundle: {Convert.ToBase64String(Encoding.UTF8.GetBytes(authorityPem))}\n");

    /// <summary>The rules of a role as "group/resource:verb", or "group/resource/name:verb".</summary>
    public static IEnumerable<string> Rights(JsonObject role) => role["rules"]!.AsArray().SelectMany(rule =>
        from @group in rule!["apiGroups"]!.AsArray()
        from resource in rule["resources"]!.AsArray()
        from name in rule["resourceNames"]?.AsArray().Select(name => $"/{name}") ?? [""]
        from verb in rule["verbs"]!.AsArray()
        select $"{@group}/{resource}{name}:{verb}");

    public static IEnumerable<string> Rights(IEnumerable<AccessRule> rules) =>
        rules.SelectMany(rule => rule.Resources.SelectMany(resource => rule.Verbs.Select(verb => $"{rule.Group}/{resource}:{verb}")));

    private static IEnumerable<string> Documents(string manifests) => ("\n" + manifests).Split("\n---\n").Select(document => "\n" + document + "\n");

    private static string Join(IEnumerable<string> documents) => string.Join("---", documents);

    private static string Read(string name) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Install", "Manifests", name));

    [GeneratedRegex(@"  clientConfig:\n    service:\n      namespace: \S+\n      name: \S+\n      path: (?<path>\S+)\n      port: 443\n")]
    private static partial Regex Service();

    [GeneratedRegex("timeoutSeconds: [0-9]+")]
    private static partial Regex Timeouts();
}
