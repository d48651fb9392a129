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

    /// <summary>With <c>UPDATE_GOLDEN=1</c> the lines are written as what is expected.</summary>
    public static void AssertGolden(string file, IEnumerable<string> lines, [CallerFilePath] string here = "")
    {
        var path = Path.Combine(Path.GetDirectoryName(here)!, file);
#pragma warning disable RS0030 // A test reads what its caller sets.
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
#pragma warning restore RS0030
        {
            File.WriteAllLines(path, lines);
        }

        Assert.Equal(File.ReadAllLines(path), lines);
    }

    private static JsonElement Read(string file, [CallerFilePath] string here = "") =>
        JsonDocument.Parse(File.ReadAllText(Path.Combine(Path.GetDirectoryName(here)!, file))).RootElement;
}
