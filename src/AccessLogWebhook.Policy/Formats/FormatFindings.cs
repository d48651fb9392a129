using System.Collections.Immutable;

namespace AccessLogWebhook.Policy.Formats;

/// <summary>
/// What is sound but should be thought about: credentials and personal data in the log, operators that say nothing of TCP connections, what is
/// deprecated, and what older proxies reject. One rule a method.
/// </summary>
public static class FormatFindings
{
    /// <summary>
    /// The oldest minor version of Envoy 1 that a mesh is expected to have still: that of Istio 1.27, some releases before those that are supported, since
    /// proxies are only replaced with their Pods. What it knows needs no word.
    /// </summary>
    public const int OldestProxy = 35;

    /// <summary>In a text that is a log line. Envoy ends a line where its format does, and adds a line break to JSON only.</summary>
    /// <param name="path">The field of the text.</param>
    /// <param name="usedForTcp">Whether it is logged by TCP proxies and listeners, too.</param>
    public static ImmutableArray<FormatFinding> In(FormatText text, string path, bool usedForTcp)
    {
        var findings = In(new FormatValue.Text(text), path, usedForTcp);
        return text.Parts.LastOrDefault() is FormatPart.Literal last && last.Text.EndsWith('\n')
            ? findings
            : findings.Add(new FormatFinding(
                path, Math.Max(0, text.Source.Length - 1), FormatFindingKind.NoLineBreak, "does not end with a line break, so that a file gets one line for everything: add \"\\n\" in double quotes."));
    }

    /// <summary>In a value of a JSON format.</summary>
    /// <param name="path">The field of the value; what is inside is found by the path from there.</param>
    /// <param name="usedForTcp">Whether it is logged by TCP proxies and listeners, too.</param>
    public static ImmutableArray<FormatFinding> In(FormatValue value, string path, bool usedForTcp)
    {
        var findings = ImmutableArray.CreateBuilder<FormatFinding>();
        FormatOperators.VisitTexts(value, new MemberPath(path), (text, at) => AddFindings(text, at, usedForTcp, findings));
        return findings.ToImmutable();
    }

    private static void AddFindings(FormatText text, MemberPath path, bool usedForTcp, ImmutableArray<FormatFinding>.Builder findings)
    {
        // One finding for all operators of a text: a line of text has a dozen of them, and the remedy is the same.
        var silent = new List<FormatPart.Operator>();
        foreach (var each in FormatOperators.In(text))
        {
            foreach (var (definition, argument) in FormatOperators.Innermost(each.Definition, each.Argument))
            {
                if (DisclosureRules.Find(definition, argument) is { } disclosed)
                {
                    Add(each, disclosed.Kind, $"{each} {disclosed.Message}");
                }

                if (DeprecationRules.Find(definition, argument) is { } deprecated)
                {
                    Add(each, FormatFindingKind.Deprecated, $"{each} {deprecated}");
                }

                if (SinceOf(definition, argument, each.MaxLength is not null) is { } since and > OldestProxy)
                {
                    Add(each, FormatFindingKind.NewerProxy, $"{each} is known to Envoy 1.{since} and later; an older proxy rejects the whole listener, so make sure that none is left.");
                }
            }

            if (usedForTcp && FormatOperators.Innermost(each.Definition, each.Argument).All(inner => inner.Definition.HttpOnly))
            {
                silent.Add(each);
            }
        }

        if (silent.Count > 0)
        {
            Add(silent[0], FormatFindingKind.HttpOnly, $"{Listed(silent)} of TCP connections: log those in a profile of their own, or take it that the field is empty there.");
        }

        void Add(FormatPart.Operator at, FormatFindingKind kind, string message) => findings.Add(new FormatFinding(path.ToString(), at.Position, kind, message));
    }

    /// <summary>The first version that takes the operator with this argument and length.</summary>
    private static int? SinceOf(CommandOperator definition, string? argument, bool hasLength) => definition.Argument switch
    {
        ArgumentKind.PrefixLength when argument is not null => 38,
        ArgumentKind.ServerName when argument is not null => 37,
        ArgumentKind.TypedMetadataPath when argument!.StartsWith("LISTENER_FILTER_CHAIN", StringComparison.Ordinal) => 37,
        ArgumentKind.MetadataPath when hasLength => 37,
        _ => definition.Since,
    };

    private static string Listed(List<FormatPart.Operator> silent)
    {
        const int named = 3;
        var names = string.Join(", ", silent.Take(named));
        var rest = silent.Count > named ? $" and {silent.Count - named} more" : "";
        var said = silent.All(each => each.Definition.Tcp == TcpValue.Zero) ? "0" : silent.All(each => each.Definition.Tcp == TcpValue.Dash) ? "nothing (\"-\")" : "nothing (\"-\" or 0)";
        return $"{names}{rest} {(silent.Count == 1 ? "says" : "say")} {said}";
    }
}
