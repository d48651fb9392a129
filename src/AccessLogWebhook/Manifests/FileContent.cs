namespace AccessLogWebhook.Manifests;

/// <summary>The bytes of a file, or why there are none.</summary>
internal abstract record FileContent
{
    private FileContent()
    {
    }

    public sealed record Readable(ReadOnlyMemory<byte> Utf8) : FileContent;

    public sealed record Unreadable(ManifestError Error) : FileContent;

    /// <summary>Never throws for what a file system does.</summary>
    public static FileContent Read(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            return Read(file, path);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return Refuse(path, "does not exist.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return Refuse(path, Directory.Exists(path) ? "is a directory." : $"cannot be read: {exception.Message}");
        }
    }

    /// <param name="source">What is read, for errors.</param>
    public static FileContent Read(Stream stream, string source)
    {
        try
        {
            using var copy = new MemoryStream();
            Span<byte> buffer = stackalloc byte[16 * 1024];
            for (var count = stream.Read(buffer); count > 0; count = stream.Read(buffer))
            {
                if (copy.Length + count > YamlDocuments.LargestFileBytes)
                {
                    return Refuse(source, "is larger than 64 MiB.");
                }

                copy.Write(buffer[..count]);
            }

            return new Readable(copy.GetBuffer().AsMemory(0, (int)copy.Length));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return Refuse(source, $"cannot be read: {exception.Message}");
        }
    }

    private static Unreadable Refuse(string source, string message) => new(new ManifestError(source, 0, 0, message));
}
