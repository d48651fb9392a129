using Prometheus;

namespace AccessLogWebhook.Observability;

/// <summary>What the controllers count.</summary>
internal sealed class ControllerMetrics
{
    private readonly Gauge leader;
    private readonly Counter operations;
    private readonly Histogram duration;
    private readonly Counter errors;

    public ControllerMetrics(MetricFactory factory)
    {
        leader = factory.CreateGauge("accesslog_leader", "1 while this replica leads and its controllers write, else 0.");
        operations = factory.CreateCounter("accesslog_reference_operations_total", "Writes of the controllers to the API server.", "operation", "result");
        duration = factory.CreateHistogram(
            "accesslog_reconcile_duration_seconds",
            "Time to bring the cluster in line with all profiles, where there was something to plan from.",
            // A plan with nothing to write takes milliseconds; each write takes as long as the API server and its webhooks.
            new HistogramConfiguration { Buckets = [.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60] });
        errors = factory.CreateCounter("accesslog_reconcile_errors_total", "Profiles that could not be brought in line, at each attempt.");
    }

    public void LeadingIs(bool leading) => leader.Set(leading ? 1 : 0);

    public void Wrote(string operation, string result) => operations.WithLabels(operation, result).Inc();

    public void Reconciled(TimeSpan elapsed) => duration.Observe(elapsed.TotalSeconds);

    public void ProfileFailed() => errors.Inc();
}
