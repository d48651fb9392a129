using System.Collections.Immutable;
using System.Text.Json;

namespace AccessLogWebhook.Policy.Linting.Telemetries;

/// <summary>An entry of <c>spec.accessLogging</c>.</summary>
/// <param name="Mode">CLIENT_AND_SERVER where none is given, as istiod takes it.</param>
internal sealed record AccessLogging(Field Field, ImmutableArray<string> Providers, bool IsDisabled, string Mode, Field? Filter);

/// <summary>What a Telemetry says about access logs.</summary>
internal sealed record TelemetryReading(ImmutableArray<AccessLogging> Entries, bool TouchesLogs)
{
    public bool Logs => Entries.Any(entry => !entry.IsDisabled);

    public static TelemetryReading Of(Field spec) => new(
        [.. spec["accessLogging"]?.Items().Where(entry => entry.IsObject).Select(Read) ?? []],
        spec.Members().Any(member => MeansAccessLogging(member.Name)));

    private static AccessLogging Read(Field entry) => new(
        entry,
        [.. entry["providers"]?.Items().Select(provider => provider["name"]?.Text ?? "").Where(name => name.Length > 0) ?? []],
        entry["disabled"] is { Value.ValueKind: JsonValueKind.True },
        entry["match"]?["mode"]?.Text ?? "CLIENT_AND_SERVER",
        entry["filter"]);

    /// <summary>The field itself, and what it is misspelt as.</summary>
    private static bool MeansAccessLogging(string name) =>
        name.Length is > 8 and < 32
        && name.Replace("_", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal).ToUpperInvariant()
            is "ACCESSLOGGING" or "ACCESSLOG" or "ACCESSLOGS" or "ACCESSLOGGINGS";
}
