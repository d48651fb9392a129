using AccessLogWebhook.Policy.Json;
using AccessLogWebhook.Policy.Linting.EnvoyFilters;

namespace AccessLogWebhook.Policy.Linting;

/// <summary>One subject on its way through the rules.</summary>
internal sealed class LintPass(LintSubject subject, LintContext context)
{
    /// <summary>How often it is looked for what a misspelt name was meant to be. An object may hold a hundred thousand of them, each with some sixty candidates.</summary>
    private const int MostGuesses = 200;

    private int guesses;
    private readonly Lazy<Selection.SelectedPods> pods = new(() => Selection.SelectedPods.Of(subject, context));

    public LintSubject Subject { get; } = subject;

    public LintContext Context { get; } = context;

    public LintFindings Findings { get; } = new(subject.Document);

    /// <summary>The Pods with the selector's labels; counted once, since there may be tens of thousands.</summary>
    public Selection.SelectedPods Pods => pods.Value;

    public bool IsInRootNamespace => Subject.Namespace == Context.RootNamespace;

    /// <summary>The patches that touch access logs; what others do is none of our business.</summary>
    public IEnumerable<FilterPatch> Patches => Subject.Filter?.Patches.Where(patch => patch.TouchesLogs) ?? [];

    public IEnumerable<AccessLogEntry> Logs => Subject.Filter?.Logs ?? [];

    /// <summary>What a misspelt name was meant to be; null where that is not clear, or has been asked too often.</summary>
    public string? Guess(string name, IEnumerable<string> known) => guesses++ < MostGuesses ? Spelling.Nearest(name, known) : null;

    public void Add(LintRule rule, Field at, string message, string? fix = null) => Findings.Add(rule, at, message, fix ?? rule.Fix);
}
