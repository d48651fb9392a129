namespace AccessLogWebhook.Benchmarks.Load;

/// <summary>What came of a round, or of several that were added up.</summary>
/// <param name="Failed">Requests without an answer, or with one that does not admit.</param>
/// <param name="Processor">Used by the server meanwhile; zero where it is not known.</param>
internal sealed record LoadResult(
    IReadOnlyList<TimeSpan> Latencies, int Failed, TimeSpan Elapsed, TimeSpan Processor, long ResidentBytes, long PeakResidentBytes)
{
    public static LoadResult Sum(IReadOnlyCollection<LoadResult> rounds) => new(
        [.. rounds.SelectMany(round => round.Latencies).Order()],
        rounds.Sum(round => round.Failed),
        rounds.Aggregate(TimeSpan.Zero, (sum, round) => sum + round.Elapsed),
        rounds.Aggregate(TimeSpan.Zero, (sum, round) => sum + round.Processor),
        rounds.Last().ResidentBytes,
        rounds.Max(round => round.PeakResidentBytes));

    public double PerSecond => Latencies.Count / Elapsed.TotalSeconds;

    /// <summary>Reviews for each second of the server's processor time: what one core could do, whatever else the machine does.</summary>
    public double? PerProcessorSecond => Processor > TimeSpan.Zero ? Latencies.Count / Processor.TotalSeconds : null;

    /// <param name="share">From 0 to 1. The latencies are in order, as <see cref="Sum"/> leaves them.</param>
    public TimeSpan Percentile(double share) => Latencies[(int)Math.Clamp(Math.Ceiling(share * Latencies.Count) - 1, 0, Latencies.Count - 1)];
}
