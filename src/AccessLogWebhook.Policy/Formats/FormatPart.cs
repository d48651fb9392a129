namespace AccessLogWebhook.Policy.Formats;

/// <summary>A piece of a format.</summary>
public abstract record FormatPart
{
    private FormatPart()
    {
    }

    /// <summary>Text that is logged as it stands; a percent sign is one character here and two in the format.</summary>
    public sealed record Literal(string Text) : FormatPart
    {
        public override string ToString() => Text.Replace("%", "%%", StringComparison.Ordinal);
    }

    /// <summary>A command operator: <c>%NAME(ARGUMENT):MAXLENGTH%</c>.</summary>
    /// <param name="Argument">Null where there is none; empty parentheses are none, too (Envoy, <c>CommandSyntaxChecker</c>).</param>
    /// <param name="Position">Where its percent sign stands in the source.</param>
    public sealed record Operator(CommandOperator Definition, string? Argument, ulong? MaxLength, int Position) : FormatPart
    {
        public override string ToString() =>
            $"%{Definition.Name}{(Argument is null ? "" : $"({Argument})")}{(MaxLength is { } length ? $":{length}" : "")}%";
    }
}
