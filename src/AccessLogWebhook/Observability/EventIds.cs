namespace AccessLogWebhook.Observability;

/// <summary>The ranges of log event ids, one per room. An id, once given, keeps its meaning.</summary>
internal static class EventIds
{
    public const int Admission = 1000;
    public const int Cluster = 2000;
    public const int Configuration = 3000;
    public const int Certificates = 4000;
    public const int Hosting = 5000;
}
