namespace AccessLogWebhook.Manifests;

/// <param name="IsSound">False where errors of this document were reported: the tree shows what could be read, for finding more of them.</param>
internal sealed record YamlDocument(YamlNode Root, bool IsSound);
