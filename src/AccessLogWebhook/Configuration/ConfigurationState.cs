using System.Collections.Immutable;
using AccessLogWebhook.Manifests;

namespace AccessLogWebhook.Configuration;

/// <summary>How the configuration file fares, for metrics.</summary>
/// <param name="AppliedAt">When the options in force were read.</param>
/// <param name="Errors">What is wrong with the file as it is now; empty while the options in force are its own.</param>
internal sealed record ConfigurationState(DateTimeOffset? AppliedAt, ImmutableArray<ManifestError> Errors);
