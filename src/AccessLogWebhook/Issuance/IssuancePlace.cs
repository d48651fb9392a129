using System.Collections.Immutable;
using AccessLogWebhook.Cluster;

namespace AccessLogWebhook.Issuance;

/// <summary>Where in the cluster the certificates are that the webhook makes for itself, and who is to trust them.</summary>
/// <param name="Namespace">That of the Secret, of the Lease of whoever keeps it, and of the Service.</param>
internal sealed record IssuancePlace(string Namespace)
{
    /// <summary>Both webhook configurations, the Service, and everything else of an installation have it.</summary>
    public const string Name = "accesslog-webhook";

    /// <summary>Not the name of cert-manager's Secret: whoever changes from one to the other has both for a while.</summary>
    public const string SecretName = "accesslog-webhook-certificates";

    /// <summary>Not the controllers' Lease: replicas of a version that keeps no certificates may hold that one until another is ready.</summary>
    public const string LeaseName = "accesslog-webhook-certificates";

    public ObjectPath Secret { get; } = new("v1", "secrets", Namespace, SecretName);

    public ImmutableArray<ObjectPath> Configurations { get; } =
    [
        new("admissionregistration.k8s.io/v1", "mutatingwebhookconfigurations", "", Name),
        new("admissionregistration.k8s.io/v1", "validatingwebhookconfigurations", "", Name),
    ];

    /// <summary>What the serving certificate is for; the first is what the API server calls.</summary>
    public ImmutableArray<string> DnsNames { get; } = [$"{Name}.{Namespace}.svc", $"{Name}.{Namespace}.svc.cluster.local"];
}
