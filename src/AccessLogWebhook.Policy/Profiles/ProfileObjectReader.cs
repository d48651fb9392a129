using System.Globalization;
using System.Text.Json;
using AccessLogWebhook.Policy.Decisions;
using AccessLogWebhook.Policy.Json;
using AccessLogWebhook.Policy.Mesh;

namespace AccessLogWebhook.Policy.Profiles;

/// <summary>
/// Reads what an API server added to a profile. Nobody but the controllers writes it, and the definition checks it; what is odd all the same counts as
/// absent, and is written anew.
/// </summary>
internal static class ProfileObjectReader
{
    /// <returns>Null for a manifest, which no API server has seen: it has no uid.</returns>
    public static ProfileObject? Read(JsonElement @object) =>
        @object.Object("metadata") is not { } metadata || metadata.Text("uid") is not { Length: > 0 } uid
            ? null
            : new ProfileObject(
                uid,
                Number(metadata, "generation"),
                metadata.Text("deletionTimestamp") is { Length: > 0 },
                Items(metadata, "finalizers").Any(finalizer => finalizer.Text() == ProfileObject.Finalizer),
                @object.Object("status") is { } status ? ReadStatus(status) : ProfileStatus.Empty);

    private static ProfileStatus ReadStatus(JsonElement status) => new()
    {
        ObservedGeneration = Number(status, "observedGeneration"),
        Revision = status.Text("revision"),
        References = [.. Items(status, "references").Select(ReadReference)],
        Conditions = [.. Items(status, "conditions").Select(ReadCondition)],
        Workloads = status.Object("workloads") is { } workloads ? ReadCounts(workloads) : default,
    };

    private static ReferenceStatus ReadReference(JsonElement reference) => new(
        reference.Text("kind") == "Telemetry" ? LoggingResourceKind.Telemetry : LoggingResourceKind.EnvoyFilter,
        new ObjectKey(reference.Text("namespace") ?? "", reference.Text("name") ?? ""),
        reference.Text("revision"));

    private static ProfileCondition ReadCondition(JsonElement condition) => new(
        condition.Text("type") ?? "",
        condition.Text("status") switch { "True" => ConditionStatus.True, "False" => ConditionStatus.False, _ => ConditionStatus.Unknown },
        condition.Text("reason") ?? "",
        condition.Text("message") ?? "",
        Number(condition, "observedGeneration"),
        DateTimeOffset.TryParse(condition.Text("lastTransitionTime"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var since) ? since : default);

    private static VerdictCounts ReadCounts(JsonElement workloads)
    {
        var counts = default(VerdictCounts);
        foreach (var verdict in Enum.GetValues<Verdict>())
        {
            counts = counts.Plus(verdict, (int)Number(workloads, VerdictCounts.NameOf(verdict)));
        }

        return counts;
    }

    private static long Number(JsonElement element, string property) =>
        element.Member(property) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt64(out var number) ? number : 0;

    private static JsonElement[] Items(JsonElement element, string property) =>
        element.Member(property) is { ValueKind: JsonValueKind.Array } items ? [.. items.EnumerateArray()] : [];
}
