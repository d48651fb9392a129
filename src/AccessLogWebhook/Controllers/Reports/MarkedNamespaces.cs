namespace AccessLogWebhook.Controllers.Reports;

/// <summary>Which namespaces are to be judged anew, and when: after a quiet time, and no later than some time after the first change.</summary>
internal sealed class MarkedNamespaces(ReportTimings timings, TimeProvider time)
{
    private readonly long origin = time.GetTimestamp();
    private readonly Dictionary<string, (TimeSpan First, TimeSpan Due)> marked = new(StringComparer.Ordinal);

    private TimeSpan Now => time.GetElapsedTime(origin);

    public void Mark(string @namespace)
    {
        var first = marked.TryGetValue(@namespace, out var known) ? known.First : Now;
        var (quiet, last) = (Now + timings.Quiet, first + timings.Longest);
        marked[@namespace] = (first, quiet < last ? quiet : last);
    }

    /// <summary>At the next look, without any quiet time.</summary>
    public void MarkNow(string @namespace) => marked[@namespace] = (Now, Now);

    /// <summary>What could not be done is tried again, unless a change comes first.</summary>
    public void MarkLater(string @namespace) => marked.TryAdd(@namespace, (Now, Now + timings.Retry));

    /// <summary>Takes those whose time has come, the longest due first.</summary>
    public IReadOnlyList<string> TakeDue(int most)
    {
        var due = marked.Where(mark => mark.Value.Due <= Now).OrderBy(mark => mark.Value.Due).ThenBy(mark => mark.Key, StringComparer.Ordinal)
            .Take(most).Select(mark => mark.Key).ToList();
        foreach (var @namespace in due)
        {
            marked.Remove(@namespace);
        }

        return due;
    }

    /// <summary>After how long the next one is due; null where none is marked.</summary>
    public TimeSpan? Left()
    {
        if (marked.Count == 0)
        {
            return null;
        }

        var left = marked.Values.Min(mark => mark.Due) - Now;
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }
}
