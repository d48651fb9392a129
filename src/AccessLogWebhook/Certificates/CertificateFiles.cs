using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace AccessLogWebhook.Certificates;

/// <summary>
/// Serves a certificate and key from files and picks up their replacement. The files are read each second: a mounted Secret changes by a
/// swap of symbolic links, which file notifications miss. Until a pair can be read nothing is served and readiness is red; a pair that
/// does not fit (one file replaced, the other not yet) leaves the old one in place.
/// </summary>
internal sealed partial class CertificateFiles(
    string certificatePath, string keyPath, ServingCertificate serving, TimeProvider time, ILogger<CertificateFiles> logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private byte[] lastRead = [];
    private string lastProblem = "";

    public async Task FollowAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            await ReadAsync(cancellationToken).ConfigureAwait(false);
        }
        while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false));
    }

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            var certificate = await File.ReadAllTextAsync(certificatePath, cancellationToken).ConfigureAwait(false);
            var key = await File.ReadAllTextAsync(keyPath, cancellationToken).ConfigureAwait(false);
            var content = SHA256.HashData(System.Text.Encoding.UTF8.GetBytes($"{certificate}\0{key}"));
            if (content.AsSpan().SequenceEqual(lastRead))
            {
                return;
            }

            var leaf = X509Certificate2.CreateFromPem(certificate, key);
            var chain = new X509Certificate2Collection();
            chain.ImportFromPem(certificate);
            // The first one is the leaf, now with its key; the rest is what clients may lack.
            chain.RemoveAt(0);
            serving.Use(leaf, chain);
            lastRead = content;
            lastProblem = "";
            Log.Served(logger, certificatePath, leaf.Subject, leaf.NotAfter.ToUniversalTime());
            if (leaf.NotAfter.ToUniversalTime() <= time.GetUtcNow())
            {
                Log.Expired(logger, certificatePath, leaf.NotAfter.ToUniversalTime());
            }
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            // Once per problem, not once per second.
            if (problem.Message != lastProblem)
            {
                lastProblem = problem.Message;
                Log.Unreadable(logger, certificatePath, keyPath, problem.Message, serving.Context is null ? "nothing is served" : "the old certificate stays");
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(4000, LogLevel.Information, "Serving the certificate of {Path}: {Subject}, which expires {Expires:u}")]
        public static partial void Served(ILogger logger, string path, string subject, DateTime expires);

        [LoggerMessage(4001, LogLevel.Error, "The certificate of {Path} has expired at {Expires:u}: replace it")]
        public static partial void Expired(ILogger logger, string path, DateTime expires);

        [LoggerMessage(4002, LogLevel.Error, "No usable pair in {CertificatePath} and {KeyPath}: {Problem} ({Consequence}); reading again each second")]
        public static partial void Unreadable(ILogger logger, string certificatePath, string keyPath, string problem, string consequence);
    }
}
