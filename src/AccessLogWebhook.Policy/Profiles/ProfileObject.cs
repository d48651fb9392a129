namespace AccessLogWebhook.Policy.Profiles;

/// <summary>The object that a profile is, as far as the controllers look at it. A built-in profile has none.</summary>
/// <param name="Generation"><c>metadata.generation</c>: counts the changes of the spec.</param>
/// <param name="IsBeingDeleted">Whether <c>deletionTimestamp</c> is set: it goes when its finalizers are gone.</param>
/// <param name="HasFinalizer">Whether it carries <see cref="Finalizer"/>.</param>
/// <param name="Status">As it was written last; empty where it never was.</param>
public sealed record ProfileObject(string Uid, long Generation, bool IsBeingDeleted, bool HasFinalizer, ProfileStatus Status)
{
    /// <summary>Keeps a profile that is deleted while somebody uses it.</summary>
    public const string Finalizer = "accesslog.mesh/in-use";
}
