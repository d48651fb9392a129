using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using AccessLogWebhook.Certificates;

namespace AccessLogWebhook.Issuance;

/// <summary>
/// In every replica: serves what the Secret holds, and says whether the API server would accept it. A connection keeps the
/// certificate that it began with, so that a change drops none.
/// </summary>
/// <remarks>The loop alone takes; <see cref="FindProblem"/> is for any thread.</remarks>
internal sealed partial class CertificateFollower(
    WatchedCertificates watched, ServingCertificate serving, TimeSpan unreadyAfter, TimeProvider time, ILogger<CertificateFollower> logger)
{
    // A clock that is behind finds what is not valid yet to be so, and nothing rings when it is.
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);

    private volatile Seen seen = new(null, []);
    private string? refused;

    /// <summary>Runs until cancelled, and then returns.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var watching = watched.RunAsync(cancellationToken);
        while (!cancellationToken.IsCancellationRequested)
        {
            var changed = watched.Changed;
            try
            {
                Take();
            }
            catch (CryptographicException unusable)
            {
                // What is in the Secret is anybody's.
                Log.Unusable(logger, unusable.Message);
            }

            await Task.WhenAny(changed, Task.Delay(LongestWait, time, cancellationToken)).ConfigureAwait(false);
        }

        await watching.ConfigureAwait(false);
    }

    /// <summary>Takes in what is watched, as it is now.</summary>
    internal void Take()
    {
        var configurations = watched.Configurations();
        if (CertificateSecret.Read(watched.Secret.Sight.Object).Leaf is not { } leaf || leaf.Thumbprint == seen.Thumbprint)
        {
            seen = seen with { Configurations = configurations, WasValid = seen.WasValid || (seen.Leaf is { } served && IsValidYet(served)) };
            return;
        }

        var candidate = leaf.Load();
        if (IsBetter(candidate, seen.Leaf, configurations))
        {
            // The one before is not disposed of: connections that began with it may still ask for it.
            serving.Use(candidate, []);
            seen = new Seen(candidate, configurations, leaf.Thumbprint, IsValidYet(candidate));
            Log.Served(logger, leaf.Thumbprint, leaf.NotAfter.UtcDateTime);
            return;
        }

        candidate.Dispose();
        seen = seen with { Configurations = configurations };
        if (refused != leaf.Thumbprint)
        {
            refused = leaf.Thumbprint;
            Log.NotTrustedYet(logger, leaf.Thumbprint);
        }
    }

    /// <summary>Why the API server would not accept what is served, or may not soon, a sentence; null where it would.</summary>
    public string? FindProblem()
    {
        var now = seen;
        var secret = watched.Secret.Sight;
        if (now.Leaf is null)
        {
            return $"There is no serving certificate yet: {secret.Problem ?? (secret.Object is null ? "nobody has made the Secret." : "the Secret holds none that can be read.")}";
        }

        // Another may be in force, by an authority that is trusted no longer.
        var age = time.GetElapsedTime(secret.ProvedAt);
        return age > unreadyAfter
            ? $"Whether the serving certificate is the newest has not been known for {age.TotalSeconds:0} s: {secret.Problem}"
            : watched.Unknown() ?? Problem(now.Leaf, now.Configurations, ServedAt(now));
    }

    /// <summary>What is served is kept as long as the API server accepts it and not the other.</summary>
    private bool IsBetter(X509Certificate2 candidate, X509Certificate2? current, ImmutableArray<TrustingConfiguration> configurations) =>
        current is null || Problem(candidate, configurations, time.GetUtcNow()) is null || Problem(current, configurations, ServedAt(seen)) is not null;

    private static string? Problem(X509Certificate2 leaf, ImmutableArray<TrustingConfiguration> configurations, DateTimeOffset at) =>
        configurations.Select(configuration => configuration.FindProblem(leaf, at)).FirstOrDefault(problem => problem is not null);

    private bool IsValidYet(X509Certificate2 leaf) => time.GetUtcNow() >= new DateTimeOffset(leaf.NotBefore);

    // What has once been valid is not valid "not yet": this clock has been set back, and those of the API servers have not. Else a jump
    // of all nodes' clocks would turn every replica unready, with certificates that are accepted.
    private DateTimeOffset ServedAt(Seen now) =>
        now is { WasValid: true, Leaf: { } leaf } && !IsValidYet(leaf) ? new DateTimeOffset(leaf.NotBefore) : time.GetUtcNow();

    private sealed record Seen(X509Certificate2? Leaf, ImmutableArray<TrustingConfiguration> Configurations, string Thumbprint = "", bool WasValid = false);

    private static partial class Log
    {
        [LoggerMessage(4100, LogLevel.Information, "Serving the certificate {Thumbprint} of the Secret, which expires {Expires:u}")]
        public static partial void Served(ILogger logger, string thumbprint, DateTime expires);

        [LoggerMessage(4101, LogLevel.Warning, "The Secret has the certificate {Thumbprint}, which no caBundle verifies yet; the one before stays")]
        public static partial void NotTrustedYet(ILogger logger, string thumbprint);

        [LoggerMessage(4102, LogLevel.Error, "The certificate of the Secret cannot be served: {Problem}; the one before stays")]
        public static partial void Unusable(ILogger logger, string problem);
    }
}
