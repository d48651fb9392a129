using System.Collections.Immutable;
using AccessLogWebhook.Configuration;
using AccessLogWebhook.Manifests;
using AccessLogWebhook.Policy.Decisions;
using AccessLogWebhook.Policy.Mesh;
using Spectre.Console;

namespace AccessLogWebhook.Reviewing;

/// <summary>
/// <c>accesslog review --as-of</c>: what would become of manifests, or of everything that a cluster has, under a changed profile, label or configuration, beside
/// what becomes of it now.
/// </summary>
internal static class AsOfRun
{
    /// <returns>The comparisons, or what is wrong.</returns>
    public static (ImmutableArray<ReviewComparison> Comparisons, ImmutableArray<ManifestError> Errors) Compare(
        ReviewRequest request, ImmutableArray<Manifest> given, MeshSnapshot mesh, PolicySettings settings, Func<Stream> standardInput)
    {
        var changes = request.AsOf.IsEmpty ? new ManifestReading([], []) : ReviewFiles.Read(request.AsOf, standardInput);
        var configuration = request.AsOfConfiguration is { } path ? ConfigurationFile.Read(path) : null;
        ImmutableArray<ManifestError> errors = [.. changes.Errors, .. configuration?.Errors ?? []];
        if (!errors.IsEmpty)
        {
            return ([], errors);
        }

        var thenSettings = configuration?.Options!.Policy ?? settings;
        (var then, errors) = AsOfCluster.Of(mesh, changes.Manifests, thenSettings);
        if (!errors.IsEmpty)
        {
            return ([], errors);
        }

        var reviewerNow = new ManifestReviewer(mesh, settings, request.Namespace, request.Username);
        var reviewerThen = new ManifestReviewer(then, thenSettings, request.Namespace, request.Username);
        var comparisons = ImmutableArray.CreateBuilder<ReviewComparison>();
        var unreadable = ImmutableArray.CreateBuilder<ManifestError>();
        foreach (var manifest in given)
        {
            switch (reviewerNow.Review(manifest), reviewerThen.Review(manifest))
            {
                case (ManifestReview.Unreadable odd, _):
                    unreadable.Add(odd.Error);
                    break;
                case (_, ManifestReview.Unreadable odd):
                    unreadable.Add(odd.Error);
                    break;
                case (ManifestReview.Judged now, ManifestReview.Judged later):
                    comparisons.Add(new ReviewComparison(now, later));
                    break;
            }
        }

        return (comparisons.ToImmutable(), unreadable.ToImmutable());
    }

    public static int Write(TextWriter output, IAnsiConsole console, ReviewFormat format, ImmutableArray<ReviewComparison> comparisons)
    {
        if (format == ReviewFormat.Json)
        {
            AsOfJson.Write(output, comparisons);
        }
        else
        {
            AsOfTable.Write(console, comparisons);
        }

        output.Flush();
        return comparisons.Any(comparison => comparison.Then.Result == ReviewResult.Refused) ? ReviewRun.Refused : ReviewRun.Fine;
    }
}
