using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace AccessLogWebhook.Policy.Linting;

/// <summary>Gathers findings and puts them in the order of the document.</summary>
internal sealed class LintFindings(JsonElement document)
{
    /// <summary>
    /// How many findings of one rule are kept. A reader has enough with these, and an object may hold a hundred thousand of the same fault;
    /// none is lost entirely, so that the gravest still decides.
    /// </summary>
    public const int MostOfOneRule = 20;

    private readonly List<(int Position, LintFinding Finding)> found = [];
    private readonly Dictionary<LintRule, int> counts = [];

    /// <summary>Whether there is room for another finding of the rule: what leads to one need not be worked out else.</summary>
    public bool Takes(LintRule rule) => counts.GetValueOrDefault(rule) < MostOfOneRule;

    /// <param name="at">Where it is; of a field that is missing, what misses it.</param>
    public void Add(LintRule rule, Field at, string message, string fix)
    {
        if (!Takes(rule))
        {
            return;
        }

        var finding = new LintFinding(rule, at.Path, message, fix);
        if (found.Exists(each => each.Finding == finding))
        {
            return;
        }

        counts[rule] = counts.GetValueOrDefault(rule) + 1;
        found.Add((PositionOf(at.Value), finding));
    }

    public ImmutableArray<LintFinding> InOrder() =>
        [.. found.OrderBy(each => each.Position).ThenBy(each => each.Finding.Rule.Id, StringComparer.Ordinal).Select(each => each.Finding)];

    // All elements of a document are slices of one buffer.
    private int PositionOf(JsonElement value) =>
        value.ValueKind == JsonValueKind.Undefined ? 0
        : JsonMarshal.GetRawUtf8Value(document).Overlaps(JsonMarshal.GetRawUtf8Value(value), out var offset) ? offset
        : int.MaxValue;
}
