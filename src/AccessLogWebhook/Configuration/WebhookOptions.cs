using AccessLogWebhook.Policy.Decisions;

namespace AccessLogWebhook.Configuration;

/// <summary>What the configuration file decides. The defaults stand at the properties, here and in <see cref="PolicySettings"/>, and nowhere else.</summary>
internal sealed record WebhookOptions
{
    public PolicySettings Policy { get; init; } = PolicySettings.Default;

    public ClusterTimings Cluster { get; init; } = new();

    public ControllerSettings Controllers { get; init; } = new();

    public CertificateSettings Certificates { get; init; } = new();

    public AuditSettings Auditing { get; init; } = new();
}
