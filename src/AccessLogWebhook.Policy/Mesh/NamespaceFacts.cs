namespace AccessLogWebhook.Policy.Mesh;

/// <summary>A namespace and those of its labels that decide something here (see <see cref="MeshKeys.DecidesInNamespace"/>).</summary>
public sealed record NamespaceFacts(string Name, LabelSet Labels)
{
    /// <summary>Whether it is being deleted: from then on the API server lets nothing be created in it, however long its end takes.</summary>
    public bool IsTerminating { get; init; }

    /// <summary>
    /// Since when at the latest its label <c>accesslog.mesh/inject</c> has the value that it has, in whole seconds, by who owns the field
    /// (<c>metadata.managedFields</c>); null where that is not told.
    /// </summary>
    public DateTimeOffset? InjectSince { get; init; }
}
