using System.Collections.Immutable;

namespace AccessLogWebhook.ClusterTests.Support;

/// <summary>How a webhook is registered, where it is not as the product's chart does it.</summary>
public sealed record WebhookRegistrationOptions
{
    /// <summary>
    /// The name of both configurations; the API server calls mutating webhooks in the order of these. Without it, it is
    /// accesslog-webhook, with something of its own behind where others may be registered beside it.
    /// </summary>
    public string? Name { get; init; }

    /// <summary>
    /// Whether only namespaces made by <see cref="WebhookRegistration.CreateNamespaceAsync"/> are sent to it. Without it the
    /// registration is for the whole cluster, which is for a test with a control plane of its own.
    /// </summary>
    public bool OwnNamespacesOnly { get; init; } = true;

    public string InjectFailurePolicy { get; init; } = "Ignore";

    public string EnforceFailurePolicy { get; init; } = "Fail";

    public string NamespacesFailurePolicy { get; init; } = "Ignore";

    public string ReinvocationPolicy { get; init; } = "IfNeeded";

    /// <summary>UPDATE too, though nothing is changed then: so that a test can show that nothing is.</summary>
    public ImmutableArray<string> InjectOperations { get; init; } = ["CREATE", "UPDATE"];

    public int TimeoutSeconds { get; init; } = 10;
}
