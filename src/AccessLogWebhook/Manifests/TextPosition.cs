namespace AccessLogWebhook.Manifests;

/// <summary>A place in UTF-8 text. Columns count characters as the YAML scanner does, UTF-16 units from 1.</summary>
internal readonly record struct TextPosition(int Line, int Column)
{
    public static TextPosition Start { get; } = new(1, 1);

    /// <summary>The place after more text.</summary>
    public TextPosition After(ReadOnlySpan<byte> text)
    {
        var lastBreak = text.LastIndexOf((byte)'\n');
        return lastBreak < 0
            ? this with { Column = Column + Utf16Length(text) }
            : new TextPosition(Line + text.Count((byte)'\n'), 1 + Utf16Length(text[(lastBreak + 1)..]));
    }

    // One unit for every first byte of a character, and one more for those of four bytes. The text may end inside of one.
    private static int Utf16Length(ReadOnlySpan<byte> text)
    {
        var length = 0;
        foreach (var octet in text)
        {
            length += (octet & 0xc0) == 0x80 ? 0 : octet >= 0xf0 ? 2 : 1;
        }

        return length;
    }
}
