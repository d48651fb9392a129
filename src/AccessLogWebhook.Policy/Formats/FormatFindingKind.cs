namespace AccessLogWebhook.Policy.Formats;

/// <summary>What a <see cref="FormatFinding"/> is about.</summary>
public enum FormatFindingKind
{
    /// <summary>A credential ends up in the log.</summary>
    Secret,

    /// <summary>Something of a person, or something that users put personal data into, such as a query string.</summary>
    PersonalData,

    /// <summary>An operator that says nothing of TCP connections, in a format that is used for them.</summary>
    HttpOnly,

    /// <summary>A text that does not end its line, so that a file has one line for everything.</summary>
    NoLineBreak,

    /// <summary>Envoy or Istio has something better.</summary>
    Deprecated,

    /// <summary>An operator that some proxies that are still in use reject, and with it the whole listener.</summary>
    NewerProxy,
}
