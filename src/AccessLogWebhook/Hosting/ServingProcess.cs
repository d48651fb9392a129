using System.Net;
using System.Net.Sockets;
using AccessLogWebhook.Admission;
using AccessLogWebhook.Auditing;
using AccessLogWebhook.Certificates;
using AccessLogWebhook.Cluster;
using AccessLogWebhook.Configuration;
using AccessLogWebhook.Manifests;
using AccessLogWebhook.Observability;

namespace AccessLogWebhook.Hosting;

/// <summary>
/// The life of <c>serve</c>: read everything that can be wrong and say all of it before listening, then listen and follow the cluster, the
/// certificate and the configuration until asked to stop.
/// </summary>
internal sealed partial class ServingProcess(
    ServingOptions serving, ServingFiles files, TimeProvider time, Action<ILoggingBuilder> configureLogging, TextWriter errors)
{
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        using var loggers = LoggerFactory.Create(configureLogging);
        var log = loggers.CreateLogger<ServingProcess>();
        var metrics = new WebhookMetrics();
        var settings = new LivePolicySettings(Policy.Decisions.PolicySettings.Default);
        var options = new WebhookOptions();
        ConfigurationWatch? configuration = null;
        if (files.Configuration is { } path)
        {
            configuration = new ConfigurationWatch(path, changed => settings.Current = changed.Policy, time, loggers.CreateLogger<ConfigurationWatch>());
            var reading = configuration.LoadOnce();
            if (reading.Options is null)
            {
                return Refuse(reading.Errors);
            }

            options = reading.Options;
            settings.Current = options.Policy;
            metrics.BeforeScrape(() => metrics.ConfigurationIs(configuration.State.Errors.Length, configuration.State.AppliedAt));
        }

        var view = new ClusterView();
        using var connection = Connect(out var unreachable);
        if (unreachable || OpenCluster(connection, view, options, metrics, loggers) is not { } source)
        {
            return ExitCodes.Usage;
        }

        var certificate = new ServingCertificate();
        using var authority = files is { Certificate: null, SelfManaged: null } ? new DevelopmentAuthority(time) : null;
        if (authority is not null && !UseDevelopmentCertificate(authority, certificate, log))
        {
            return ExitCodes.Usage;
        }

        var selfManaged = files.SelfManaged is { } home && connection is not null
            ? new SelfManagedCertificates(connection, home, certificate, options, metrics.Certificates, time, loggers)
            : null;
        if (options.Auditing.Trail is { } named && AuditDestination.Problem(named) is { } unwritable)
        {
            await errors.WriteLineAsync(unwritable).ConfigureAwait(false);
            return ExitCodes.Usage;
        }

        var clients = files.ClientAuthority is null ? null : new ClientTrust(serving.ClientNames, time);
        var clientAuthority = clients is null ? null : new ClientAuthorityFile(files.ClientAuthority!, clients, time, loggers.CreateLogger<ClientAuthorityFile>());
        if (clientAuthority?.LoadOnce() is { } unusable)
        {
            await errors.WriteLineAsync(unusable).ConfigureAwait(false);
            return ExitCodes.Usage;
        }

        var trail = options.Auditing.Trail is { } destination
            ? new AuditTrail(() => AuditDestination.Open(destination), metrics, time, loggers.CreateLogger<AuditTrail>())
            : null;
        await using var host = new WebhookHost(
            serving, view, source, certificate, settings, metrics, time, logging => logging.Services.AddSingleton<ILoggerFactory>(new SharedLoggers(loggers)), trail, clients);
        try
        {
            await host.StartAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception taken) when (taken is IOException or SocketException)
        {
            await errors.WriteLineAsync($"Cannot listen: {taken.Message.TrimEnd('.')}. Choose others with --bind, --https-port and --http-port.").ConfigureAwait(false);
            return ExitCodes.Usage;
        }

        Log.Listening(log, host.HttpsAddress.GetLeftPart(UriPartial.Authority), host.HttpAddress.GetLeftPart(UriPartial.Authority), source.Description);
        Log.Settings(log, SettingsText.Of(settings.Current));
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(host.Stopping, cancellationToken);
        Task[] followers =
        [
            source.RunAsync(stopping.Token),
            FirstReading.GiveBackAsync(source, time, stopping.Token),
            configuration?.RunAsync(stopping.Token) ?? Task.CompletedTask,
            trail?.RunAsync(stopping.Token) ?? Task.CompletedTask,
            files is { Certificate: { } certificatePath, Key: { } keyPath }
                ? new CertificateFiles(certificatePath, keyPath, certificate, time, loggers.CreateLogger<CertificateFiles>()).FollowAsync(stopping.Token)
                : Task.CompletedTask,
            selfManaged?.RunAsync(stopping.Token) ?? Task.CompletedTask,
            clientAuthority?.FollowAsync(stopping.Token) ?? Task.CompletedTask,
            connection is not null && options.Controllers.Enabled
                ? new LeadingControllers(connection, view, source, metrics.Controllers, time, loggers)
                    .RunAsync(options.Controllers, () => settings.Current, stopping.Token)
                : Task.CompletedTask,
        ];
        await WaitAsync(host, followers, log, cancellationToken).ConfigureAwait(false);
        Log.Stopped(log);
        return followers.Any(follower => follower.IsFaulted) ? ExitCodes.Finding : ExitCodes.Fine;
    }

    private static async Task WaitAsync(WebhookHost host, Task[] followers, ILogger log, CancellationToken cancellationToken)
    {
        var shutdown = host.WaitForShutdownAsync(cancellationToken);
        foreach (var follower in followers)
        {
            // A follower that dies leaves its part of the truth to age: better to be started again.
            _ = follower.ContinueWith(
                async dead =>
                {
                    Log.FollowerDied(log, dead.Exception!);
                    await host.StopAsync(CancellationToken.None).ConfigureAwait(false);
                },
                CancellationToken.None,
                TaskContinuationOptions.OnlyOnFaulted,
                TaskScheduler.Default);
        }

        await shutdown.ConfigureAwait(false);
        await Task.WhenAll(followers).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>The way to the live cluster; null where a directory takes its place, or where there is none.</summary>
    private LiveConnection? Connect(out bool unreachable)
    {
        unreachable = false;
        if (files.ClusterDirectory is not null)
        {
            return null;
        }

        if (!LiveConnection.TryOpen(files.Kubeconfig, null, out var connection, out var problem))
        {
            errors.WriteLine($"{problem.TrimEnd('.')}. Give --kubeconfig FILE, or a directory of manifests with --cluster DIR.");
            unreachable = true;
        }

        return connection;
    }

    private IClusterSource? OpenCluster(LiveConnection? connection, ClusterView view, WebhookOptions options, WebhookMetrics metrics, ILoggerFactory loggers)
    {
        if (connection is not null)
        {
            var live = new LiveClusterOptions
            {
                Kinds = ClusterKinds.In(options.Policy.RootNamespace),
                StallDeadline = TimeSpan.FromSeconds(options.Cluster.WatchStallSeconds),
                StaleAfter = TimeSpan.FromSeconds(options.Cluster.StaleAfterSeconds),
                Applied = changes => metrics.Applied(changes.Kind, changes.SinceRead, changes.SinceMade),
            };
            return new LiveClusterSource(connection, view, live, time, loggers.CreateLogger<LiveClusterSource>());
        }

        var directory = new DirectorySource(files.ClusterDirectory!, view, time, loggers.CreateLogger<DirectorySource>());
        var faults = directory.LoadOnce();
        if (faults.IsEmpty)
        {
            return directory;
        }

        Refuse(faults);
        return null;
    }

    private bool UseDevelopmentCertificate(DevelopmentAuthority authority, ServingCertificate certificate, ILogger log)
    {
        certificate.Use(authority.Issue("localhost", "127.0.0.1", "::1", Dns.GetHostName()), []);
        if (files.AuthorityOutput is { } output)
        {
            try
            {
                File.WriteAllText(output, authority.CertificatePem);
            }
            catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
            {
                errors.WriteLine($"{output}: the authority's certificate cannot be written: {problem.Message}");
                return false;
            }
        }

        Log.DevelopmentCertificate(log, files.AuthorityOutput is { } path ? $"written to {path}" : "not written (--ca-out FILE)");
        return true;
    }

    private int Refuse(IEnumerable<ManifestError> faults)
    {
        foreach (var fault in faults)
        {
            errors.WriteLine(fault);
        }

        return ExitCodes.Usage;
    }

    private static partial class Log
    {
        [LoggerMessage(5000, LogLevel.Information, "Listening on {Https} and {Http}; the cluster is {Source}")]
        public static partial void Listening(ILogger logger, string https, string http, string source);

        [LoggerMessage(5001, LogLevel.Information, "Settings in force: {Settings}")]
        public static partial void Settings(ILogger logger, string settings);

        [LoggerMessage(5002, LogLevel.Warning, "No --cert: serving a certificate of an authority made in memory, for development only; its certificate is {Output}")]
        public static partial void DevelopmentCertificate(ILogger logger, string output);

        [LoggerMessage(5003, LogLevel.Critical, "What keeps the server up to date has failed; stopping")]
        public static partial void FollowerDied(ILogger logger, Exception failure);

        [LoggerMessage(5004, LogLevel.Information, "Stopped")]
        public static partial void Stopped(ILogger logger);
    }
}
