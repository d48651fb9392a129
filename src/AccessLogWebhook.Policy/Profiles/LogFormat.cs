using AccessLogWebhook.Policy.Formats;

namespace AccessLogWebhook.Policy.Profiles;

/// <summary>What a line says.</summary>
public abstract record LogFormat
{
    private LogFormat()
    {
    }

    /// <summary>Istio's own JSON format, the default.</summary>
    public static LogFormat Istio { get; } = new Json(new JsonFormat("spec.format.json", FormatPresets.IstioJson, "istio", new FormatValue.Object([])));

    /// <summary>One JSON object.</summary>
    public sealed record Json(JsonFormat Format) : LogFormat;

    /// <summary>One line of text.</summary>
    public sealed record Text(FormatText Line) : LogFormat;
}
