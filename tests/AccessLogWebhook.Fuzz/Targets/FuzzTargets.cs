namespace AccessLogWebhook.Fuzz.Targets;

internal static class FuzzTargets
{
    private static readonly Dictionary<string, Func<FuzzTarget>> Makers = new(StringComparer.Ordinal)
    {
        ["mutate"] = () => new ReviewTarget("mutate", isMutation: true),
        ["validate"] = () => new ReviewTarget("validate", isMutation: false),
        ["manifests"] = () => new ManifestTarget(),
        ["strict-json"] = () => new StrictJsonTarget(),
        ["format-text"] = () => new FormatTextTarget(),
        ["format-json"] = () => new FormatJsonTarget(),
        ["profile"] = () => new ProfileTarget(),
        ["profile-texts"] = () => new ProfileTextsTarget(),
        ["lint"] = () => new LintTarget(),
        ["mesh-configuration"] = () => new MeshConfigurationTarget(),
        ["configuration"] = () => new ConfigurationTarget(),
        ["audit-log"] = () => new AuditLogTarget(),
        ["live-list"] = () => new LiveListTarget(),
        ["live-watch"] = () => new LiveWatchTarget(),
        ["output-text"] = () => new OutputTextTarget(),
    };

    public static IEnumerable<string> Names => Makers.Keys;

    public static FuzzTarget Named(string name) =>
        Makers.TryGetValue(name, out var make) ? make() : throw new ArgumentException($"There is no target {name}; there are {string.Join(", ", Names)}.", nameof(name));
}
