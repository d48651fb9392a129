using System.Collections.Immutable;
using AccessLogWebhook.Policy.Decisions;
using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Policy.Profiles;

namespace AccessLogWebhook.Policy.Rendering;

/// <summary>Puts together the status that a profile has when its plan has been carried out.</summary>
internal sealed class ProfileStatusWriter(AccessLogProfile profile, ProfileObject @object, DateTimeOffset now)
{
    // A message is read in a terminal; the rest of the errors come when these are corrected.
    private const int MostErrors = 8;

    /// <param name="rendering">Null where the profile has errors or names an EnvoyFilter of the team's own.</param>
    /// <param name="named">That EnvoyFilter; null where there is none.</param>
    public ProfileStatus Write(
        ProfileRendering? rendering, ImmutableArray<ReferenceStatus> references, ProfileUsers users, LoggingResource? named, VerdictCounts counts)
    {
        var status = @object.Status with
        {
            ObservedGeneration = @object.Generation,
            // What cannot be rendered leaves new Pods with the revision that they were handed before.
            Revision = rendering?.Revision ?? (profile.EnvoyFilterRef is null ? @object.Status.Revision : null),
            References = references,
            Workloads = counts,
        };
        status = status.With(Ready(rendering, named, references.IsEmpty)).With(InUse(users));
        status = rendering?.Provider is { } provider ? status.With(ProviderConfigured(provider)) : status.Without(ProfileCondition.ProviderConfigured);
        return @object.IsBeingDeleted ? status.With(Terminating(users)) : status.Without(ProfileCondition.Terminating);
    }

    private ProfileCondition Ready(ProfileRendering? rendering, LoggingResource? named, bool isNowhere)
    {
        if (!profile.Errors.IsEmpty)
        {
            var more = profile.Errors.Length > MostErrors ? $"; and {profile.Errors.Length - MostErrors} more" : "";
            return Condition(ProfileCondition.Ready, ConditionStatus.False, "Invalid", $"{string.Join("; ", profile.Errors.Take(MostErrors))}{more}");
        }

        return (rendering, named) switch
        {
            ({ } rendered, _) when isNowhere => Condition(
                ProfileCondition.Ready, ConditionStatus.True, "NothingToRender", $"No namespace and no waypoint asks for a reference of revision {rendered.Revision} yet."),
            ({ } rendered, _) => Condition(ProfileCondition.Ready, ConditionStatus.True, "Rendered", $"The references of revision {rendered.Revision} are in place."),
            (_, { } found) => Condition(ProfileCondition.Ready, ConditionStatus.True, "ReferenceFound", $"EnvoyFilter {found.Key} exists."),
            _ => Condition(
                ProfileCondition.Ready, ConditionStatus.False, "ReferenceNotFound",
                $"EnvoyFilter {profile.EnvoyFilterRef} does not exist: create it, or correct spec.envoyFilterRef."),
        };
    }

    private ProfileCondition InUse(ProfileUsers users) => users.Any
        ? Condition(ProfileCondition.InUse, ConditionStatus.True, "Used", $"{Capitalised(users.Describe())}.")
        : Condition(ProfileCondition.InUse, ConditionStatus.False, "Unused", "Nobody carries it or asks for it.");

    private ProfileCondition Terminating(ProfileUsers users) => Condition(
        ProfileCondition.Terminating, ConditionStatus.False, "InUse", $"It is deleted when nobody uses it any more. {Capitalised(users.Describe())}.");

    private ProfileCondition ProviderConfigured(MeshProvider provider) => Condition(
        ProfileCondition.ProviderConfigured, ConditionStatus.Unknown, "ProviderNeeded",
        $"meshConfig.extensionProviders has to have {provider.Name}, else nothing is logged: accesslog render {profile.Name} --mesh-config prints it.");

    private ProfileCondition Condition(string type, ConditionStatus status, string reason, string message) => new(type, status, reason, message, @object.Generation, now);

    private static string Capitalised(string text) => text.Length == 0 ? text : $"{char.ToUpperInvariant(text[0])}{text[1..]}";
}
