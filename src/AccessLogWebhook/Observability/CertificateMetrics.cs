using Prometheus;

namespace AccessLogWebhook.Observability;

/// <summary>What is counted of the certificates that the webhook makes for itself.</summary>
internal sealed class CertificateMetrics
{
    private readonly Gauge keeper;
    private readonly Gauge authorityExpiry;
    private readonly Counter steps;
    private readonly Counter repairs;
    private readonly Counter errors;

    public CertificateMetrics(MetricFactory factory)
    {
        keeper = factory.CreateGauge("accesslog_certificate_keeper", "1 while this replica keeps the Secret of certificates and caBundle, else 0.");
        authorityExpiry = factory.CreateGauge(
            "accesslog_certificate_authority_expiry_timestamp_seconds", "When the authority that signs serving certificates expires, in Unix time; 0 where none is known, and on replicas that do not keep it.");
        steps = factory.CreateCounter(
            "accesslog_certificate_rotations_total", "Changes of the Secret of certificates: begin, issue (a leaf), prepare, promote and retire (an authority).", "step");
        repairs = factory.CreateCounter("accesslog_certificate_repairs_total", "Times that somebody else's change of caBundle was undone.", "configuration");
        errors = factory.CreateCounter("accesslog_certificate_errors_total", "Times that the Secret or caBundle could not be read or written.");
    }

    public void KeepingIs(bool keeping)
    {
        keeper.Set(keeping ? 1 : 0);
        if (!keeping)
        {
            authorityExpiry.Set(0);
        }
    }

    public void AuthorityExpires(DateTimeOffset? at) => authorityExpiry.Set(at?.ToUnixTimeSeconds() ?? 0);

    public void Did(string step) => steps.WithLabels(step).Inc();

    public void Repaired(string configuration) => repairs.WithLabels(configuration).Inc();

    public void Failed() => errors.Inc();
}
