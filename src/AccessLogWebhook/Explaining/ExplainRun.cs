using System.Collections.Immutable;
using System.Text.Json;
using AccessLogWebhook.Auditing;
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
        var configuration = ConfigurationFile.ReadOrDefault(request.ConfigurationFile);
        if (await error.ReportAsync(configuration.Errors).ConfigureAwait(false))
        {
            return ExitCodes.Usage;
        }

        var settings = configuration.Options!.Policy;
        var cluster = request.ClusterDirectory is { } directory
            ? ReviewedCluster.OfDirectory(directory)
            : await live.ReadAsync(request.Kubeconfig, settings.RootNamespace, cancellationToken).ConfigureAwait(false);
        if (await error.ReportAsync(cluster.Errors).ConfigureAwait(false))
        {
            return ExitCodes.Usage;
        }

        if (ReferenceEquals(cluster, ReviewedCluster.OfFilesAlone))
        {
            await error.WriteLineAsync("No cluster is known: give --cluster DIR or --kubeconfig FILE.").ConfigureAwait(false);
            return ExitCodes.Usage;
        }

        var key = new ObjectKey(request.Namespace, request.Name);
        var (workload, isCreated, problem) = await FindAsync(request, key, cluster.Snapshot, cancellationToken).ConfigureAwait(false);
        if (workload is null)
        {
            await error.WriteLineAsync(TerminalText.Safe(problem)).ConfigureAwait(false);
            return ExitCodes.Usage;
        }

        var facts = cluster.Snapshot.Namespaces.GetValueOrDefault(key.Namespace) ?? new NamespaceFacts(key.Namespace, LabelSet.Empty);
        var context = new PolicyContext(facts, cluster.Snapshot, settings);
        // What a template makes is not there yet: inject has its say when it is.
        var explanation = Explainer.Explain($"{request.Kind.Kind} {key}", request.Kind.HasTemplate ? Explainer.AsCreated(workload, context) : workload, context, isCreated);
        await output.WriteAsync(request.Json ? ExplanationJson.Write(explanation, request.Kind.Kind, key) : ExplanationText.Write(explanation)).ConfigureAwait(false);
        await output.FlushAsync(cancellationToken).ConfigureAwait(false);
        return explanation.IsLogged && explanation.Doubled.IsEmpty && explanation.Verdicts.All(verdict => verdict is { IsJudged: true, Judgement.Verdict: Verdict.Logged or Verdict.Outdated or Verdict.Exempt })
            ? ExitCodes.Fine
            : ExitCodes.Finding;
    }

    private async Task<Found> FindAsync(ExplainRequest request, ObjectKey key, MeshSnapshot mesh, CancellationToken cancellationToken)
    {
        var title = $"{request.Kind.Kind} {key}";
        var absent = new Found(null, false, $"There is no {title}. Is it in another namespace (-n NAMESPACE)?");
        if (request.Kind.IsInSnapshot)
        {
            return ExplainedWorkload.GatewayIn(mesh, request.Kind, key) is { } gateway ? new Found(gateway, true, "") : absent;
        }

        if (request.Kind == ExplainedKind.Pod && !mesh.Pods.ContainsKey(key))
        {
            return absent;
        }

        if (request.ClusterDirectory is { } directory)
        {
            var manifests = DirectoryScan.Of(directory).Files.SelectMany(file => ManifestReader.ReadFile(file.Path).Manifests);
            return ExplainedWorkload.Among(manifests, request.Kind, key) is { } manifest ? Read(request.Kind, manifest.ToElement(), manifest.ApiVersion, key) : absent;
        }

        var (@object, problem) = await live.GetAsync(
            request.Kubeconfig, new ObjectPath(request.Kind.GroupVersion, request.Kind.Plural, key.Namespace, key.Name), cancellationToken).ConfigureAwait(false);
        return @object is { } found ? Read(request.Kind, found, request.Kind.GroupVersion, key) : new Found(null, false, $"{title} cannot be read: {problem}");
    }

    private static Found Read(ExplainedKind kind, JsonElement @object, string apiVersion, ObjectKey key)
    {
        var title = $"{kind.Kind} {key}";
        if (!kind.HasTemplate)
        {
            // As an audit reads it, so that both say the same of it.
            var subject = AuditSubject.OfPod(@object, key);
            return new Found(subject.Workload, subject.IsCreated, $"{title} cannot be explained: {subject.Fault}");
        }

        try
        {
            return new Found(ExplainedWorkload.OfTemplate(@object, apiVersion, kind.Kind, key), false, $"{title} has no Pod template.");
        }
        catch (Exception odd) when (odd is UnexpectedFieldException or JsonException)
        {
            return new Found(null, false, $"{title} cannot be explained: {odd.Message}");
        }
    }

    /// <param name="Workload">Null where there is none, or none that can be read.</param>
    /// <param name="IsCreated">Whether it has been through admission.</param>
    /// <param name="Problem">Why there is none.</param>
    private sealed record Found(Workload? Workload, bool IsCreated, string Problem);
}
