namespace AccessLogWebhook.Policy.Json;

/// <summary>Sound JSON in which a field that decides something has a type that it must not have. The message names the field.</summary>
public sealed class UnexpectedFieldException(string message) : Exception(message);
