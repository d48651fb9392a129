namespace AccessLogWebhook.Policy.Decisions;

/// <summary>What is true of one workload against one profile (DESIGN: "Vocabulary"). Never better than the truth.</summary>
public enum Verdict
{
    /// <summary>It carries the profile's label, and the reference exists and selects it.</summary>
    Logged,

    /// <summary>As <see cref="Logged"/>, by an older revision that still exists.</summary>
    Outdated,

    /// <summary>No profile on it.</summary>
    Missing,

    /// <summary>Another profile on it than the one asked for.</summary>
    Conflicting,

    /// <summary>It names a reference that does not exist, does not select it, or logs nothing.</summary>
    Dangling,

    /// <summary>More than one logger writes the same event to the same place.</summary>
    Duplicated,

    /// <summary>Nothing can log here.</summary>
    Inert,

    /// <summary>Excused.</summary>
    Exempt,
}
