namespace AccessLogWebhook.Policy.Formats;

/// <summary>
/// Patterns of strftime. Envoy takes them all, but for those that log a line break (<c>SystemTimeFormatter</c> in <c>stream_info_formatter.cc</c>:
/// <c>%[-_0^#]*[1-9]*(E|O)?n</c>).
/// </summary>
internal static class TimeRule
{
    public static ArgumentFault? Check(string name, string argument)
    {
        for (var percent = argument.IndexOf('%', StringComparison.Ordinal); percent >= 0; percent = argument.IndexOf('%', percent + 1))
        {
            var end = percent + 1;
            end = Skip(argument, end, "-_0^#");
            end = Skip(argument, end, "123456789");
            if (end < argument.Length && argument[end] is 'E' or 'O')
            {
                end++;
            }

            if (end < argument.Length && argument[end] == 'n')
            {
                return new($"{name} must not log a line break, which this does: take it out.", percent, end + 1 - percent);
            }
        }

        return null;
    }

    private static int Skip(string text, int from, string passed)
    {
        while (from < text.Length && passed.Contains(text[from], StringComparison.Ordinal))
        {
            from++;
        }

        return from;
    }
}
