using System.Globalization;

namespace AccessLogWebhook.ClusterTests.Support;

/// <summary>
/// The variables that say what to test with, but for one all of them paths. A relative one counts from the repository's root, whence scripts
/// are run: the runner starts the tests in a directory of its own choice.
/// </summary>
public static class TestEnvironment
{
    /// <summary>The directory of etcd, kube-apiserver and kubectl, as envtest names it; null where it is not set.</summary>
    public static string? KubebuilderAssets => PathIn("KUBEBUILDER_ASSETS");

    /// <summary>A directory of CRDs to install in place of the minimal ones; null where it is not set.</summary>
    public static string? CrdDirectory => PathIn("ACCESSLOG_CRDS");

    /// <summary>The native executable to test in place of accesslog.dll; null where it is not set.</summary>
    public static string? ProductBinary => PathIn("ACCESSLOG_BINARY");

    /// <summary>How the product is started: a program, and the arguments before its own.</summary>
    public static (string File, string[] First) Product => ProductBinary is { } binary ? (binary, []) : ("dotnet", [Path.Combine(AppContext.BaseDirectory, "accesslog.dll")]);

    /// <summary>Helm: <c>$HELM</c>, else helm of the PATH; null where there is none.</summary>
    public static string? Helm => PathIn("HELM")
        ?? (PathsIn("PATH") ?? "").Split(Path.PathSeparator).Select(directory => Path.Combine(directory, "helm")).FirstOrDefault(File.Exists);

    /// <summary>How many minutes <c>SoakTests</c> take; null where they are not asked for.</summary>
    public static int? SoakMinutes => int.TryParse(PathsIn("ACCESSLOG_SOAK"), CultureInfo.InvariantCulture, out var minutes) ? minutes : null;

    /// <summary>libfaketime, for threads, where a Debian package puts it, or <c>$LIBFAKETIME</c>; null where it is not there.</summary>
    public static string? FakeTimeLibrary => PathIn("LIBFAKETIME")
        ?? (Directory.Exists("/usr/lib") ? Directory.EnumerateDirectories("/usr/lib", "*-linux-gnu") : [])
            .Select(directory => Path.Combine(directory, "faketime", "libfaketimeMT.so.1")).FirstOrDefault(File.Exists);

    // A variable that a script sets to nothing means the default, as in a shell.
    private static string? PathIn(string variable) => PathsIn(variable) is { Length: > 0 } path ? Path.GetFullPath(path, Root()) : null;

    private static string? PathsIn(string variable) =>
#pragma warning disable RS0030 // This is the one place of these tests that reads the environment; the product's ban has its own place.
        Environment.GetEnvironmentVariable(variable);
#pragma warning restore RS0030

    private static string Root()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "AccessLogWebhook.sln")))
            {
                return directory.FullName;
            }
        }

        return Environment.CurrentDirectory;
    }
}
