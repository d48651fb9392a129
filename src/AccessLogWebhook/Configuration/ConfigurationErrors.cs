using System.Collections.Immutable;
using AccessLogWebhook.Manifests;

namespace AccessLogWebhook.Configuration;

/// <summary>Collects what is wrong with a configuration file.</summary>
internal sealed class ConfigurationErrors(string source, IEnumerable<ManifestError> ofTheText)
{
    private readonly List<ManifestError> errors = [.. ofTheText];

    public bool IsEmpty => errors.Count == 0;

    /// <param name="path">The field, <c>defaults.inject</c>; empty for the file as a whole.</param>
    public void Add(YamlNode place, string path, string message) => Add(place.Line, place.Column, path, message);

    public void Add(int line, int column, string path, string message) =>
        errors.Add(new ManifestError(source, line, column, path.Length == 0 ? message : $"{path}: {message}"));

    public ImmutableArray<ManifestError> InOrder() => [.. errors.OrderBy(error => error.Line).ThenBy(error => error.Column)];
}
