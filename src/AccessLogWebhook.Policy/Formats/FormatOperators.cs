namespace AccessLogWebhook.Policy.Formats;

/// <summary>Where the operators of a format are.</summary>
internal static class FormatOperators
{
    public static IEnumerable<FormatPart.Operator> In(FormatText text) => text.Parts.OfType<FormatPart.Operator>();

    /// <summary>Calls <paramref name="visit"/> with every text of a value, in the order of writing.</summary>
    public static void VisitTexts(FormatValue value, MemberPath path, Action<FormatText, MemberPath> visit)
    {
        switch (value)
        {
            case FormatValue.Text text:
                visit(text.Format, path);
                break;
            case FormatValue.Object @object:
                foreach (var member in @object.Members)
                {
                    path.Enter(member.Name);
                    VisitTexts(member.Value, path, visit);
                    path.Leave();
                }

                break;
            case FormatValue.List list:
                foreach (var (index, item) in list.Items.Index())
                {
                    path.Enter(index);
                    VisitTexts(item, path, visit);
                    path.Leave();
                }

                break;
        }
    }

    /// <summary>The operator, or, for one that only tries others, those.</summary>
    public static IEnumerable<(CommandOperator Definition, string? Argument)> Innermost(CommandOperator definition, string? argument) =>
        definition.Argument == ArgumentKind.Coalesce && argument is not null
            ? CoalesceRule.Entries(argument).SelectMany(each => Innermost(each.Definition, each.Argument))
            : [(definition, argument)];
}
