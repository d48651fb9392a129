namespace AccessLogWebhook.Hosting;

/// <summary>The files that the server reads, all optional.</summary>
/// <param name="AuthorityOutput">Where the certificate of the development authority is written.</param>
/// <param name="ClusterDirectory">Manifests that take the place of a live cluster.</param>
internal sealed record ServingFiles(
    string? Certificate, string? Key, string? AuthorityOutput, string? Configuration, string? ClusterDirectory, string? Kubeconfig);
