namespace AccessLogWebhook.Policy.Logging;

/// <summary>A logger of a proxy.</summary>
/// <param name="Where">Which of the listeners, in words; empty for all of its direction.</param>
/// <param name="Doubt">Why it is not certain to be there, a sentence; empty where it is.</param>
public sealed record ActiveLogger(LoggerOrigin Origin, LoggerContent Content, string Where = "", string Doubt = "")
{
    /// <summary>The place of one that some of the listeners have lost.</summary>
    public const string NotEverywhere = "not all listeners";

    public bool IsCertain => Doubt.Length == 0;

    /// <summary>Whether it is for some of the listeners only, which a proxy need not even have.</summary>
    public bool IsPart => Where.Length > 0;

    /// <summary>Which listeners it is for, a clause; empty for all.</summary>
    public string Place => Where.Length == 0 ? "" : Where == NotEverywhere ? "not on all listeners" : $"on {Where}, if there is such a listener";

    /// <summary>Whether it is there for certain and something can pass its filter.</summary>
    public bool Logs => IsCertain && Content.Filter is not { PassesNothing: true };
}

/// <summary>A logger that is there no more, and what took it away.</summary>
public sealed record SilencedLogger(ActiveLogger Logger, LoggerOrigin By)
{
    /// <summary>Whether the filter is there and has another name, which the logger's patch does not match.</summary>
    public bool IsByName { get; init; }
}
