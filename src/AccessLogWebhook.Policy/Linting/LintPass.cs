using AccessLogWebhook.Policy.Linting.EnvoyFilters;

namespace AccessLogWebhook.Policy.Linting;

/// <summary>One subject on its way through the rules.</summary>
internal sealed class LintPass(LintSubject subject, LintContext context)
{
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

    public void Add(LintRule rule, Field at, string message, string? fix = null) => Findings.Add(rule, at, message, fix ?? rule.Fix);
}
