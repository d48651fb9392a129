using System.Collections.Immutable;

namespace AccessLogWebhook.Policy.Profiles;

/// <summary>Gathers what is wrong with a profile, in the order of reading.</summary>
internal sealed class ProfileErrors
{
    /// <summary>More than a profile that somebody writes has fields; what comes after them stands for a file that is none.</summary>
    private const int Most = 100;

    private readonly ImmutableArray<ProfileError>.Builder errors = ImmutableArray.CreateBuilder<ProfileError>();
    private int omitted;

    public void Add(string path, string message)
    {
        if (errors.Count < Most)
        {
            errors.Add(new ProfileError(path, message));
        }
        else
        {
            omitted++;
        }
    }

    public ImmutableArray<ProfileError> ToImmutable() =>
        omitted == 0 ? errors.ToImmutable() : [.. errors, new ProfileError("spec", $"has {omitted} more errors: correct these first.")];
}
