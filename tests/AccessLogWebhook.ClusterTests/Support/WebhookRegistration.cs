using System.Text;
using System.Text.Json;

namespace AccessLogWebhook.ClusterTests.Support;

/// <summary>A webhook that the API server calls, by its URL, until this is disposed of.</summary>
public sealed class WebhookRegistration : IAsyncDisposable
{
    private const string Mutating = "mutatingwebhookconfigurations";
    private const string Validating = "validatingwebhookconfigurations";
    private const string ScopeLabel = "accesslog-test/scope";

    private static readonly string[] Versions = ["v1", "v1beta1", "v1alpha3"];
    private static readonly string[] ReviewVersions = ["v1"];
    private static readonly string[] CreateAndUpdate = ["CREATE", "UPDATE"];
    private static readonly string[] AllChanges = ["CREATE", "UPDATE", "DELETE"];

    private readonly ControlPlane plane;
    private readonly WebhookEndpoint endpoint;
    private readonly WebhookRegistrationOptions options;
    private readonly string scope = ControlPlane.UniqueName("scope");
    private readonly string name;

    private WebhookRegistration(ControlPlane plane, WebhookEndpoint endpoint, WebhookRegistrationOptions options)
    {
        this.plane = plane;
        this.endpoint = endpoint;
        this.options = options;
        name = options.Name ?? (options.OwnNamespacesOnly ? ControlPlane.UniqueName("accesslog-webhook") : "accesslog-webhook");
    }

    /// <summary>Registers the webhook and waits until the API server calls it.</summary>
    public static async Task<WebhookRegistration> CreateAsync(
        ControlPlane plane, WebhookEndpoint endpoint, WebhookRegistrationOptions? options = null)
    {
        var registration = new WebhookRegistration(plane, endpoint, options ?? new());
        (await plane.Admin.PostAsync(PathOf(Mutating), registration.MutatingConfiguration())).Successful();
        (await plane.Admin.PostAsync(PathOf(Validating), registration.ValidatingConfiguration())).Successful();
        await registration.WaitAsync(inForce: true);
        return registration;
    }

    /// <summary>Makes a namespace whose objects, and which itself, the webhook is asked about.</summary>
    public async Task<string> CreateNamespaceAsync(params IEnumerable<(string Key, string Value)> labels) =>
        await plane.CreateNamespaceAsync(NamespaceLabels(labels));

    /// <summary>The labels by which a namespace, or a profile, is in this registration's scope, and those given.</summary>
    public IReadOnlyDictionary<string, string> NamespaceLabels(params IEnumerable<(string Key, string Value)> labels)
    {
        var all = labels.ToDictionary(label => label.Key, label => label.Value);
        if (options.OwnNamespacesOnly)
        {
            all[ScopeLabel] = scope;
        }

        return all;
    }

    /// <summary>Takes the registration back and waits until the API server no longer calls the webhook.</summary>
    public async ValueTask DisposeAsync()
    {
        await plane.Admin.DeleteAsync($"{PathOf(Mutating)}/{name}");
        await plane.Admin.DeleteAsync($"{PathOf(Validating)}/{name}");
        await WaitAsync(inForce: false);
    }

    private string MutatingConfiguration() => Json(new
    {
        metadata = new { name },
        webhooks = new object[]
        {
            new
            {
                name = "inject.accesslog.mesh",
                admissionReviewVersions = ReviewVersions,
                clientConfig = Client("/mutate"),
                rules = WorkloadRules(options.InjectOperations),
                matchPolicy = "Equivalent",
                namespaceSelector = NamespaceSelector(),
                sideEffects = "None",
                failurePolicy = options.InjectFailurePolicy,
                timeoutSeconds = options.TimeoutSeconds,
                reinvocationPolicy = options.ReinvocationPolicy,
            },
            Probe(Mutating),
        },
    });

