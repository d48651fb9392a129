using System.Text.Json;
using AccessLogWebhook.Policy.Json;
using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Policy.Profiles;

namespace AccessLogWebhook.Policy.Decisions;

/// <summary>The kinds that say how a mesh logs. They are no workloads: what is asked of them is that they do what they mean, and break nobody.</summary>
public enum DefinitionKind
{
    AccessLogProfile,
    EnvoyFilter,
    Telemetry,
}

public static class DefinitionKinds
{
    /// <summary>The kind of a group, version and kind as an AdmissionReview names them, or null where it is none.</summary>
    public static DefinitionKind? Of(string group, string version, string kind) => (group, version, kind) switch
    {
        ("accesslog.mesh", "v1alpha1", "AccessLogProfile") => DefinitionKind.AccessLogProfile,
        ("networking.istio.io", "v1alpha3", "EnvoyFilter") => DefinitionKind.EnvoyFilter,
        ("telemetry.istio.io", "v1" or "v1alpha1", "Telemetry") => DefinitionKind.Telemetry,
        _ => null,
    };
}

/// <summary>One request about a definition.</summary>
/// <param name="Object">Null at DELETE.</param>
/// <param name="Old">The object before an UPDATE or a DELETE; null where there was none or it was not sent.</param>
public sealed record DefinitionInput(
    DefinitionKind Kind,
    Operation Operation,
    string Username,
    string Namespace,
    JsonElement? Object,
    JsonElement? Old,
    MeshSnapshot Mesh,
    PolicySettings Settings)
{
    /// <summary>What is judged, for messages: <c>EnvoyFilter istio-system/team</c>.</summary>
    public string Title => $"{Kind} {Excerpt.Of(new ObjectKey(Kind == DefinitionKind.AccessLogProfile ? "" : Namespace, Name).ToString())}";

    /// <summary>Empty where the API server is still to make one up.</summary>
    public string Name => (Object ?? Old)?.Object("metadata")?.Text("name") ?? "";

    /// <summary>Whether it is only kept by finalizers: what is done to it then is how it goes.</summary>
    public bool IsBeingDeleted => Object?.Object("metadata")?.Text("deletionTimestamp") is { Length: > 0 };

    /// <summary>Whether the object that a DELETE is about is kept for as long as it is used.</summary>
    public bool HadFinalizer => Old?.Object("metadata")?.Member("finalizers") is { ValueKind: JsonValueKind.Array } finalizers
        && finalizers.EnumerateArray().Any(finalizer => finalizer.Text() == ProfileObject.Finalizer);

    /// <summary>Whether an UPDATE leaves the spec as it was.</summary>
    public bool IsSpecUnchanged => Object?.Object("spec") is { } now && Old?.Object("spec") is { } before && JsonElement.DeepEquals(now, before);
}
