using System.Net;
using System.Security.Cryptography;
using AccessLogWebhook.Certificates;
using AccessLogWebhook.Cluster;
using AccessLogWebhook.Configuration;
using AccessLogWebhook.Controllers;
using AccessLogWebhook.Issuance;
using AccessLogWebhook.Observability;

namespace AccessLogWebhook.Hosting;

/// <summary>
/// The certificates that the webhook makes for itself, put together: each replica follows the Secret, and one keeps it, by a Lease of its own, with
/// the controllers or without, whatever becomes of the mesh's caches.
/// </summary>
internal sealed class SelfManagedCertificates
{
    // An API server answers in milliseconds; one that does not is asked again.
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(10);

    private readonly LiveConnection connection;
    private readonly CertificateMetrics metrics;
    private readonly TimeProvider time;
    private readonly ILoggerFactory loggers;
    private readonly IssuancePlace place;
    private readonly CertificateLifetimes lifetimes;
    private readonly LeaseTimings election;
    private readonly WatchedCertificates watched;
    private readonly CertificateFollower follower;

    /// <summary>Has the serving certificate come from the Secret, and readiness depend on whether the API server accepts it.</summary>
    /// <param name="namespace">That of the Secret, of its Lease and of the Service.</param>
    public SelfManagedCertificates(
        LiveConnection connection, string @namespace, ServingCertificate serving, WebhookOptions options, CertificateMetrics metrics, TimeProvider time, ILoggerFactory loggers)
    {
        (this.connection, this.metrics, this.time, this.loggers) = (connection, metrics, time, loggers);
        place = new IssuancePlace(@namespace);
        lifetimes = new CertificateLifetimes
        {
            Leaf = TimeSpan.FromHours(options.Certificates.LeafHours),
            Authority = TimeSpan.FromHours(options.Certificates.AuthorityHours),
            Settle = TimeSpan.FromSeconds(options.Certificates.SettleSeconds),
            RetireAfter = TimeSpan.FromSeconds(options.Certificates.RetireAfterSeconds),
        };
        election = new LeaseTimings
        {
            LeaseDuration = TimeSpan.FromSeconds(options.Controllers.LeaseDurationSeconds),
            RenewDeadline = TimeSpan.FromSeconds(options.Controllers.RenewDeadlineSeconds),
            Retry = TimeSpan.FromSeconds(options.Controllers.RetrySeconds),
        };

        // Thrice before a replica that hears nothing counts as one that knows nothing; API servers count watches in seconds.
        var timings = new ObjectWatchTimings();
        var watch = lifetimes.UnreadyAfter / 3 < timings.Watch ? lifetimes.UnreadyAfter / 3 : timings.Watch;
        timings = timings with { Watch = watch < TimeSpan.FromSeconds(1) ? TimeSpan.FromSeconds(1) : watch };
        var objects = new LiveObjects(connection, RequestTimeout, time);
        watched = new WatchedCertificates(
            place, path => new LiveObjectWatch(connection, objects, path, timings, time, loggers.CreateLogger<LiveObjectWatch>()));
        follower = new CertificateFollower(watched, serving, lifetimes.UnreadyAfter, time, loggers.CreateLogger<CertificateFollower>());
        serving.FindProblem = follower.FindProblem;
    }

    /// <summary>Runs until cancelled, and then returns, with the Lease given back.</summary>
    public Task RunAsync(CancellationToken cancellationToken)
    {
        var identity = $"{Dns.GetHostName()}_{RandomNumberGenerator.GetHexString(8, lowercase: true)}";
        var lease = new LiveLease(new LiveObjects(connection, election.RequestTimeout, time), place.Namespace, IssuancePlace.LeaseName);
        var plan = new CertificatePlan(place.DnsNames, lifetimes);
        var keeping = new LeaderElection(lease, identity, election, () => true, metrics.KeepingIs, time, loggers.CreateLogger<LeaderElection>()).RunAsync(
            leadership => new CertificateKeeper(
                new LiveObjects(connection, RequestTimeout, time), place, plan, metrics, time, loggers.CreateLogger<CertificateKeeper>())
                .RunAsync(() => watched.Changed, leadership),
            cancellationToken);
        return Task.WhenAll(follower.RunAsync(cancellationToken), keeping);
    }
}
