using System.Collections.Immutable;
using System.Text.Json;
using AccessLogWebhook.Cluster;
using AccessLogWebhook.Configuration;
using AccessLogWebhook.Manifests;
using AccessLogWebhook.Policy.Decisions;
using AccessLogWebhook.Policy.Explaining;
using AccessLogWebhook.Policy.Json;
using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Policy.Workloads;
using AccessLogWebhook.Reviewing;

namespace AccessLogWebhook.Explaining;

/// <summary><c>accesslog explain</c>, from the name to the exit code: 0 logged once, 1 not so, 2 nothing could be explained.</summary>
/// <param name="live">The live cluster; asked only where no directory is the cluster.</param>
internal sealed class ExplainRun(TextWriter output, TextWriter error, LiveExplainedCluster live)
{
    public async Task<int> RunAsync(ExplainRequest request, CancellationToken cancellationToken)
    {
        var configuration = request.ConfigurationFile is { } path ? ConfigurationFile.Read(path) : new ConfigurationReading(new WebhookOptions(), []);
        if (await ReportAsync(configuration.Errors).ConfigureAwait(false))
        {
            return ExitCodes.Usage;
        }

        var settings = configuration.Options!.Policy;
        var cluster = request.ClusterDirectory is { } directory
            ? ReviewedCluster.OfDirectory(directory)
            : await live.ReadAsync(request.Kubeconfig, settings.RootNamespace, cancellationToken).ConfigureAwait(false);
        if (await ReportAsync(cluster.Errors).ConfigureAwait(false))
        {
            return ExitCodes.Usage;
        }

        if (request.ClusterDirectory is null && cluster.Note.Length > 0)
        {
            await error.WriteLineAsync("No cluster is known: give --cluster DIR or --kubeconfig FILE.").ConfigureAwait(false);
            return ExitCodes.Usage;
        }

        var key = new ObjectKey(request.Namespace, request.Name);
        var (workload, problem) = await FindAsync(request, key, cluster.Snapshot, cancellationToken).ConfigureAwait(false);
        if (workload is null)
        {
            await error.WriteLineAsync(TerminalText.Safe(problem)).ConfigureAwait(false);
            return ExitCodes.Usage;
        }

        var facts = cluster.Snapshot.Namespaces.GetValueOrDefault(key.Namespace) ?? new NamespaceFacts(key.Namespace, LabelSet.Empty);
        var context = new PolicyContext(facts, cluster.Snapshot, settings);
        // What a template makes is not there yet: inject has its say when it is.
        var explanation = Explainer.Explain($"{request.Kind.Kind} {key}", request.Kind.HasTemplate ? Explainer.AsCreated(workload, context) : workload, context);
        await output.WriteAsync(request.Json ? ExplanationJson.Write(explanation, request.Kind.Kind, key) : ExplanationText.Write(explanation)).ConfigureAwait(false);
        await output.FlushAsync(cancellationToken).ConfigureAwait(false);
        return explanation.IsLogged && explanation.Doubled.IsEmpty && explanation.Verdicts.All(verdict => verdict.Judgement.Verdict is Verdict.Logged or Verdict.Outdated or Verdict.Exempt)
            ? ExitCodes.Fine
            : ExitCodes.Finding;
    }

    private async Task<(Workload? Workload, string Problem)> FindAsync(ExplainRequest request, ObjectKey key, MeshSnapshot mesh, CancellationToken cancellationToken)
    {
        var title = $"{request.Kind.Kind} {key}";
        if (!request.Kind.HasTemplate)
        {
            return (ExplainedWorkload.In(mesh, request.Kind, key), $"There is no {title}. Is it in another namespace (-n NAMESPACE)?");
        }

        try
        {
            if (request.ClusterDirectory is { } directory)
            {
                var manifests = DirectoryScan.Of(directory).Files.SelectMany(file => ManifestReader.ReadFile(file.Path).Manifests);
                return ExplainedWorkload.Among(manifests, request.Kind, key) is { } manifest
                    ? (ExplainedWorkload.OfTemplate(manifest.ToElement(), manifest.ApiVersion, manifest.Kind, key), $"{title} has no Pod template.")
                    : (null, $"There is no {title}. Is it in another namespace (-n NAMESPACE)?");
            }

            var (@object, problem) = await live.GetAsync(
                request.Kubeconfig, new ObjectPath(request.Kind.GroupVersion, request.Kind.Plural, key.Namespace, key.Name), cancellationToken).ConfigureAwait(false);
            return @object is { } found
                ? (ExplainedWorkload.OfTemplate(found, request.Kind.GroupVersion, request.Kind.Kind, key), $"{title} has no Pod template.")
                : (null, $"{title} cannot be read: {problem}");
        }
        catch (Exception odd) when (odd is UnexpectedFieldException or JsonException)
        {
            return (null, $"{title} cannot be explained: {odd.Message}");
        }
    }

    private async Task<bool> ReportAsync(ImmutableArray<ManifestError> errors)
    {
        foreach (var fault in errors)
        {
            await error.WriteLineAsync(TerminalText.Safe(fault.ToString())).ConfigureAwait(false);
        }

        return !errors.IsEmpty;
    }
}
