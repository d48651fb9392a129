using System.Runtime.CompilerServices;

namespace AccessLogWebhook.Tests.Install;

/// <summary>The files of this repository that are installed from.</summary>
internal static class Repository
{
    public static string Chart => In("charts/accesslog-webhook");

    public static string In(string path) => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(ThisFile())!, "../../..", path));

    /// <summary>Compares a file with what it is generated from, or writes it where UPDATE_GOLDEN is set.</summary>
    public static void AssertGenerated(string path, string expected)
    {
#pragma warning disable RS0030 // Tests have no configuration of their own to read it from.
        var update = Environment.GetEnvironmentVariable("UPDATE_GOLDEN") is { Length: > 0 };
#pragma warning restore RS0030
        if (update)
        {
            File.WriteAllText(In(path), expected);
        }

        Assert.True(File.Exists(In(path)) && File.ReadAllText(In(path)) == expected, $"{path} is not what it is generated from; run the tests with UPDATE_GOLDEN=1 and look at the difference.");
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
