using System.Collections.Immutable;
using AccessLogWebhook.Manifests;

namespace AccessLogWebhook.Configuration;

/// <summary>Either options, or everything that is wrong with the file.</summary>
/// <param name="Options">Null exactly where there are errors.</param>
internal sealed record ConfigurationReading(WebhookOptions? Options, ImmutableArray<ManifestError> Errors);
