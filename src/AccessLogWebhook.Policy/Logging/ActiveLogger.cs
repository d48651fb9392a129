namespace AccessLogWebhook.Policy.Logging;

/// <summary>A logger of a proxy.</summary>
/// <param name="Where">Which of the listeners, in words; empty for all of its direction.</param>
/// <param name="Doubt">Why it is not certain to be there, a sentence; empty where it is.</param>
public sealed record ActiveLogger(LoggerOrigin Origin, LoggerContent Content, string Where = "", string Doubt = "")
{
    public bool IsCertain => Doubt.Length == 0;

    /// <summary>Whether it is there for certain and something can pass its filter.</summary>
    public bool Logs => IsCertain && Content.Filter is not { PassesNothing: true };
}

/// <summary>A logger that is there no more, and what took it away.</summary>
public sealed record SilencedLogger(ActiveLogger Logger, LoggerOrigin By);
