using AccessLogWebhook.Policy.Formats;

namespace AccessLogWebhook.Policy.Profiles;

/// <summary>What a line says.</summary>
public abstract record LogFormat
{
    private LogFormat()
    {
    }

    /// <summary>Istio's own JSON format, the default.</summary>
    public static LogFormat Istio { get; } = new Json(FormatPresets.Istio);

    /// <summary>One JSON object, composed of preset, own fields, omissions and new names.</summary>
    public sealed record Json(FormatValue.Object Fields) : LogFormat;

    /// <summary>One line of text.</summary>
    public sealed record Text(FormatText Line) : LogFormat;
}
