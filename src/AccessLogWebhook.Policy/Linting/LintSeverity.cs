namespace AccessLogWebhook.Policy.Linting;

/// <summary>How much a finding matters. In the order of weight, the heaviest first.</summary>
public enum LintSeverity
{
    /// <summary>Istio refuses it, a proxy would reject its configuration, or traffic or other patches would be lost: admission refuses these.</summary>
    Error,

    /// <summary>It does nothing, doubles lines, or leaks.</summary>
    Warning,

    /// <summary>Worth knowing; nothing is wrong.</summary>
    Note,
}
