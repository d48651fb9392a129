using System.Collections.Concurrent;
using Prometheus;

namespace AccessLogWebhook.Observability;

/// <summary>
/// The Prometheus metrics. Every label has a bounded set of values: nothing that a caller can choose freely becomes one.
/// </summary>
internal sealed class WebhookMetrics
{
    private readonly CollectorRegistry registry = Metrics.NewCustomRegistry();
    private readonly Counter reviews;
    private readonly ConcurrentDictionary<ReviewOutcome, Counter.Child> reviewsByOutcome = new();
    private readonly Histogram duration;
    private readonly ConcurrentDictionary<string, Histogram.Child> durationByEndpoint = new(StringComparer.Ordinal);
    private readonly Gauge inFlight;
    private readonly Counter suppressedLines;
    private readonly Gauge connections;
    private readonly Counter refusedConnections;
    private readonly Counter lookups;
    private readonly Gauge cacheAge;
    private readonly Gauge cacheObjects;
    private readonly Gauge cacheCurrent;
    private readonly Gauge cacheProblem;
    private readonly Counter watchRestarts;
    private readonly Histogram watchApply;
    private readonly Histogram watchDelay;
    private readonly Gauge certificateExpiry;
    private readonly Gauge clientAuthorityExpiry;
    private readonly Counter trailEntries;
    private readonly Gauge configurationErrors;
    private readonly Gauge configurationApplied;

    public WebhookMetrics()
    {
        var factory = Metrics.WithCustomRegistry(registry);
        reviews = factory.CreateCounter(
            "accesslog_reviews_total", "Admission reviews answered.", "endpoint", "kind", "operation", "decision", "reason", "dry_run");
        duration = factory.CreateHistogram(
            "accesslog_review_duration_seconds",
            "Time from the first byte of a review to its answer.",
            ["endpoint"],
            // A decision takes tens of microseconds; a live look-up of a namespace takes milliseconds; a deadline is seconds.
            new HistogramConfiguration { Buckets = [.000025, .00005, .0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10] });
        inFlight = factory.CreateGauge("accesslog_reviews_in_flight", "Admission reviews being answered.");
        suppressedLines = factory.CreateCounter("accesslog_log_lines_suppressed_total", "Lines that were not logged, since more of their kind came than are.");
        connections = factory.CreateGauge("accesslog_connections", "Open connections.", "port");
        refusedConnections = factory.CreateCounter("accesslog_connections_refused_total", "Connections that were refused: too many, or a client that may not call.", "port", "reason");
        lookups = factory.CreateCounter("accesslog_namespace_lookups_total", "Live look-ups of namespaces that the cache did not know.", "result");
        cacheAge = factory.CreateGauge("accesslog_cache_age_seconds", "Time since the last proof that a cache is current.", "kind");
        cacheObjects = factory.CreateGauge("accesslog_cache_objects", "Objects held in a cache.", "kind");
        cacheCurrent = factory.CreateGauge("accesslog_cache_current", "1 when a cache has been filled and may be answered from, else 0: the webhook is not ready.", "kind");
        cacheProblem = factory.CreateGauge("accesslog_cache_problem", "1 while something is in the way of following a kind, else 0.", "kind");
        watchRestarts = factory.CreateCounter("accesslog_watch_restarts_total", "Watches begun again.", "kind", "reason");
        watchApply = factory.CreateHistogram(
            "accesslog_watch_apply_seconds",
            "Time from reading changes off a watch to deciding by them.",
            ["kind"],
            // Microseconds for one change; a burst on a busy machine takes milliseconds. Past a second the promise is broken.
            new HistogramConfiguration { Buckets = [.0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10] });
        watchDelay = factory.CreateHistogram(
            "accesslog_watch_delay_seconds",
            "Time from a change, as the API server's clock has it in whole seconds, to deciding by it: at most a second too much.",
            ["kind"],
            // What is below 2 may have been below 1.
            new HistogramConfiguration { Buckets = [1, 2, 3, 5, 10, 30, 60, 150, 300, 600] });
        certificateExpiry = factory.CreateGauge("accesslog_certificate_expiry_timestamp_seconds", "When the serving certificate expires, in Unix time; 0 when none is served.");
        clientAuthorityExpiry = factory.CreateGauge(
            "accesslog_client_authority_expiry_timestamp_seconds", "When the last authority of --client-ca expires, in Unix time; 0 where clients need no certificate.");
        trailEntries = factory.CreateCounter(
            "accesslog_audit_trail_entries_total", "Entries of the audit trail: written, dropped since its queue was full, or failed to be written.", "result");
        configurationErrors = factory.CreateGauge("accesslog_configuration_errors", "Errors in the configuration file as it is now; while there are any, the settings before them stay in force.");
        Controllers = new ControllerMetrics(factory);
        Certificates = new CertificateMetrics(factory);
        configurationApplied = factory.CreateGauge("accesslog_configuration_applied_timestamp_seconds", "When the settings in force were read from the configuration file, in Unix time; 0 without one.");
    }

