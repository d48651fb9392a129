namespace AccessLogWebhook.Policy.Formats;

/// <summary>A fault of a format in a resource: the field as a path (<c>spec.format.json.fields.method</c>) and what to do about it.</summary>
public sealed record FormatError(string Path, string Message)
{
    public static FormatError Of(string path, FormatFault fault) => new(path, fault.ToString());

    public override string ToString() => $"{Path}: {Message}";
}
