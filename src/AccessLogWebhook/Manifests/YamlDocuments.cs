using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using System.Text.Unicode;

namespace AccessLogWebhook.Manifests;

/// <summary>The documents of a file, YAML or JSON. Empty documents are left out.</summary>
internal sealed record YamlDocuments(ImmutableArray<YamlDocument> Documents, ImmutableArray<ManifestError> Errors)
{
    /// <summary>etcd takes objects of 1.5 MiB; 64 MiB hold a cluster's worth of them in one file, and a mistaken path no more memory than that.</summary>
    public const int LargestFileBytes = 64 * 1024 * 1024;

    /// <summary>Far more than any object has (cert-manager's CRDs, among the deepest, have 38 levels), far less than the stack holds.</summary>
    public const int DeepestNesting = 200;

    public const string TooDeep = "is nested deeper than 200 levels.";

    private static readonly SearchValues<char> NotInYaml = SearchValues.Create(
    [
        .. Enumerable.Range(0, 0x20).Select(code => (char)code).Except("\t\n\r"),
        .. Enumerable.Range(0x7f, 0x21).Select(code => (char)code).Except("\u0085"),
        '\ufffe', '\uffff',
    ]);

    /// <param name="source">The file's name in errors.</param>
    public static YamlDocuments Read(string source, ReadOnlyMemory<byte> utf8)
    {
        if (utf8.Length > LargestFileBytes)
        {
            return Refused(new ManifestError(source, 0, 0, "is larger than 64 MiB."));
        }

        var bytes = utf8.Span;
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0xff, 0xfe]) || bytes.StartsWith((ReadOnlySpan<byte>)[0xfe, 0xff]))
        {
            return Refused(new ManifestError(source, 1, 1, "is UTF-16: save it as UTF-8."));
        }

        if (bytes.StartsWith((ReadOnlySpan<byte>)[0xef, 0xbb, 0xbf]))
        {
            utf8 = utf8[3..];
            bytes = utf8.Span;
        }

        if (FirstInvalidByte(bytes) is { } invalid)
        {
            return Refused(At(bytes[..invalid], $"is not UTF-8: byte 0x{bytes[invalid]:x2}."));
        }

        if (!LooksLikeJson(bytes))
        {
            return ReadYaml(source, utf8);
        }

        // As kubectl: a file that begins like JSON may still be YAML in its flow style. Where it is neither, its name says what was meant.
        if (JsonComposer.TryRead(source, utf8, out var json))
        {
            return json;
        }

        return ReadYaml(source, utf8) is var yaml && yaml.Errors.IsEmpty || !source.EndsWith(".json", StringComparison.OrdinalIgnoreCase) ? yaml : json;

        ManifestError At(ReadOnlySpan<byte> before, string message)
        {
            var position = TextPosition.Start.After(before);
            return new ManifestError(source, position.Line, position.Column, message);
        }
    }

    private static YamlDocuments ReadYaml(string source, ReadOnlyMemory<byte> utf8)
    {
        var text = Encoding.UTF8.GetString(utf8.Span);
        if (text.AsSpan().IndexOfAny(NotInYaml) is >= 0 and var at)
        {
            var line = text.AsSpan(0, at).Count('\n') + 1;
            return Refused(new ManifestError(
                source, line, at - text.AsSpan(0, at).LastIndexOf('\n'), $"has the control character U+{(int)text[at]:X4}, which YAML does not allow."));
        }

        return YamlComposer.Read(source, text);
    }

    private static YamlDocuments Refused(ManifestError error) => new([], [error]);

    private static bool LooksLikeJson(ReadOnlySpan<byte> bytes) =>
        bytes.IndexOfAnyExcept(" \t\r\n"u8) is >= 0 and var first && bytes[first] is (byte)'{' or (byte)'[';

    private static int? FirstInvalidByte(ReadOnlySpan<byte> bytes)
    {
        if (Utf8.IsValid(bytes))
        {
            return null;
        }

        var at = 0;
        while (Rune.DecodeFromUtf8(bytes[at..], out _, out var consumed) == OperationStatus.Done)
        {
            at += consumed;
        }

        return at;
    }
}