    public ControllerMetrics Controllers { get; }

    public CertificateMetrics Certificates { get; }

    // The library looks a counter up by an array of its labels, which would be made for every request.
    public void Reviewed(ReviewOutcome outcome) => reviewsByOutcome.GetOrAdd(
        outcome,
        static (of, reviews) => reviews.WithLabels(of.Endpoint, of.Kind, of.Operation, of.Decision, of.Reason, of.DryRun ? "true" : "false"),
        reviews).Inc();

    public void Answered(string endpoint, TimeSpan elapsed) =>
        durationByEndpoint.GetOrAdd(endpoint, static (of, duration) => duration.WithLabels(of), duration).Observe(elapsed.TotalSeconds);

    public void InFlight(int requests) => inFlight.Set(requests);

    public void LineSuppressed() => suppressedLines.Inc();

    public void ConnectionsAre(string port, int open) => connections.WithLabels(port).Set(open);

    public void ConnectionRefused(string port, string reason) => refusedConnections.WithLabels(port, reason).Inc();

    public void LookedUp(bool found) => lookups.WithLabels(found ? "found" : "unavailable").Inc();

    public void CacheIs(string kind, TimeSpan age, int objects, bool current, bool problem)
    {
        cacheAge.WithLabels(kind).Set(age.TotalSeconds);
        cacheObjects.WithLabels(kind).Set(objects);
        cacheCurrent.WithLabels(kind).Set(current ? 1 : 0);
        cacheProblem.WithLabels(kind).Set(problem ? 1 : 0);
    }

    public void WatchRestarted(string kind, string reason, long total) => watchRestarts.WithLabels(kind, reason).IncTo(total);

    /// <summary>Counts changes of a kind that decisions are made by now.</summary>
    public void Applied(string kind, TimeSpan sinceRead, IReadOnlyCollection<TimeSpan> sinceMade)
    {
        watchApply.WithLabels(kind).Observe(sinceRead.TotalSeconds);
        foreach (var delay in sinceMade)
        {
            // A clock that is behind the API server's: a sum must not go down.
            watchDelay.WithLabels(kind).Observe(Math.Max(0, delay.TotalSeconds));
        }
    }

    public void TrailEntries(string result, int count) => trailEntries.WithLabels(result).Inc(count);

    public void CertificateExpires(DateTimeOffset? at) => certificateExpiry.Set(at?.ToUnixTimeSeconds() ?? 0);

    public void ClientAuthorityExpires(DateTimeOffset? at) => clientAuthorityExpiry.Set(at?.ToUnixTimeSeconds() ?? 0);

    public void ConfigurationIs(int errors, DateTimeOffset? appliedAt)
    {
        configurationErrors.Set(errors);
        configurationApplied.Set(appliedAt?.ToUnixTimeSeconds() ?? 0);
    }

    /// <summary>Adds what is asked for its values before every scrape.</summary>
    public void BeforeScrape(Action ask) => registry.AddBeforeCollectCallback(ask);

    public Task WriteAsync(Stream output, CancellationToken cancellationToken) =>
        registry.CollectAndExportAsTextAsync(output, cancellationToken);
}

/// <summary>What is counted of a review. Each member has a bounded set of values.</summary>
internal readonly record struct ReviewOutcome(string Endpoint, string Kind, string Operation, string Decision, string Reason, bool DryRun = false)
{
    /// <summary>A request of which nothing else is known.</summary>
    public static ReviewOutcome Unread(string endpoint, string decision, string reason) => new(endpoint, "unknown", "unknown", decision, reason);
}
