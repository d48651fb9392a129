using System.Collections.Immutable;

namespace AccessLogWebhook.Policy.Formats;

/// <summary>
/// A JSON format as a profile writes it, put together: a preset, with members renamed, left out, given other values or added. Members keep the preset's
/// order; what is added follows in the order of writing.
/// </summary>
/// <param name="Path">Of the field that it was read from, such as <c>spec.format.json</c>.</param>
/// <param name="Value">What is rendered; it has at least one member.</param>
/// <param name="Preset">Null where it names none.</param>
/// <param name="Fields">What it says itself, under <c>fields</c>.</param>
public sealed record JsonFormat(string Path, FormatValue.Object Value, string? Preset, FormatValue.Object Fields)
{
    /// <summary>
    /// What should be thought about. Of the preset's members only what they may give away: that some of them say nothing of TCP connections is as in Istio
    /// itself, and nobody's choice.
    /// </summary>
    /// <param name="usedForTcp">Whether it is logged by TCP proxies and listeners, too.</param>
    public ImmutableArray<FormatFinding> Findings(bool usedForTcp)
    {
        var own = Fields.Members.Select(member => member.Value).ToHashSet(ReferenceEqualityComparer.Instance);
        var ofPreset = Value.Members.Where(member => !own.Contains(member.Value));
        return
        [
            .. ofPreset
                .SelectMany(member => FormatFindings.In(member.Value, "", usedForTcp: false).Select(finding => (member.Name, Finding: finding)))
                .Where(each => each.Finding.Kind is FormatFindingKind.Secret or FormatFindingKind.PersonalData)
                .Select(each => each.Finding with { Path = $"{Path}.preset", Message = $"its member {each.Name}: {each.Finding.Message}" }),
            .. FormatFindings.In(Fields, $"{Path}.fields", usedForTcp),
        ];
    }
}
