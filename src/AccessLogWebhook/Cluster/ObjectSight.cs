using System.Text.Json;

namespace AccessLogWebhook.Cluster;

/// <summary>What is known of one object that is watched.</summary>
/// <param name="IsKnown">Whether it has been asked for with success; else nothing is known.</param>
/// <param name="Object">Null where there is none.</param>
/// <param name="ProvedAt">When the last request was sent whose answer proved it, as the clock counts.</param>
/// <param name="Problem">Why it cannot be asked for now, a sentence; null where it can.</param>
internal sealed record ObjectSight(bool IsKnown, JsonElement? Object, long ProvedAt, string? Problem);
