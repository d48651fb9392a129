namespace AccessLogWebhook.Policy.Profiles;

/// <summary>Names of entries of <c>meshConfig.extensionProviders</c>. Istio asks only that they are not empty (<c>pkg/config/validation/agent</c>).</summary>
internal static class ProviderNames
{
    public const int Longest = 253;

    /// <summary>What is wrong with a name, a sentence without a subject; null where it may stand.</summary>
    public static string? Fault(string name) =>
        name.Length is 0 or > Longest ? SpecFields.Lengths(name.Length, 1, Longest)
        : name.Any(character => char.IsControl(character) || char.IsWhiteSpace(character)) ? "must be the name of a provider, without blanks."
        : null;
}
