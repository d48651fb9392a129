using AccessLogWebhook.Cluster;
using AccessLogWebhook.Manifests;

namespace AccessLogWebhook.Reviewing;

/// <summary>The manifests that <c>-f</c> names: files, directories and, as <c>-</c>, the standard input, in the order given.</summary>
internal static class ReviewFiles
{
    public const string StandardInput = "-";

    /// <param name="standardInput">Opened only where it is named.</param>
    /// <param name="withPlaces">Whether the places of fields are wanted.</param>
    /// <returns>All manifests, and everything that is wrong anywhere.</returns>
    public static ManifestReading Read(IEnumerable<string> paths, Func<Stream> standardInput, bool withPlaces = false)
    {
        var readings = new List<ManifestReading>();
        var hasReadInput = false;
        foreach (var path in paths)
        {
            if (path != StandardInput)
            {
                readings.AddRange(Directory.Exists(path) ? ReadDirectory(path, withPlaces) : [ManifestReader.ReadFile(path, withPlaces)]);
            }
            else if (hasReadInput)
            {
                readings.Add(Refused(ManifestReader.StandardInput, "can be read only once: give -f - once."));
            }
            else
            {
                hasReadInput = true;
                using var stream = standardInput();
                readings.Add(ManifestReader.Read(stream, withPlaces: withPlaces));
            }
        }

        var all = new ManifestReading(
            [.. readings.SelectMany(reading => reading.Manifests)], [.. readings.SelectMany(reading => reading.Errors)]);
        return all is { Manifests.IsEmpty: true, Errors.IsEmpty: true }
            ? Refused(string.Join(", ", paths.Select(path => path == StandardInput ? ManifestReader.StandardInput : path)), "holds no manifest.")
            : all;
    }

    private static IEnumerable<ManifestReading> ReadDirectory(string path, bool withPlaces)
    {
        var scan = DirectoryScan.Of(path);
        return scan.Files.IsEmpty && scan.Errors.IsEmpty
            ? [Refused(path, "holds no *.yaml, *.yml or *.json file.")]
            : [new ManifestReading([], scan.Errors), .. scan.Files.Select(file => ManifestReader.ReadFile(file.Path, withPlaces))];
    }

    private static ManifestReading Refused(string source, string message) => new([], [new ManifestError(source, 0, 0, message)]);
}
