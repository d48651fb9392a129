namespace AccessLogWebhook.ClusterTests.Support;

/// <summary>Where a webhook listens, and the authority by which the API server is to know it.</summary>
public sealed record WebhookEndpoint(Uri Https, Uri Http, string AuthorityPem);
