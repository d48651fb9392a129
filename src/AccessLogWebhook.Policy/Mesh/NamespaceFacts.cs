namespace AccessLogWebhook.Policy.Mesh;

/// <summary>A namespace and those of its labels that decide something here (see <see cref="MeshKeys.DecidesInNamespace"/>).</summary>
public sealed record NamespaceFacts(string Name, LabelSet Labels)
{
    /// <summary>Whether it is being deleted: from then on the API server lets nothing be created in it, however long its end takes.</summary>
    public bool IsTerminating { get; init; }
}
