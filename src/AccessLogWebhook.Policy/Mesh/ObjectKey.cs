namespace AccessLogWebhook.Policy.Mesh;

/// <summary>Names an object of a known kind; <see cref="Namespace"/> is empty for cluster-scoped kinds.</summary>
public readonly record struct ObjectKey(string Namespace, string Name)
{
    /// <summary>Whether a text is what <see cref="ToString"/> gives.</summary>
    public bool Is(string text) => Namespace.Length == 0
        ? text == Name
        : text.Length == Namespace.Length + 1 + Name.Length
            && text.StartsWith(Namespace, StringComparison.Ordinal)
            && text[Namespace.Length] == '/'
            && text.EndsWith(Name, StringComparison.Ordinal);

    /// <summary><c>namespace/name</c>, or the bare name of a cluster-scoped object.</summary>
    public override string ToString() => Namespace.Length == 0 ? Name : $"{Namespace}/{Name}";
}
