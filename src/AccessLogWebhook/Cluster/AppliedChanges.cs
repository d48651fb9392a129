using System.Collections.Immutable;

namespace AccessLogWebhook.Cluster;

/// <summary>Changes that came on a watch, and that decisions are made by from now on.</summary>
/// <param name="Kind">The kind's <see cref="ClusterKind.Title"/>.</param>
/// <param name="SinceRead">How long ago they were read off the connection.</param>
/// <param name="SinceMade">
/// How long ago each was made, by what the API server wrote beside it: in whole seconds, so at most one too many, and as wrong as its clock and this one differ.
/// Nothing for deletions, which have no such time.
/// </param>
internal readonly record struct AppliedChanges(string Kind, TimeSpan SinceRead, ImmutableArray<TimeSpan> SinceMade);
