using AccessLogWebhook.Policy.Mesh;

namespace AccessLogWebhook.Policy.Workloads;

/// <summary>The part of <c>metadata</c> that decides something. Null maps are absent (or null) in the object: a patch has to create them.</summary>
public sealed record ObjectMetadata
{
    /// <summary>False where the object has no <c>metadata</c> at all.</summary>
    public bool IsPresent { get; init; }

    /// <summary>Empty where the object has none: at CREATE, <c>generateName</c> may stand in its place.</summary>
    public string Name { get; init; } = "";

    public string GenerateName { get; init; } = "";

    /// <summary>Empty where the object names none: the request's namespace counts.</summary>
    public string Namespace { get; init; } = "";

    public LabelSet? Labels { get; init; }

    public LabelSet? Annotations { get; init; }

    /// <summary>Whether <c>deletionTimestamp</c> is set.</summary>
    public bool IsBeingDeleted { get; init; }

    /// <summary>What to call the object in a message.</summary>
    public string Title => Name.Length > 0 ? Name : GenerateName.Length > 0 ? GenerateName : "(unnamed)";
}
