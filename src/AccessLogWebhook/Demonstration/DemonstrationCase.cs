using System.Text.Json;
using AccessLogWebhook.Manifests;

namespace AccessLogWebhook.Demonstration;

/// <summary>One object that the demo creates.</summary>
/// <param name="Shows">What it is an example of.</param>
/// <param name="Namespace">Where it is created; empty for a Namespace.</param>
/// <param name="Object">The object; a manifest of its own.</param>
internal sealed record DemonstrationCase(string Shows, string Namespace, Manifest Object, ExpectedOutcome Expected)
{
    /// <summary>The name that the object has, or the beginning of the one that it will get.</summary>
    public string Name { get; } = Object.Name.Length > 0
        ? Object.Name
        : Object.ToElement().GetProperty("metadata"u8).GetProperty("generateName"u8).GetString()!;

    public string Title => Namespace.Length == 0 ? $"{Object.Kind} {Name}" : $"{Object.Kind} {Namespace}/{Name}";

    public bool IsNamespace => Object.Kind == "Namespace";

    public static DemonstrationCase Read(Manifest manifest)
    {
        var element = manifest.ToElement();
        var reading = ManifestReader.Read(manifest.Source, JsonBytes(element.GetProperty("object"u8)));
        var @object = reading.Manifests.Single();
        return new DemonstrationCase(
            element.GetProperty("shows"u8).GetString()!,
            element.TryGetProperty("namespace"u8, out var @namespace) ? @namespace.GetString()! : @object.Namespace,
            @object,
            ExpectedOutcome.Read(element.GetProperty("expect"u8)));
    }

    private static byte[] JsonBytes(JsonElement element) => [.. System.Runtime.InteropServices.JsonMarshal.GetRawUtf8Value(element)];
}
