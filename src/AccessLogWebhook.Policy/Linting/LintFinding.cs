namespace AccessLogWebhook.Policy.Linting;

/// <summary>One thing that is wrong with an EnvoyFilter or a Telemetry, and where.</summary>
/// <param name="Path">The field, <c>spec.configPatches[1].patch.value.typed_config.access_log[0].filter</c>; a key that is no identifier stands in brackets.</param>
/// <param name="Message">What is wrong, in whole sentences.</param>
/// <param name="Fix">The exact change, a sentence.</param>
public sealed record LintFinding(LintRule Rule, string Path, string Message, string Fix);
