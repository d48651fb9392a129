using AccessLogWebhook.Certificates;

namespace AccessLogWebhook.Demonstration;

/// <summary>What it takes to send the running demo a review by hand: two files, gone when the demo ends.</summary>
internal sealed class CurlExample : IDisposable
{
    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("accesslog-demo-");

    public CurlExample(DevelopmentAuthority authority, DemonstrationCase @case)
    {
        File.WriteAllText(AuthorityPath, authority.CertificatePem);
        File.WriteAllBytes(ReviewPath, StandInApiServer.ReviewOf(@case, @case.Object.Json, "a-review-by-hand"));
    }

    public string AuthorityPath => Path.Combine(directory.FullName, "ca.crt");

    public string ReviewPath => Path.Combine(directory.FullName, "review.json");

    /// <summary>A command for a POSIX shell.</summary>
    public string Command(Uri webhook) =>
        $"curl --cacert {Quote(AuthorityPath)} -H 'Content-Type: application/json' \\\n     --data-binary @{Quote(ReviewPath)} {webhook}mutate";

    public void Dispose()
    {
        try
        {
            directory.Delete(recursive: true);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            // Left to whoever clears temporary files: there is no secret in them.
        }
    }

    private static string Quote(string path) => path.Contains(' ', StringComparison.Ordinal) ? $"'{path}'" : path;
}
