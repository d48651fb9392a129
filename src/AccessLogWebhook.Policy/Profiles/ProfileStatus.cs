using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using AccessLogWebhook.Policy.Decisions;
using AccessLogWebhook.Policy.Mesh;

namespace AccessLogWebhook.Policy.Profiles;

/// <summary>The <c>status</c> of an AccessLogProfile: what the controllers found.</summary>
public sealed record ProfileStatus
{
    /// <summary>The most entries that the custom resource definition allows in <c>references</c>.</summary>
    public const int MostReferences = 256;

    public static ProfileStatus Empty { get; } = new();

    /// <summary>The generation of the spec that this is about; zero where it was never written.</summary>
    public long ObservedGeneration { get; init; }

    /// <summary>The revision that new workloads get; null where nothing has been rendered.</summary>
    public string? Revision { get; init; }

    public ImmutableArray<ReferenceStatus> References { get; init; } = [];

    public ImmutableArray<ProfileCondition> Conditions { get; init; } = [];

    public VerdictCounts Workloads { get; init; }

    public ProfileCondition? Condition(string type) => Conditions.FirstOrDefault(condition => condition.Type == type);

    /// <summary>This status with a condition set. Where its truth is the same as before, so is the time since when.</summary>
    public ProfileStatus With(ProfileCondition condition)
    {
        var before = Condition(condition.Type);
        var since = before?.Status == condition.Status ? before.LastTransitionTime : condition.LastTransitionTime;
        return this with
        {
            Conditions =
            [
                .. Conditions.Where(other => other.Type != condition.Type).Append(condition with { LastTransitionTime = since })
                    .OrderBy(other => other.Type, StringComparer.Ordinal),
            ],
        };
    }

    public ProfileStatus Without(string type) => this with { Conditions = Conditions.RemoveAll(condition => condition.Type == type) };

    /// <summary>Whether writing it in place of <paramref name="other"/> would change nothing.</summary>
    public bool IsSameAs(ProfileStatus other) => JsonNode.DeepEquals(ToJson(), other.ToJson());

    public JsonObject ToJson()
    {
        var json = new JsonObject { ["observedGeneration"] = ObservedGeneration };
        if (Revision is not null)
        {
            json["revision"] = Revision;
        }

        json["references"] = new JsonArray([.. References.Take(MostReferences).Select(reference => reference.ToJson())]);
        json["conditions"] = new JsonArray([.. Conditions.Select(condition => condition.ToJson())]);
        json["workloads"] = Workloads.ToJson();
        return json;
    }
}

/// <param name="Revision">Null for one that the profile names by <c>envoyFilterRef</c>.</param>
public sealed record ReferenceStatus(LoggingResourceKind Kind, ObjectKey Key, string? Revision)
{
    internal JsonNode ToJson()
    {
        var json = new JsonObject { ["kind"] = Kind.ToString(), ["namespace"] = Key.Namespace, ["name"] = Key.Name };
        if (Revision is not null)
        {
            json["revision"] = Revision;
        }

        return json;
    }
}

/// <summary>A condition, as everywhere in Kubernetes.</summary>
/// <param name="Reason">Why, one word for programs.</param>
/// <param name="Message">Why, sentences for people; cut to what the definition allows.</param>
public sealed record ProfileCondition(string Type, ConditionStatus Status, string Reason, string Message, long ObservedGeneration, DateTimeOffset LastTransitionTime)
{
    /// <summary>Whether the profile's references are as it asks for.</summary>
    public const string Ready = "Ready";

    /// <summary>Whether a workload carries it or a namespace asks for it.</summary>
    public const string InUse = "InUse";

    /// <summary>Whether it is gone or would be, but for those who use it. Present only while it is being deleted.</summary>
    public const string Terminating = "Terminating";

    /// <summary>Whether the mesh configuration has the provider that a Telemetry names; only the mesh's own configuration knows.</summary>
    public const string ProviderConfigured = "ProviderConfigured";

    private const int LongestMessage = 2048;

    internal JsonNode ToJson() => new JsonObject
    {
        ["type"] = Type,
        ["status"] = Status.ToString(),
        ["observedGeneration"] = ObservedGeneration,
        ["lastTransitionTime"] = LastTransitionTime.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        ["reason"] = Reason,
        ["message"] = Json.Excerpt.Of(Message, LongestMessage),
    };
}

/// <summary>Whether a condition holds.</summary>
public enum ConditionStatus
{
    Unknown,
    True,
    False,
}
