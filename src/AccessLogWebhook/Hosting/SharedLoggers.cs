namespace AccessLogWebhook.Hosting;

/// <summary>Lends the process's loggers to the host, which would otherwise dispose of them with itself.</summary>
internal sealed class SharedLoggers(ILoggerFactory owner) : ILoggerFactory
{
    public ILogger CreateLogger(string categoryName) => owner.CreateLogger(categoryName);

    public void AddProvider(ILoggerProvider provider) => owner.AddProvider(provider);

    public void Dispose()
    {
    }
}
