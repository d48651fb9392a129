using System.Diagnostics.CodeAnalysis;
using AccessLogWebhook.Policy.Json;
using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Policy.Profiles;

namespace AccessLogWebhook.Policy.Decisions;

/// <summary>A name that stands for no profile, or for one that cannot be used: inject, warn and audit admit and warn, enforce refuses.</summary>
/// <param name="Problem">One sentence that names who asks for it, with what there is instead.</param>
public sealed record UnusableProfile(ReasonCode Reason, string Problem);

internal static class ProfileRule
{
    // Enough to see a slip of the finger by; a warning has room for little more.
    private const int MostNamed = 8;

    public static bool TryResolve(
        ModeRequest request, MeshSnapshot mesh, [NotNullWhen(true)] out AccessLogProfile? profile, [NotNullWhen(false)] out UnusableProfile? unusable)
    {
        profile = mesh.ProfileNamed(request.Profile);
        unusable = profile switch
        {
            null => new(
                ReasonCode.UnknownProfile,
                $"There is no access-log profile \"{Excerpt.Of(request.Profile)}\", but {request.Source}. {Existing(mesh)}"),
            { Errors: [var error, ..] } => new(
                ReasonCode.InvalidProfile,
                $"Profile {profile.Name} cannot be used, but {request.Source}. Correct {error}"),
            _ => null,
        };
        if (unusable is not null)
        {
            profile = null;
        }

        return profile is not null;
    }

    /// <summary>The profiles that do exist, as a sentence.</summary>
    public static string Existing(MeshSnapshot mesh)
    {
        var names = mesh.ProfileNames().ToList();
        var more = names.Count > MostNamed ? $" and {names.Count - MostNamed} more" : "";
        return $"Profiles: {string.Join(", ", names.Take(MostNamed))}{more}.";
    }
}
