using AccessLogWebhook.Cluster;

namespace AccessLogWebhook.Controllers;

/// <summary>What has become of the independent parts of a plan, so far.</summary>
internal sealed class PlanProgress
{
    // A condition is read in a terminal; the rest come when these are corrected.
    private const int MostProblems = 8;

    private const string Contested = "Contested";
    private const string ApplyFailed = "ApplyFailed";

    private readonly SortedSet<string> problems = new(StringComparer.Ordinal);

    /// <summary>Whether something that was tried has failed.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>Whether the API server has not answered: nothing else would fare better.</summary>
    public ObjectOutcome.Unreachable? Unreachable { get; private set; }

    /// <summary>After how long there is more to do, without any change; null where there is not.</summary>
    public TimeSpan? Again { get; private set; }

    public bool HasProblems => problems.Count > 0;

    /// <summary>Whether all that there is to apply is in place, though perhaps not for long.</summary>
    public bool IsInPlace { get; private set; } = true;

    /// <summary>The reason of the condition and of the Event, one word.</summary>
    public string Reason { get; private set; } = Contested;

    /// <summary>All problems, a sentence each; empty where there are none.</summary>
    public string Problem =>
        $"{string.Join(' ', problems.Take(MostProblems))}{(problems.Count > MostProblems ? $" And {problems.Count - MostProblems} more." : "")}";

    public void Meets(string problem, TimeSpan? again = null)
    {
        problems.Add(problem);
        (IsInPlace, Reason) = (false, ApplyFailed);
        Waits(again);
    }

    /// <summary>Somebody undoes what is applied.</summary>
    public void IsContested(string problem, TimeSpan? again)
    {
        problems.Add(problem);
        Waits(again);
    }

    public void Withholds(TimeSpan again)
    {
        IsInPlace = false;
        Waits(again);
    }

    public void Fails(string problem, TimeSpan again)
    {
        HasFailed = true;
        Meets(problem, again);
    }

    public void Stops(ObjectOutcome.Unreachable outcome) => Unreachable = outcome;

    public void Waits(TimeSpan? again) => Again = Again is { } sooner && (again is null || sooner < again) ? sooner : again;
}
