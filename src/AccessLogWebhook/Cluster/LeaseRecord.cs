using System.Text.Json;
using AccessLogWebhook.Policy.Json;

namespace AccessLogWebhook.Cluster;

/// <summary>What a <c>coordination.k8s.io/v1</c> Lease says. Its times are for people: no two clocks agree.</summary>
/// <param name="Holder">Empty where it has been released.</param>
/// <param name="Duration">For how long its holder asks to be left alone after each renewal.</param>
internal sealed record LeaseRecord(string Holder, TimeSpan Duration, int Transitions, string ResourceVersion)
{
    // A slip of a digit must not keep everybody out for a day.
    private const int LongestSeconds = 300;

    /// <returns>Null where it is no Lease.</returns>
    public static LeaseRecord? Of(JsonElement lease) =>
        lease.Object("metadata")?.Text("resourceVersion") is { Length: > 0 } version
            ? new LeaseRecord(
                lease.Object("spec")?.Text("holderIdentity") ?? "",
                TimeSpan.FromSeconds(Math.Clamp(Number(lease, "leaseDurationSeconds"), 0, LongestSeconds)),
                Math.Max(0, Number(lease, "leaseTransitions")),
                version)
            : null;

    private static int Number(JsonElement lease, string field) =>
        lease.Object("spec") is { } spec && spec.Member(field) is { ValueKind: JsonValueKind.Number } value
            && value.TryGetInt32(out var number) ? number : 0;
}
