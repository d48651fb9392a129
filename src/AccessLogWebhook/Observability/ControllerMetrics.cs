using Prometheus;

namespace AccessLogWebhook.Observability;

/// <summary>What the controllers count.</summary>
internal sealed class ControllerMetrics
{
    private readonly Gauge leader;
    private readonly Counter operations;
    private readonly Histogram duration;
    private readonly Counter errors;
    private readonly Gauge workloads;
    private readonly Counter reports;
    private readonly Dictionary<string, string[]> shown = new(StringComparer.Ordinal);

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
        workloads = factory.CreateGauge(
            "accesslog_workloads", "Pods and Gateways of a namespace with a verdict, by their metadata; of the replica that leads.", "namespace", "verdict");
        reports = factory.CreateCounter("accesslog_report_errors_total", "Namespaces whose reports could not be written, at each attempt.");
    }

    public void LeadingIs(bool leading) => leader.Set(leading ? 1 : 0);

    public void Wrote(string operation, string result) => operations.WithLabels(operation, result).Inc();

    public void Reconciled(TimeSpan elapsed) => duration.Observe(elapsed.TotalSeconds);

    public void ProfileFailed() => errors.Inc();

    public void ReportFailed() => reports.Inc();

    /// <summary>Shows a namespace as it is; what it has none of is not shown, and neither is a namespace that has nothing.</summary>
    /// <remarks>The report controller alone calls it.</remarks>
    public void WorkloadsAre(string @namespace, IReadOnlyCollection<KeyValuePair<string, int>> verdicts)
    {
        foreach (var gone in shown.GetValueOrDefault(@namespace, []).Where(verdict => verdicts.All(now => now.Key != verdict)))
        {
            workloads.RemoveLabelled(@namespace, gone);
        }

        foreach (var (verdict, count) in verdicts)
        {
            workloads.WithLabels(@namespace, verdict).Set(count);
        }

        if (verdicts.Count > 0)
        {
            shown[@namespace] = [.. verdicts.Select(verdict => verdict.Key)];
        }
        else
        {
            shown.Remove(@namespace);
        }
    }

    /// <summary>Shows nothing any more: another replica leads.</summary>
    public void ForgetWorkloads()
    {
        foreach (var @namespace in shown.Keys.ToList())
        {
            WorkloadsAre(@namespace, []);
        }
    }
}
