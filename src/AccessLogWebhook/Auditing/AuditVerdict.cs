using System.Collections.Immutable;
using AccessLogWebhook.Policy.Decisions;

namespace AccessLogWebhook.Auditing;

/// <summary>
/// What the audit says of a workload in one word: a verdict, or why there is none. By name, since that is what every form of output, option and report has;
/// the order of the names is that of need: the worst first.
/// </summary>
internal readonly record struct AuditVerdict : IComparable<AuditVerdict>
{
    // What everybody believes to be logged and is not; what is not, as anyone can see; what nobody can say; what is logged wrongly; what cannot be; what need not be.
    private static readonly ImmutableArray<string> Order =
    [
        "Dangling", "Missing", "Conflicting", "Unknown", "Duplicated", "Outdated", "Inert", "NotAsked", "Exempt", "Logged",
    ];

    private readonly int rank;

    private AuditVerdict(int rank) => this.rank = rank;

    /// <summary>Nothing is asked of it, and it carries no profile.</summary>
    public static AuditVerdict NotAsked { get; } = Named("NotAsked");

    /// <summary>It cannot be judged: the profile asked for cannot be used, or the object not be read.</summary>
    public static AuditVerdict Unknown { get; } = Named("Unknown");

    /// <summary>Every one that there is, the worst first.</summary>
    public static ImmutableArray<AuditVerdict> All { get; } =
    [
        .. Enum.GetNames<Verdict>().Append("NotAsked").Append("Unknown").Distinct(StringComparer.Ordinal).Select(Named).Order(),
    ];

    public string Name => Order[rank];

    /// <summary>What it comes to.</summary>
    public Coverage Coverage => Name switch
    {
        "Logged" or "Outdated" or "Duplicated" => Coverage.Logged,
        "Exempt" => Coverage.Excused,
        "Inert" => Coverage.Inert,
        "NotAsked" => Coverage.NotAsked,
        _ => Coverage.NotLogged,
    };

    /// <summary>How grave it is, in SARIF's words; null for what is as it should be.</summary>
    public string? Level => Name switch
    {
        "Dangling" or "Missing" or "Conflicting" or "Unknown" => "error",
        "Duplicated" or "Outdated" => "warning",
        "Logged" => null,
        _ => "note",
    };

    /// <summary>What it means, a sentence.</summary>
    public string Meaning => Name switch
    {
        "Logged" => "The reference exists and selects it: it is logged by the profile asked for.",
        "Outdated" => "It is logged by an older revision of the profile.",
        "Missing" => "It carries no profile.",
        "Conflicting" => "It carries another profile, or another profile's reference, than the one asked for.",
        "Dangling" => "It names a reference that does not exist, or that does not select it: it looks logged, and is not.",
        "Duplicated" => "More than one logger reaches it: several lines for each request.",
        "Inert" => "Nothing can log here, whatever its labels say.",
        "Exempt" => "It is excused.",
        "NotAsked" => "Its namespace asks for no profile, and it carries none.",
        _ => "It cannot be judged.",
    };

    public static AuditVerdict Of(Verdict verdict) => Named(Enum.GetName(verdict)!);

    public int CompareTo(AuditVerdict other) => rank.CompareTo(other.rank);

    public override string ToString() => Name;

    private static AuditVerdict Named(string name) =>
        Order.IndexOf(name) is >= 0 and var rank ? new AuditVerdict(rank) : throw new ArgumentOutOfRangeException(nameof(name), name, "A verdict without a place in the order.");
}

/// <summary>What a verdict comes to in a sum.</summary>
internal enum Coverage
{
    NotLogged,
    Inert,
    NotAsked,
    Excused,
    Logged,
}
