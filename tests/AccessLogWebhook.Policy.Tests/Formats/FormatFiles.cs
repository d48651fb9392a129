using System.Runtime.CompilerServices;
using System.Text.Json;

namespace AccessLogWebhook.Policy.Tests.Formats;

/// <summary>Formats of others, as data beside the tests.</summary>
internal static class FormatFiles
{
    /// <summary>Every format of Envoy's and Istio's documentation and sources, with where it is from.</summary>
    public static readonly IReadOnlyList<(string Source, string Format)> Corpus =
    [
        .. from source in Read("corpus.json").EnumerateObject()
           from format in source.Value.EnumerateArray()
           select (source.Name, format.GetString()!),
    ];

    /// <summary>
    /// Istio's own formats, taken out of its sources by a script: <c>EnvoyJSONLogFormatIstio</c> and <c>EnvoyTextLogFormat</c>
    /// (<c>pilot/pkg/model/telemetry_logging.go</c>), and <c>EnvoyJSONLogFormat13</c> of 1.5.0.
    /// </summary>
    public static JsonElement Istio => Read("istio-formats.json");

    private static JsonElement Read(string file, [CallerFilePath] string here = "") =>
        JsonDocument.Parse(File.ReadAllText(Path.Combine(Path.GetDirectoryName(here)!, file))).RootElement;
}
