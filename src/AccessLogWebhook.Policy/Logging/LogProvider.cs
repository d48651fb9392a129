namespace AccessLogWebhook.Policy.Logging;

/// <summary>An entry of <c>meshConfig.extensionProviders</c>.</summary>
/// <param name="Logger">What it makes of access logging; null where it is a provider of something else, such as metrics.</param>
/// <param name="IsPlainFile">Whether it is a file without a format of its own: the one called <c>envoy</c> takes the mesh's then.</param>
public sealed record LogProvider(string Name, LoggerContent? Logger, bool IsPlainFile = false);
