using AccessLogWebhook.Certificates;
using AccessLogWebhook.Cluster;

namespace AccessLogWebhook.Hosting;

/// <summary>Whether requests may come: every cache filled and current, a certificate served that clients accept, and no shutdown under way.</summary>
internal sealed class Readiness(IClusterSource source, ServingCertificate certificate, IHostApplicationLifetime lifetime)
{
    /// <summary>What is in the way, a sentence each; empty when ready.</summary>
    public IReadOnlyList<string> Problems()
    {
        var problems = new List<string>();
        if (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            problems.Add("The server is shutting down.");
        }

        if (certificate.FindProblem() is { } problem)
        {
            problems.Add(problem);
        }
        else if (certificate.Context is null)
        {
            problems.Add("No serving certificate could be read yet.");
        }

        foreach (var cache in source.CacheStatuses())
        {
            if (!cache.IsCurrent)
            {
                problems.Add($"The cache of {cache.Kind} is not {(cache.Synced ? "current" : "filled yet")}: {cache.Problem}");
            }
        }

        return problems;
    }
}
