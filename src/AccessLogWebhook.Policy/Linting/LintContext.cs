using System.Collections.Immutable;
using AccessLogWebhook.Policy.Mesh;

namespace AccessLogWebhook.Policy.Linting;

/// <summary>What is known beside the subject. What is not known is never held against it.</summary>
/// <param name="RootNamespace"><c>meshConfig.rootNamespace</c>.</param>
public sealed record LintContext(MeshSnapshot Mesh, string RootNamespace)
{
    /// <summary>All subjects whose content is known, the one that is linted among them or not. The snapshot knows of others whom they select only.</summary>
    public ImmutableArray<LintSubject> Others { get; init; } = [];
}