    private string ValidatingConfiguration() => Json(new
    {
        metadata = new { name },
        webhooks = new object[]
        {
            new
            {
                name = "enforce.accesslog.mesh",
                admissionReviewVersions = ReviewVersions,
                clientConfig = Client("/validate"),
                rules = WorkloadRules(CreateAndUpdate),
                matchPolicy = "Equivalent",
                namespaceSelector = NamespaceSelector(),
                sideEffects = "None",
                failurePolicy = options.EnforceFailurePolicy,
                timeoutSeconds = options.TimeoutSeconds,
            },
            new
            {
                name = "namespaces.accesslog.mesh",
                admissionReviewVersions = ReviewVersions,
                clientConfig = Client("/validate"),
                rules = new[] { Rule("", ["v1"], "namespaces", "Cluster", CreateAndUpdate) },
                matchPolicy = "Equivalent",
                namespaceSelector = NamespaceSelector(),
                sideEffects = "None",
                failurePolicy = options.NamespacesFailurePolicy,
                timeoutSeconds = options.TimeoutSeconds,
            },
            new
            {
                name = "references.accesslog.mesh",
                admissionReviewVersions = ReviewVersions,
                clientConfig = Client("/validate"),
                rules = new[]
                {
                    Rule("networking.istio.io", ["v1alpha3"], "envoyfilters", "Namespaced", AllChanges),
                    Rule("telemetry.istio.io", ["v1", "v1alpha1"], "telemetries", "Namespaced", AllChanges),
                },
                matchPolicy = "Equivalent",
                namespaceSelector = NamespaceSelector(),
                sideEffects = "None",
                failurePolicy = "Ignore",
                timeoutSeconds = options.TimeoutSeconds,
            },
            new
            {
                name = "profiles.accesslog.mesh",
                admissionReviewVersions = ReviewVersions,
                clientConfig = Client("/validate"),
                rules = new[] { Rule("accesslog.mesh", ["v1alpha1"], "accesslogprofiles", "Cluster", AllChanges) },
                matchPolicy = "Equivalent",
                objectSelector = new { matchLabels = options.OwnNamespacesOnly ? new Dictionary<string, string> { [ScopeLabel] = scope } : [] },
                sideEffects = "None",
                failurePolicy = "Ignore",
                timeoutSeconds = options.TimeoutSeconds,
            },
            Probe(Validating),
        },
    });

    private static object[] WorkloadRules(IReadOnlyList<string> operations) =>
    [
        Rule("", ["v1"], "pods", "Namespaced", operations),
        Rule("networking.istio.io", Versions, "gateways", "Namespaced", operations),
        Rule("gateway.networking.k8s.io", Versions[..2], "gateways", "Namespaced", operations),
    ];

    private static object Rule(string group, string[] versions, string resource, string scope, IReadOnlyList<string> operations) =>
        new { apiGroups = new[] { group }, apiVersions = versions, resources = new[] { resource }, scope, operations };

    private object NamespaceSelector() => new
    {
        matchExpressions = (object[])
        [
            new { key = "kubernetes.io/metadata.name", @operator = "NotIn", values = new[] { "kube-system" } },
            .. options.OwnNamespacesOnly ? new[] { new { key = ScopeLabel, @operator = "In", values = new[] { scope } } } : [],
        ],
    };

    private object Client(string path) => new
    {
        url = new Uri(endpoint.Https, path).AbsoluteUri,
        caBundle = Convert.ToBase64String(Encoding.UTF8.GetBytes(endpoint.AuthorityPem)),
    };

    // A configuration reaches the admission plugin by a watch, at a time that nothing announces, and a webhook that admits
    // everything is not seen to be called. This one is: it fails, as nobody listens, on one ConfigMap that no test makes.
    private object Probe(string resource) => new
    {
        name = "probe.accesslog.mesh",
        admissionReviewVersions = ReviewVersions,
        clientConfig = new { url = "https://127.0.0.1:1/" },
        rules = new[] { Rule("", ["v1"], "configmaps", "Namespaced", ["CREATE"]) },
        matchConditions = new[] { new { name = "probe", expression = $"object.metadata.name == '{ProbeName(resource)}'" } },
        sideEffects = "None",
        failurePolicy = "Fail",
        timeoutSeconds = 1,
    };

    private async Task WaitAsync(bool inForce)
    {
        foreach (var resource in (string[])[Mutating, Validating])
        {
            await Eventually.HoldsAsync($"{resource}/{name} is {(inForce ? "in force" : "gone")}", async () =>
            {
                var response = await plane.Admin.PostAsync(
                    "/api/v1/namespaces/default/configmaps", Json(new { metadata = new { name = ProbeName(resource) } }), dryRun: true);
                return response.IsSuccess != inForce;
            });
        }
    }

    private string ProbeName(string resource) => $"{scope}-{resource}";

    private static string PathOf(string resource) => $"/apis/admissionregistration.k8s.io/v1/{resource}";

    private static string Json(object value) => JsonSerializer.Serialize(value);
}
