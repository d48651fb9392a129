namespace AccessLogWebhook.Policy.Formats;

/// <summary>An entry of <c>SubstitutionFormatString.formatters</c>, without which Envoy does not know the operators that it brings.</summary>
/// <param name="Name">Of the extension, such as <c>envoy.formatter.cel</c>.</param>
/// <param name="TypeUrl">Of its configuration message, which has no field that must be set.</param>
public sealed record FormatterExtension(string Name, string TypeUrl);
