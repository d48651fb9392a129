using System.Collections.Immutable;
using System.Text.Json;

namespace AccessLogWebhook.Auditing;

/// <summary>Decisions that are alike, and how many there are.</summary>
/// <param name="Example">The last of them.</param>
internal sealed record DecisionGroup(LoggedDecision Example, long Count, string First, string Last);

/// <summary>What became of whose requests, of a log. The log may be of any length: what is held is a counter for each kind of decision.</summary>
internal sealed class LogSummary
{
    // Namespaces, users and reasons are few; a log in which they are not is somebody's mischief, and must not fill the memory.
    private const int MostGroups = 100_000;

    private readonly Dictionary<(string Outcome, string Namespace, string User, string Mode, string Profile, string Reason), Counted> groups = [];

    /// <summary>Lines in all, blank ones aside.</summary>
    public long Lines { get; private set; }

    /// <summary>Lines that are neither an audit event nor one of the trail.</summary>
    public long Junk { get; private set; }

    public long FirstJunk { get; private set; }

    /// <summary>Decisions that there was no counter for.</summary>
    public long Uncounted { get; private set; }

    public static LogSummary Read(Stream stream, Action<long> progress)
    {
        var summary = new LogSummary();
        LogLines.Read(stream, (number, line, isTooLong) =>
        {
            summary.Take(number, line, isTooLong);
            progress(number);
        });
        return summary;
    }

    /// <summary>Refusals first, then exemptions, warnings and changes; the most frequent first.</summary>
    public ImmutableArray<DecisionGroup> Groups() =>
    [
        .. groups.Values.Select(counted => new DecisionGroup(counted.Example, counted.Count, counted.First, counted.Last))
            .OrderBy(group => RankOf(group.Example.Outcome))
            .ThenByDescending(group => group.Count)
            .ThenBy(group => group.Example.Namespace, StringComparer.Ordinal)
            .ThenBy(group => group.Example.User, StringComparer.Ordinal)
            .ThenBy(group => group.Example.Reason, StringComparer.Ordinal)
            .ThenBy(group => group.Example.Profile, StringComparer.Ordinal)
            .ThenBy(group => group.Example.Mode, StringComparer.Ordinal),
    ];

    public static int RankOf(string outcome) => outcome switch
    {
        DecisionOutcome.Refused => 0,
        DecisionOutcome.Exempted => 1,
        DecisionOutcome.Warned => 2,
        _ => 3,
    };

    private void Take(long number, ReadOnlySpan<byte> line, bool isTooLong)
    {
        if (!isTooLong && line.TrimStart(" \t"u8).IsEmpty)
        {
            return;
        }

        Lines++;
        if (isTooLong || !IsObject(line) || !TryTake(line))
        {
            Junk++;
            FirstJunk = FirstJunk == 0 ? number : FirstJunk;
        }
    }

    private static bool IsObject(ReadOnlySpan<byte> line) => line.TrimStart(" \t"u8).StartsWith("{"u8);

    private bool TryTake(ReadOnlySpan<byte> line)
    {
        // Nearly all events of a log are of others; to be told from junk, their first words are enough.
        if (line.IndexOf("accesslog.mesh/"u8) < 0)
        {
            return line.IndexOf("\"audit.k8s.io/"u8) >= 0;
        }

        try
        {
            var reader = new Utf8JsonReader(line, new JsonReaderOptions { MaxDepth = 256 });
            using var document = JsonDocument.ParseValue(ref reader);
            foreach (var decision in LoggedDecision.Of(document.RootElement))
            {
                Count(decision);
            }

            return LoggedDecision.IsKnown(document.RootElement);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private void Count(LoggedDecision decision)
    {
        var key = (decision.Outcome, decision.Namespace, decision.User, decision.Mode, decision.Profile, decision.Reason);
        if (groups.TryGetValue(key, out var counted))
        {
            counted.Add(decision);
        }
        else if (groups.Count < MostGroups)
        {
            groups.Add(key, new Counted(decision));
        }
        else
        {
            Uncounted++;
        }
    }

    private sealed class Counted(LoggedDecision first)
    {
        public LoggedDecision Example { get; private set; } = first;

        public long Count { get; private set; } = 1;

        public string First { get; private set; } = first.Time;

        public string Last { get; private set; } = first.Time;

        // Times of RFC 3339 in UTC are in the order of their text.
        public void Add(LoggedDecision decision)
        {
            Count++;
            First = string.CompareOrdinal(decision.Time, First) < 0 ? decision.Time : First;
            if (string.CompareOrdinal(decision.Time, Last) >= 0)
            {
                (Last, Example) = (decision.Time, decision);
            }
        }
    }
}
