namespace AccessLogWebhook.Cluster;

/// <summary>What is sent with a request.</summary>
internal readonly record struct LiveContent(string Type, ReadOnlyMemory<byte> Utf8)
{
    public const string Json = "application/json";

    /// <summary>RFC 7386: what is absent stays, null takes away, a list takes the place of the whole list.</summary>
    public const string MergePatch = "application/merge-patch+json";

    /// <summary>RFC 6902.</summary>
    public const string JsonPatch = "application/json-patch+json";

    /// <summary>Server-side apply. The type says YAML, of which JSON is a part.</summary>
    public const string ApplyPatch = "application/apply-patch+yaml";
}
