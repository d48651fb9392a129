namespace AccessLogWebhook.Policy.Formats;

/// <summary>Why a sound format should be thought about: what it may give away, or that it says nothing.</summary>
/// <param name="Path">The field, or a member inside it.</param>
/// <param name="Position">Of the operator in that field's text.</param>
public sealed record FormatFinding(string Path, int Position, FormatFindingKind Kind, string Message)
{
    public override string ToString() => $"{Path}: {Message}";
}
