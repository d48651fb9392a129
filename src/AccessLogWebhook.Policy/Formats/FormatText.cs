using System.Collections.Immutable;

namespace AccessLogWebhook.Policy.Formats;

/// <summary>
/// A format that Envoy accepts. Two texts are equal where their parts are, however they were spelt: <c>%DURATION()%</c> is <c>%DURATION%</c>.
/// </summary>
/// <param name="Source">As it was written; what is rendered is <see cref="ToString"/>, so that a revision does not change with the spelling.</param>
/// <param name="Parts">In order. No two literals follow each other, and none is empty.</param>
public sealed record FormatText(string Source, ImmutableArray<FormatPart> Parts)
{
    /// <summary>The canonical spelling: it parses to an equal text.</summary>
    public override string ToString() => string.Concat(Parts);

    public bool Equals(FormatText? other) => other is not null && ToString() == other.ToString();

    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);
}
