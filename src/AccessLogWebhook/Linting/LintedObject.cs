using System.Collections.Immutable;
using AccessLogWebhook.Policy.Linting;

namespace AccessLogWebhook.Linting;

/// <summary>An EnvoyFilter or Telemetry that touches access logs, and what was found.</summary>
/// <param name="ApiVersion">Empty where it comes from a list that does not say.</param>
/// <param name="Source">The file's path as it was given, or <c>&lt;stdin&gt;</c>; empty for an object of a live cluster.</param>
/// <param name="Line">Where the object begins, from 1; 0 for an object of a live cluster.</param>
internal sealed record LintedObject(LintSubject Subject, string ApiVersion, string Source, int Line, ImmutableArray<PlacedFinding> Findings)
{
    /// <summary><c>EnvoyFilter shop/name</c>.</summary>
    public string Title => $"{Subject.Kind} {Subject.Namespace}/{(Subject.Name.Length == 0 ? "(unnamed)" : Subject.Name)}";

    /// <summary>Whether it is of a file that others can open.</summary>
    public bool HasFile => Source.Length > 0 && Source != Manifests.ManifestReader.StandardInput;
}

/// <summary>A finding and where in the file its field stands; 0 where there is no file.</summary>
internal sealed record PlacedFinding(LintFinding Finding, int Line, int Column);
