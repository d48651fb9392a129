namespace AccessLogWebhook.Hosting;

/// <summary>What the server reads, all optional.</summary>
/// <param name="AuthorityOutput">Where the certificate of the development authority is written.</param>
/// <param name="SelfManaged">The namespace where the webhook keeps a certificate that it makes for itself.</param>
/// <param name="ClientAuthority">The certificates of the authorities of clients.</param>
/// <param name="ClusterDirectory">Manifests that take the place of a live cluster.</param>
internal sealed record ServingFiles(
    string? Certificate, string? Key, string? AuthorityOutput, string? Configuration, string? ClusterDirectory, string? Kubeconfig,
    string? SelfManaged = null, string? ClientAuthority = null);
