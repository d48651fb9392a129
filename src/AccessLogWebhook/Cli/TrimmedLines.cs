using System.Text;

namespace AccessLogWebhook.Cli;

/// <summary>Passes text on without the blanks at the ends of lines, with which tables fill their last column.</summary>
internal sealed class TrimmedLines(TextWriter output) : TextWriter
{
    private int blanks;

    public override Encoding Encoding => output.Encoding;

    public override void Write(char value)
    {
        if (value == ' ')
        {
            blanks++;
            return;
        }

        if (value is not ('\n' or '\r'))
        {
            for (; blanks > 0; blanks--)
            {
                output.Write(' ');
            }
        }

        blanks = 0;
        output.Write(value);
    }

    public override void Flush() => output.Flush();
}
