using System.Globalization;

namespace AccessLogWebhook.ClusterTests.Support;

/// <summary>Reads numbers out of what a /metrics endpoint says.</summary>
public static class PrometheusText
{
    /// <summary>The sum over the series of this name that have all these labels; 0 where there is none.</summary>
    public static double Sum(string text, string name, params IEnumerable<(string Label, string Value)> labels)
    {
        var wanted = labels.Select(label => $"{label.Label}=\"{label.Value}\"").ToList();
        return text.Split('\n')
            .Where(line => line.StartsWith(name, StringComparison.Ordinal) && line.Length > name.Length && line[name.Length] is '{' or ' ')
            .Where(line => wanted.All(label => line.Contains($"{{{label}", StringComparison.Ordinal) || line.Contains($",{label}", StringComparison.Ordinal)))
            .Sum(line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));
    }
}
