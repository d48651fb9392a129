namespace AccessLogWebhook.Policy.Formats;

/// <summary>What a <see cref="FormatFault"/> is about.</summary>
public enum FormatFaultKind
{
    /// <summary>A percent sign that begins no command operator, or one that does not end.</summary>
    Syntax,

    /// <summary>A name that neither Envoy nor one of its own formatters knows; an extension of somebody else may.</summary>
    UnknownOperator,

    /// <summary>An argument or a length that the operator does not take.</summary>
    Argument,

    /// <summary>An operator whose formatter must be configured with more than its name.</summary>
    Unconfigured,

    /// <summary>How many faults more there are than are reported.</summary>
    More,
}
