namespace AccessLogWebhook.Policy.Formats;

/// <summary>
/// Reads a format as Envoy does (<c>SubstitutionFormatParser::parse</c> in <c>source/common/formatter/substitution_formatter.cc</c>): <c>%%</c> is a percent
/// sign, any other percent sign must begin <c>%NAME(ARGUMENT):LENGTH%</c>. An argument goes to the first <c>)</c> that is followed by <c>%</c> or
/// <c>:LENGTH%</c>, so it may hold parentheses and percent signs, but no line break. Unlike Envoy it goes on after a fault, to report them all.
/// </summary>
public static class FormatParser
{
    /// <summary>Any string may be given; the time is linear in its length, whatever it holds.</summary>
    public static FormatReading Parse(string text) => new FormatScan(text).Run();
}
