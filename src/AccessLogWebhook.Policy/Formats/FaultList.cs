using System.Collections.Immutable;
using System.Text;
using AccessLogWebhook.Policy.Json;

namespace AccessLogWebhook.Policy.Formats;

/// <summary>
/// The faults of one text, in the order of their places. Past <see cref="Reported"/> they are only counted: nobody reads more, and composing messages
/// with suggestions for a megabyte of percent signs would cost a caller's deadline.
/// </summary>
internal sealed class FaultList(string text)
{
    public const int Reported = 20;

    private const int LongestFragment = 80;

    private readonly List<FormatFault> faults = [];
    private int more;
    private int firstOfMore = int.MaxValue;

    /// <param name="message">Asked only where the fault is reported.</param>
    public void Add(int position, int length, FormatFaultKind kind, Func<string> message)
    {
        if (faults.Count < Reported)
        {
            faults.Add(new FormatFault(position, kind, Fragment(position, length), message()));
            return;
        }

        more++;
        firstOfMore = Math.Min(firstOfMore, position);
    }

    public ImmutableArray<FormatFault> ToImmutable()
    {
        var ordered = faults.OrderBy(each => each.Position);
        return more == 0
            ? [.. ordered]
            : [.. ordered, new FormatFault(firstOfMore, FormatFaultKind.More, Fragment(firstOfMore, 1), $"and {more} more from here on: correct those before first.")];
    }

    private string Fragment(int position, int length)
    {
        var shortened = Excerpt.Of(text.Substring(position, Math.Min(length, LongestFragment + 1)), LongestFragment);
        // A message must be text, though what it quotes may not be: halves of surrogate pairs are replaced on the way through UTF-8.
        return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(shortened));
    }
}
