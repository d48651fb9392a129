namespace AccessLogWebhook.Cluster;

/// <summary>Paths without links, as realpath(3). .NET resolves the last part of a path only.</summary>
internal static class RealPath
{
    // As many as Linux follows (MAXSYMLINKS) before it calls it a loop.
    private const int MostLinks = 40;

    /// <summary>The path without links, whether or not there is something at it; null where links go in circles.</summary>
    public static string? Of(string path)
    {
        var full = Path.GetFullPath(path);
        var current = Path.GetPathRoot(full)!;
        var pending = new Stack<string>();
        Push(full[current.Length..]);
        var links = 0;
        while (pending.TryPop(out var part))
        {
            if (part == "..")
            {
                current = Path.GetDirectoryName(current) ?? current;
                continue;
            }

            var next = Path.Combine(current, part);
            if (LinkTarget(next) is not { } target)
            {
                current = next;
            }
            else if (++links > MostLinks)
            {
                return null;
            }
            else
            {
                var root = Path.IsPathRooted(target) ? Path.GetPathRoot(target)! : "";
                current = root.Length == 0 ? current : root;
                Push(target[root.Length..]);
            }
        }

        return current;

        // A target's ".." is resolved after the links before it, so that the target must not be normalised as text.
        void Push(string parts)
        {
            foreach (var part in parts.Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries).Where(part => part != ".").Reverse())
            {
                pending.Push(part);
            }
        }
    }

    private static string? LinkTarget(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
