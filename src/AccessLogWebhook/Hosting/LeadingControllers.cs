using System.Net;
using System.Security.Cryptography;
using AccessLogWebhook.Cluster;
using AccessLogWebhook.Configuration;
using AccessLogWebhook.Controllers;
using AccessLogWebhook.Controllers.Reports;
using AccessLogWebhook.Observability;
using AccessLogWebhook.Policy.Decisions;

namespace AccessLogWebhook.Hosting;

/// <summary>The controllers of this replica, put together: they run while it leads, and on a live cluster only.</summary>
internal sealed class LeadingControllers(
    LiveConnection connection, ClusterView view, IClusterSource source, ControllerMetrics metrics, TimeProvider time, ILoggerFactory loggers)
{
    public const string LeaseName = "accesslog-webhook";

    /// <summary>Runs until cancelled, and then returns, with the Lease given back.</summary>
    /// <param name="settings">Those in force at the moment.</param>
    public Task RunAsync(ControllerSettings options, Func<PolicySettings> settings, CancellationToken cancellationToken)
    {
        var timings = new LeaseTimings
        {
            LeaseDuration = TimeSpan.FromSeconds(options.LeaseDurationSeconds),
            RenewDeadline = TimeSpan.FromSeconds(options.RenewDeadlineSeconds),
            Retry = TimeSpan.FromSeconds(options.RetrySeconds),
        };
        var references = new ReferenceTimings { RemoveAfter = TimeSpan.FromSeconds(options.RemoveAfterSeconds) };
        var @namespace = options.LeaseNamespace ?? connection.OwnNamespace ?? settings().RootNamespace;

        // The host's name is the Pod's, which people look for; a container that is started again in it is another candidate.
        var identity = $"{Dns.GetHostName()}_{RandomNumberGenerator.GetHexString(8, lowercase: true)}";
        var lease = new LiveLease(new LiveObjects(connection, timings.RequestTimeout, time), @namespace, LeaseName);
        var election = new LeaderElection(
            lease, identity, timings, () => source.CacheStatuses().All(cache => cache.IsCurrent), metrics.LeadingIs, time, loggers.CreateLogger<LeaderElection>());
        return election.RunAsync(
            leadership => Task.WhenAll(
                new ReferenceController(
                    view, source, connection, settings, identity, references, metrics, time, loggers.CreateLogger<ReferenceController>()).RunAsync(leadership),
                options.Reports
                    ? new ReportController(
                        view, source, connection, settings, identity, new ReportTimings(), metrics, time, loggers.CreateLogger<ReportController>()).RunAsync(leadership)
                    : Task.CompletedTask),
            cancellationToken);
    }
}
