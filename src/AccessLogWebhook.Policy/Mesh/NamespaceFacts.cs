namespace AccessLogWebhook.Policy.Mesh;

/// <summary>A namespace and those of its labels that decide something here (see <see cref="MeshKeys.DecidesInNamespace"/>).</summary>
public sealed record NamespaceFacts(string Name, LabelSet Labels);
