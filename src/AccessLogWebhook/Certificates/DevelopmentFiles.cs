using System.Security.Cryptography.X509Certificates;

namespace AccessLogWebhook.Certificates;

/// <summary>
/// Certificates for development, as files: <c>ca.crt</c> for clients to trust, <c>tls.crt</c> and <c>tls.key</c> for <c>serve</c>. The key of the
/// authority is not among them, so nothing else can ever be signed on its account.
/// </summary>
internal static class DevelopmentFiles
{
    public const string Authority = "ca.crt";
    public const string Certificate = "tls.crt";
    public const string Key = "tls.key";

    /// <exception cref="IOException">The directory cannot be made, or a file not written.</exception>
    /// <exception cref="UnauthorizedAccessException">The same, for want of rights.</exception>
    public static void Write(string directory, IEnumerable<string> names, TimeProvider time)
    {
        using var authority = new DevelopmentAuthority(time);
        using var leaf = authority.Issue(names);
        using var key = leaf.GetECDsaPrivateKey()!;
        Directory.CreateDirectory(directory);
        WriteKey(Path.Combine(directory, Key), key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(Path.Combine(directory, Authority), authority.CertificatePem + "\n");
        File.WriteAllText(Path.Combine(directory, Certificate), leaf.ExportCertificatePem() + "\n");
    }

    private static void WriteKey(string path, string pem)
    {
        // A mode is given to a file that is made, not to one that is there: one that all may read would stay so.
        File.Delete(path);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var writer = new StreamWriter(path, options);
        writer.Write(pem + "\n");
    }
}
