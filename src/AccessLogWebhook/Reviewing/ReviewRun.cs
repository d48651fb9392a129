using System.Collections.Immutable;
using AccessLogWebhook.Cluster;
using AccessLogWebhook.Configuration;
using AccessLogWebhook.Manifests;
using AccessLogWebhook.Policy.Decisions;
using Spectre.Console;

namespace AccessLogWebhook.Reviewing;

/// <summary>
/// <c>accesslog review</c>, from the files to the exit code. Either everything could be read and is judged, or all that could not be is
/// reported and nothing is printed: half an output in a pipe to kubectl would be worse than none.
/// </summary>
/// <param name="output">Where programs read.</param>
/// <param name="console">The same, where people read.</param>
internal sealed class ReviewRun(TextWriter output, IAnsiConsole console, TextWriter error, Func<Stream> standardInput)
{
    public const int Fine = 0;
    public const int Refused = 1;
    public const int Unusable = 2;

    /// <param name="liveCluster">Reads the kinds given of a live cluster, with the kubeconfig given; asked only where no directory is the cluster and all files can be read.</param>
    public async Task<int> RunAsync(
        ReviewRequest request, Func<string?, ImmutableArray<ClusterKind>, CancellationToken, Task<ReviewedCluster>> liveCluster, CancellationToken cancellationToken)
    {
        var configuration = ConfigurationFile.ReadOrDefault(request.ConfigurationFile);
        var directory = request.ClusterDirectory is { } given ? ReviewedCluster.OfDirectory(given) : null;
        // Without files, what would become of all that there is.
        var ofCluster = request.IsAsOf && request.Files.IsEmpty;
        var files = ofCluster && request.ClusterDirectory is { } all ? [all] : request.Files;
        var reading = files.IsEmpty ? new ManifestReading([], []) : ReviewFiles.Read(files, standardInput);
        if (await error.ReportAsync([.. configuration.Errors, .. directory?.Errors ?? [], .. reading.Errors]).ConfigureAwait(false))
        {
            return Unusable;
        }

        var settings = configuration.Options!.Policy;
        var live = new LiveManifests(settings.RootNamespace);
        var cluster = directory
            ?? await liveCluster(request.Kubeconfig, ofCluster ? live.Kinds : ClusterKinds.In(settings.RootNamespace), cancellationToken).ConfigureAwait(false);
        if (await error.ReportAsync(cluster.Errors).ConfigureAwait(false))
        {
            return Unusable;
        }

        if (request.IsAsOf)
        {
            ImmutableArray<Manifest> reviewed = !ofCluster ? reading.Manifests : directory is null ? live.Of(cluster.Snapshot) : [.. reading.Manifests.Where(manifest => manifest.Kind != "Namespace")];
            var mesh = ofCluster ? cluster.Snapshot : cluster.With(reading.Manifests, request.Namespace);
            var (comparisons, errors) = AsOfRun.Compare(request, reviewed, mesh, settings, standardInput);
            if (await error.ReportAsync(errors).ConfigureAwait(false))
            {
                return Unusable;
            }

            await NoteAsync(cluster).ConfigureAwait(false);
            return AsOfRun.Write(output, console, request.Format, comparisons);
        }

        var reviews = Review(request, reading, cluster, settings);
        if (await error.ReportAsync([.. reviews.OfType<ManifestReview.Unreadable>().Select(unreadable => unreadable.Error)]).ConfigureAwait(false))
        {
            return Unusable;
        }

        await NoteAsync(cluster).ConfigureAwait(false);
        await WriteAsync(request.Format, reviews).ConfigureAwait(false);
        return reviews.Any(review => review is ManifestReview.Judged { Result: ReviewResult.Refused }) ? Refused : Fine;
    }

    private static ImmutableArray<ManifestReview> Review(ReviewRequest request, ManifestReading reading, ReviewedCluster cluster, PolicySettings settings)
    {
        var reviewer = new ManifestReviewer(cluster.With(reading.Manifests, request.Namespace), settings, request.Namespace, request.Username);
        return [.. reading.Manifests.Select(reviewer.Review)];
    }

    private async Task WriteAsync(ReviewFormat format, ImmutableArray<ManifestReview> reviews)
    {
        switch (format)
        {
            case ReviewFormat.Json:
                await output.WriteAsync(ReviewJson.Write(reviews)).ConfigureAwait(false);
                break;
            case ReviewFormat.Yaml:
                await ReviewMessages.WriteAsync(error, reviews).ConfigureAwait(false);
                await output.WriteAsync(ReviewYaml.Write(reviews)).ConfigureAwait(false);
                break;
            default:
                ReviewTable.Write(console, reviews);
                break;
        }

        await output.FlushAsync().ConfigureAwait(false);
    }

    private async Task NoteAsync(ReviewedCluster cluster)
    {
        if (cluster.Note.Length > 0)
        {
            await error.WriteLineAsync(TerminalText.Safe(cluster.Note)).ConfigureAwait(false);
        }
    }
}
