using AccessLogWebhook.Fuzz.Targets;

namespace AccessLogWebhook.Fuzz.Engine;

/// <summary>The inputs that a target begins with: what the other tests read, and what was found to be of interest before.</summary>
internal static class Corpus
{
    private static readonly string Tests = Path.Combine(Root(AppContext.BaseDirectory), "tests");

    public static IEnumerable<byte[]> Of(FuzzTarget target) => target.Seeds(Tests).Concat(Kept(target).Select(File.ReadAllBytes));

    /// <summary>The files of <c>corpus/TARGET</c>, always in the same order.</summary>
    public static IEnumerable<string> Kept(FuzzTarget target)
    {
        var folder = Path.Combine(Tests, "AccessLogWebhook.Fuzz", "corpus", target.Name);
        return Directory.Exists(folder) ? Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal) : [];
    }

    /// <summary>The names of the folders of <c>corpus</c>.</summary>
    public static IEnumerable<string> Folders() => Directory.EnumerateDirectories(Path.Combine(Tests, "AccessLogWebhook.Fuzz", "corpus")).Select(folder => Path.GetFileName(folder)!);

    public static void WriteSeeds(FuzzTarget target, string folder)
    {
        Directory.CreateDirectory(folder);
        var number = 0;
        foreach (var seed in target.Seeds(Tests))
        {
            File.WriteAllBytes(Path.Combine(folder, $"{number++:D4}"), seed);
        }
    }

    private static string Root(string from)
    {
        var folder = from;
        while (!File.Exists(Path.Combine(folder, "AccessLogWebhook.sln")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException($"{from} is not inside of a checkout.");
        }

        return folder;
    }
}
