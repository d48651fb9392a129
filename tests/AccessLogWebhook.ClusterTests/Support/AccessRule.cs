using System.Collections.Immutable;

namespace AccessLogWebhook.ClusterTests.Support;

/// <summary>One rule of a ClusterRole.</summary>
public sealed record AccessRule(string Group, ImmutableArray<string> Resources, ImmutableArray<string> Verbs);
