using Microsoft.Extensions.Logging.Abstractions;

namespace AccessLogWebhook.Hosting;

/// <summary>Lends the process's loggers to the host, which would otherwise dispose of them with itself.</summary>
internal sealed class SharedLoggers(ILoggerFactory owner) : ILoggerFactory
{
    /// <summary>What ASP.NET says of each request.</summary>
    public const string RequestCategory = "Microsoft.AspNetCore.Hosting.Diagnostics";

    // The host's own filters do not reach loggers that are lent.
    public ILogger CreateLogger(string categoryName) => categoryName == RequestCategory ? NullLogger.Instance : owner.CreateLogger(categoryName);

    public void AddProvider(ILoggerProvider provider) => owner.AddProvider(provider);

    public void Dispose()
    {
    }
}
