using System.Collections.Immutable;
using System.Diagnostics;
using AccessLogWebhook.Policy.Json;
using AccessLogWebhook.Policy.Mesh;

namespace AccessLogWebhook.Policy.Decisions;

/// <summary>What a namespace can ask for (DESIGN: "Namespace labels").</summary>
public enum Mode
{
    Inject,
    Enforce,
    Warn,
    Audit,
}

/// <summary>A mode that is on in a namespace.</summary>
/// <param name="IsDefault">Whether the cluster-wide default asks for it, and not the namespace's label.</param>
public sealed record ModeRequest(Mode Mode, string Profile, string Namespace, bool IsDefault)
{
    /// <summary>Who asks, as a clause: <c>namespace shop is labelled accesslog.mesh/enforce=json</c>.</summary>
    public string Source => IsDefault
        ? $"the cluster-wide default of {Modes.NameOf(Mode)} is {Profile}"
        : $"namespace {Namespace} is labelled {Modes.LabelOf(Mode)}={Excerpt.Of(Profile)}";
}

public static class Modes
{
    /// <summary>The label value (and configuration value) that switches a mode off.</summary>
    public const string Off = "off";

    public static ImmutableArray<Mode> All { get; } = [.. Enum.GetValues<Mode>()];

    /// <summary>The mode's name in labels, configuration and output.</summary>
    public static string NameOf(Mode mode) => mode switch
    {
        Mode.Inject => "inject",
        Mode.Enforce => "enforce",
        Mode.Warn => "warn",
        Mode.Audit => "audit",
        _ => throw new UnreachableException(),
    };

    /// <summary>The namespace label of a mode.</summary>
    public static string LabelOf(Mode mode) => mode switch
    {
        Mode.Inject => "accesslog.mesh/inject",
        Mode.Enforce => "accesslog.mesh/enforce",
        Mode.Warn => "accesslog.mesh/warn",
        Mode.Audit => "accesslog.mesh/audit",
        _ => throw new UnreachableException(),
    };

    /// <summary>The mode as the namespace's label asks for it, else as the default does; null where it is off.</summary>
    public static ModeRequest? Requested(Mode mode, NamespaceFacts @namespace, PolicySettings settings)
    {
        if (@namespace.Labels.TryGet(LabelOf(mode), out var profile))
        {
            return profile == Off ? null : new ModeRequest(mode, profile, @namespace.Name, IsDefault: false);
        }

        var preset = mode switch
        {
            Mode.Inject => settings.Defaults.Inject,
            Mode.Enforce => settings.Defaults.Enforce,
            Mode.Warn => settings.Defaults.Warn,
            _ => settings.Defaults.Audit,
        };
        return preset is null or Off ? null : new ModeRequest(mode, preset, @namespace.Name, IsDefault: true);
    }
}
