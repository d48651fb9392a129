using System.Collections.Immutable;
using AccessLogWebhook.Manifests;

namespace AccessLogWebhook.Cluster;

/// <summary>
/// The manifest files below a directory at one moment, without their content: enough to see that something changed. Entries whose
/// name begins with a point are skipped, links are followed, and what several paths lead to counts once, so that neither a
/// ConfigMap's volume (links into a hidden directory that is swapped) nor a link to a parent does harm.
/// </summary>
internal sealed class DirectoryScan
{
    private readonly HashSet<string> seen = new(StringComparer.Ordinal);
    private readonly ImmutableArray<ManifestFile>.Builder files = ImmutableArray.CreateBuilder<ManifestFile>();
    private readonly ImmutableArray<ManifestError>.Builder errors = ImmutableArray.CreateBuilder<ManifestError>();

    private DirectoryScan(string directory)
    {
        if (RealPath.Of(directory) is not { } real || (!Directory.Exists(real) && !File.Exists(real)))
        {
            errors.Add(new ManifestError(directory, 0, 0, "does not exist."));
        }
        else if (!Directory.Exists(real))
        {
            errors.Add(new ManifestError(directory, 0, 0, "is no directory."));
        }
        else
        {
            Walk(directory, real);
        }

        Files = files.ToImmutable();
        Errors = errors.ToImmutable();
    }

    /// <summary>In ordinal order of their names within each directory.</summary>
    public ImmutableArray<ManifestFile> Files { get; }

    /// <summary>What could not be listed.</summary>
    public ImmutableArray<ManifestError> Errors { get; }

    /// <summary>Never throws for what a file system does.</summary>
    public static DirectoryScan Of(string directory) => new(directory);

    public bool SameAs(DirectoryScan other) => Files.SequenceEqual(other.Files) && Errors.SequenceEqual(other.Errors);

    private void Walk(string path, string real)
    {
        if (!seen.Add(real))
        {
            return;
        }

        try
        {
            foreach (var entry in new DirectoryInfo(real).GetFileSystemInfos().OrderBy(entry => entry.Name, StringComparer.Ordinal))
            {
                if (!entry.Name.StartsWith('.'))
                {
                    Visit(entry, Path.Combine(path, entry.Name));
                }
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            errors.Add(new ManifestError(path, 0, 0, $"cannot be listed: {exception.Message}"));
        }
    }

    private void Visit(FileSystemInfo entry, string path)
    {
        var real = entry.LinkTarget is null ? entry.FullName : RealPath.Of(entry.FullName);
        if (real is not null && Directory.Exists(real))
        {
            Walk(path, real);
        }
        else if (Path.GetExtension(entry.Name).ToUpperInvariant() is ".YAML" or ".YML" or ".JSON")
        {
            var file = real is null ? null : new FileInfo(real);
            if (file is not { Exists: true })
            {
                errors.Add(new ManifestError(path, 0, 0, "is a link that leads nowhere."));
            }
            else if (seen.Add(real!))
            {
                files.Add(new ManifestFile(path, real!, file.Length, file.LastWriteTimeUtc));
            }
        }
    }
}

/// <param name="RealPath">Without links: a swapped link shows, even where length and time are the same.</param>
internal readonly record struct ManifestFile(string Path, string RealPath, long Length, DateTime LastWriteUtc);
