namespace AccessLogWebhook.Fuzz.Targets;

internal static class OutputTexts
{
    /// <summary>No character that a terminal obeys, and none that turns the reading direction.</summary>
    public static void ExpectHarmless(string text)
    {
        foreach (var character in text)
        {
            Expect.That(
                !char.IsControl(character) && character is not (>= '\u202a' and <= '\u202e') and not (>= '\u2066' and <= '\u2069'), $"U+{((int)character).ToString("X4", null)} in {text}");
        }
    }
}
