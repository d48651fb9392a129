using System.Collections.Immutable;

namespace AccessLogWebhook.Manifests;

/// <summary>What a file holds. Faulty documents are in <see cref="Errors"/> and not in <see cref="Manifests"/>; the others are.</summary>
internal sealed record ManifestReading(ImmutableArray<Manifest> Manifests, ImmutableArray<ManifestError> Errors);
