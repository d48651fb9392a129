namespace AccessLogWebhook.Manifests;

/// <summary>One fault of a file, at the place where it has to be mended.</summary>
/// <param name="Source">The file's path as it was given, or <c>&lt;stdin&gt;</c>.</param>
/// <param name="Line">From 1; 0 where the fault is of the file as a whole, which then could not be read at all.</param>
internal sealed record ManifestError(string Source, int Line, int Column, string Message)
{
    /// <summary><c>file:line:column: message</c>, the form that editors and terminals turn into a link.</summary>
    public override string ToString() => Line == 0 ? $"{Source}: {Message}" : $"{Source}:{Line}:{Column}: {Message}";
}
