using System.Collections.Immutable;
using System.Text.Json;
using AccessLogWebhook.Policy.Linting;
using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Policy.Profiles;
using AccessLogWebhook.Policy.Rendering;

namespace AccessLogWebhook.Fuzz.Targets;

/// <summary>What is true of every profile: errors at fields, or a rendering that is the same each time and that our own linter finds no error in.</summary>
internal static class RenderedProfiles
{
    private const int MostLinted = 100_000;

    private static readonly HashSet<string> Linted = new(StringComparer.Ordinal);
    private static readonly LintContext Alone = new(MeshSnapshot.Empty, "istio-system");

    public static void Check(string name, JsonElement json)
    {
        var profile = AccessLogProfileReader.Read(name, json);
        foreach (var error in profile.Errors)
        {
            Expect.That(error.Path.Length is > 0 and < 10_000 && error.Message.Length is > 0 and < 10_000, $"the error {error}");
        }

        var again = AccessLogProfileReader.Read(name, json);
        Expect.That(again.Errors.SequenceEqual(profile.Errors) && again.Revision == profile.Revision && again.RenderedRevision == profile.RenderedRevision, $"it is read in two ways");
        _ = ProfileFindings.Of(profile).Length;
        if (!profile.IsRendered)
        {
            return;
        }

        var rendering = ProfileRenderer.Render(profile);
        Expect.Equal(profile.RenderedRevision, rendering.Revision, "the revision");
        if (Linted.Count < MostLinted && !Linted.Add(rendering.Revision))
        {
            // Renderings of one revision are equal, up to the profile's name.
            return;
        }

        ImmutableArray<RenderedResource?> resources =
            [rendering.ForWorkloads("istio-system"), rendering.ForWaypoint(new ObjectKey("shop", "waypoint")), rendering.SilencerForWorkloads("shop"), rendering.SilencerForWaypoint(new ObjectKey("shop", "waypoint"))];
        foreach (var resource in resources)
        {
            if (resource is not null)
            {
                Lint(resource);
            }
        }
    }

    private static void Lint(RenderedResource resource)
    {
        var subject = LintSubject.Read(JsonElement.Parse(resource.ToManifest().ToJsonString(), new JsonDocumentOptions { MaxDepth = 1000 }))!;
        foreach (var finding in Linter.Lint(subject, Alone))
        {
            Expect.That(finding.Rule.Severity != LintSeverity.Error, $"what is rendered has an error: {finding.Rule.Id} {finding.Path} {finding.Message}");
        }
    }
}
