using System.Collections.Immutable;

namespace AccessLogWebhook.Policy.Formats;

/// <summary>Which formatters must be configured with a format: each once, in the order of their names, so that a format always renders to the same.</summary>
public static class RequiredFormatters
{
    public static ImmutableArray<FormatterExtension> Of(FormatText text) => Of(new FormatValue.Text(text));

    public static ImmutableArray<FormatterExtension> Of(FormatValue value)
    {
        var found = new SortedDictionary<string, FormatterExtension>(StringComparer.Ordinal);
        FormatOperators.VisitTexts(value, new MemberPath(""), (text, _) =>
        {
            foreach (var each in FormatOperators.In(text))
            {
                if (each.Definition.Formatter is { } formatter)
                {
                    found[formatter.Name] = formatter;
                }
            }
        });
        return [.. found.Values];
    }
}
