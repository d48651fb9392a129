using System.Collections.Immutable;
using AccessLogWebhook.Cluster;
using AccessLogWebhook.Configuration;
using AccessLogWebhook.Manifests;
using AccessLogWebhook.Policy.Profiles;
using AccessLogWebhook.Policy.Rendering;
using AccessLogWebhook.Reviewing;

namespace AccessLogWebhook.Rendering;

/// <summary>
/// <c>accesslog render</c>, from the names to the exit code. Either every profile that is asked for can be rendered, or what is in the way is said and
/// nothing is printed: half an output in a pipe to kubectl would be worse than none.
/// </summary>
internal sealed class RenderRun(TextWriter output, TextWriter error, Func<Stream> standardInput)
{
    /// <param name="liveCluster">Asks a live cluster, with the kubeconfig given; asked only where neither a directory nor files stand for it.</param>
    public async Task<int> RunAsync(
        RenderRequest request, Func<string?, CancellationToken, Task<ReviewedCluster>> liveCluster, CancellationToken cancellationToken)
    {
        var configuration = ConfigurationFile.ReadOrDefault(request.ConfigurationFile);
        var reading = request.Files.IsEmpty ? new ManifestReading([], []) : ReviewFiles.Read(request.Files, standardInput);
        ImmutableArray<Manifest> files = [.. reading.Manifests.Where(KnownProfiles.IsProfile)];
        var directory = request.ClusterDirectory is { } given ? ReviewedCluster.OfDirectory(given) : null;
        if (await error.ReportAsync([.. configuration.Errors, .. reading.Errors, .. ClusterManifests.Conflicts(files), .. directory?.Errors ?? []]).ConfigureAwait(false))
        {
            return ExitCodes.Usage;
        }

        var cluster = directory
            ?? (request.Files.IsEmpty || request.Kubeconfig is not null ? await liveCluster(request.Kubeconfig, cancellationToken).ConfigureAwait(false) : ReviewedCluster.OfFilesAlone);
        if (await error.ReportAsync(cluster.Errors).ConfigureAwait(false))
        {
            return ExitCodes.Usage;
        }

        return await RenderAsync(request, KnownProfiles.Of(files, cluster.Snapshot), request.RootNamespace ?? configuration.Options!.Policy.RootNamespace).ConfigureAwait(false);
    }

    private async Task<int> RenderAsync(RenderRequest request, KnownProfiles known, string rootNamespace)
    {
        ImmutableArray<string> names = request.Profiles.IsEmpty ? [.. known.Names] : [.. request.Profiles.Distinct(StringComparer.Ordinal)];
        if (names.Where(name => known.Named(name) is null).ToList() is { Count: > 0 } unknown)
        {
            await SayAsync(unknown.Select(known.Unknown)).ConfigureAwait(false);
            return ExitCodes.Usage;
        }

        ImmutableArray<AccessLogProfile> profiles = [.. names.Select(name => known.Named(name)!)];
        var faults = profiles.SelectMany(profile => profile.Errors.Select(fault => $"{known.PlaceOf(profile)}: {fault}")).ToList();
        if (faults.Count > 0)
        {
            await SayAsync(faults).ConfigureAwait(false);
            return ExitCodes.Finding;
        }

        await SayAsync(profiles.SelectMany(profile => ProfileFindings.Of(profile).Select(finding => $"{known.PlaceOf(profile)}: warning: {finding}"))).ConfigureAwait(false);
        await SayAsync(profiles.Where(profile => profile.EnvoyFilterRef is not null)
            .Select(profile => $"{known.PlaceOf(profile)}: names the EnvoyFilter {profile.EnvoyFilterRef} and renders nothing.")).ConfigureAwait(false);
        ImmutableArray<ProfileRendering> renderings = [.. profiles.Where(profile => profile.EnvoyFilterRef is null).Select(ProfileRenderer.Render)];
        return request.MeshConfiguration
            ? await WriteMeshConfigurationAsync(request, renderings).ConfigureAwait(false)
            : await WriteResourcesAsync(request, renderings, rootNamespace).ConfigureAwait(false);
    }

    private async Task<int> WriteResourcesAsync(RenderRequest request, ImmutableArray<ProfileRendering> renderings, string rootNamespace)
    {
        var set = renderings.Select(rendering => new ResourceSet(rendering, rootNamespace, request.Namespaces, request.Waypoints)).ToList();
        await SayAsync(set.SelectMany(each => each.Notes)).ConfigureAwait(false);
        var resources = set.SelectMany(each => each.Resources).ToList();
        if (resources.Count == 0)
        {
            return renderings.IsEmpty ? ExitCodes.Fine : ExitCodes.Usage;
        }

        await WriteAsync(RenderedManifests.Write(resources, request.Json)).ConfigureAwait(false);
        return ExitCodes.Fine;
    }

    private async Task<int> WriteMeshConfigurationAsync(RenderRequest request, ImmutableArray<ProfileRendering> renderings)
    {
        // Profiles may share one; its name is its content.
        var providers = renderings.Select(rendering => rendering.Provider).OfType<MeshProvider>().DistinctBy(provider => provider.Name).ToList();
        if (providers.Count == 0)
        {
            await SayAsync(["No profile here needs anything of the mesh configuration."]).ConfigureAwait(false);
        }

        await WriteAsync(RenderedManifests.WriteMeshConfiguration(providers, request.Json)).ConfigureAwait(false);
        return ExitCodes.Fine;
    }

    private async Task WriteAsync(string text)
    {
        await output.WriteAsync(text).ConfigureAwait(false);
        await output.FlushAsync().ConfigureAwait(false);
    }

    private async Task SayAsync(IEnumerable<string> lines)
    {
        foreach (var line in lines)
        {
            await error.WriteLineAsync(TerminalText.Safe(line)).ConfigureAwait(false);
        }
    }
}
