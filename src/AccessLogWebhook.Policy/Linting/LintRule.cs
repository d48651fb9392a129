namespace AccessLogWebhook.Policy.Linting;

/// <summary>What can be found. The one table of all of them is <see cref="LintRules.All"/>.</summary>
/// <param name="Id"><c>AL001</c>; stable, and never used again for something else.</param>
/// <param name="Name">In kebab case, for people who read a list of ids.</param>
/// <param name="Description">What is wrong, a sentence.</param>
/// <param name="Fix">What to do about it in general, a sentence; a finding says it for its own case.</param>
public sealed record LintRule(string Id, string Name, LintSeverity Severity, string Description, string Fix);
