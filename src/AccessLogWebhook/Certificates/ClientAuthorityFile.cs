using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace AccessLogWebhook.Certificates;

/// <summary>
/// Takes the authorities of clients from a file and picks up its replacement, as <see cref="CertificateFiles"/> does. A file that is no good any more leaves in
/// place what was: neither does it let anybody in, nor does it lock out who was in.
/// </summary>
internal sealed partial class ClientAuthorityFile(string path, ClientTrust trust, TimeProvider time, ILogger<ClientAuthorityFile> logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private string? lastRead;
    private string? lastProblem;

    public async Task FollowAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false))
        {
            var problem = LoadOnce();
            // Once per problem, not once per second.
            if (problem is not null && problem != lastProblem)
            {
                Log.Unusable(logger, problem);
            }

            lastProblem = problem;
        }
    }

    /// <returns>Why the file cannot be used, with its name; null where it is in force.</returns>
    public string? LoadOnce()
    {
        try
        {
            var text = File.ReadAllText(path);
            if (text == lastRead)
            {
                return null;
            }

            var read = new X509Certificate2Collection();
            read.ImportFromPem(text);
            if (FindProblem(read) is { } problem)
            {
                return problem;
            }

            trust.Use([.. read]);
            lastRead = text;
            Log.InForce(logger, path, string.Join("; ", read.Select(authority => authority.Subject)));
            foreach (var expired in read.Where(HasExpired))
            {
                Log.Expired(logger, path, expired.Subject, expired.NotAfter.ToUniversalTime());
            }

            return null;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return $"{path}: the authorities of clients cannot be read: {problem.Message}";
        }
        catch (Exception problem) when (problem is CryptographicException or ArgumentException)
        {
            return $"{path}: a certificate in it is broken: {problem.Message}";
        }
    }

    private string? FindProblem(X509Certificate2Collection read)
    {
        if (read.Count == 0)
        {
            return $"{path}: no certificate is in it; it must hold those of the authorities of clients, PEM.";
        }

        if (read.FirstOrDefault(certificate => certificate.Extensions.OfType<X509BasicConstraintsExtension>().All(constraints => !constraints.CertificateAuthority)) is { } leaf)
        {
            return $"{path}: {leaf.Subject} is no authority (CA:TRUE), so it can have signed no client's certificate.";
        }

        return read.All(HasExpired)
            ? $"{path}: {read.MaxBy(certificate => certificate.NotAfter)!.Subject} has expired at {read.Max(certificate => certificate.NotAfter).ToUniversalTime():u}, and no authority in it is good any more."
            : null;
    }

    private bool HasExpired(X509Certificate2 certificate) => certificate.NotAfter.ToUniversalTime() <= time.GetUtcNow();

    private static partial class Log
    {
        [LoggerMessage(4010, LogLevel.Information, "Only clients whose certificates are signed by the authorities of {Path} may call: {Authorities}")]
        public static partial void InForce(ILogger logger, string path, string authorities);

        [LoggerMessage(4011, LogLevel.Warning, "The authority {Authority} of {Path} has expired at {Expires:u}: no client of it is let in")]
        public static partial void Expired(ILogger logger, string path, string authority, DateTime expires);

        [LoggerMessage(4012, LogLevel.Error, "{Problem} The authorities before stay in force; reading again each second")]
        public static partial void Unusable(ILogger logger, string problem);
    }
}
