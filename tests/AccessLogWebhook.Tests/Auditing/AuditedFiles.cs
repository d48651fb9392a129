using System.CommandLine;
using System.Text.Json.Nodes;
using AccessLogWebhook.Cli;
using AccessLogWebhook.Tests.Support;

namespace AccessLogWebhook.Tests.Auditing;

/// <summary>What an audit printed.</summary>
internal sealed record Audited(int ExitCode, string Output, string Error)
{
    public JsonArray Json => JsonNode.Parse(Output)!.AsArray();

    /// <summary>The table's lines: cells, without the blanks between them.</summary>
    public string[] Rows => [.. Output.Split('\n').Skip(1).TakeWhile(line => line.Length > 0).Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries)))];
}

/// <summary>A directory that is a cluster, and audits of it.</summary>
internal sealed class AuditedFiles : IDisposable
{
    /// <summary>A namespace for each mode and one for none, the profile json with its reference, and Pods of which each is true what its name says.</summary>
    public const string Cluster =
        """
        apiVersion: v1
        kind: List
        items:
        - {apiVersion: v1, kind: Namespace, metadata: {name: bank, labels: {istio-injection: enabled, accesslog.mesh/enforce: json}}}
        - {apiVersion: v1, kind: Namespace, metadata: {name: blog, labels: {istio-injection: enabled, accesslog.mesh/inject: json, accesslog.mesh/audit: text}}}
        - {apiVersion: v1, kind: Namespace, metadata: {name: idle, labels: {istio-injection: enabled}}}
        - {apiVersion: v1, kind: Namespace, metadata: {name: slip, labels: {istio-injection: enabled, accesslog.mesh/warn: jsn}}}
        - {apiVersion: accesslog.mesh/v1alpha1, kind: AccessLogProfile, metadata: {name: json}, spec: {}, status: {revision: 0c4d}}
        - apiVersion: networking.istio.io/v1alpha3
          kind: EnvoyFilter
          metadata: {namespace: istio-system, name: accesslog-json-0c4d}
          spec:
            workloadSelector: {labels: {accesslog.mesh/profile: json, accesslog.mesh/revision: 0c4d}}
            configPatches:
            - applyTo: NETWORK_FILTER
              match: {listener: {filterChain: {filter: {name: envoy.filters.network.http_connection_manager}}}}
              patch:
                operation: MERGE
                value:
                  typed_config:
                    "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                    access_log:
                    - name: envoy.access_loggers.file
                      typed_config: {"@type": type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog, path: /dev/stdout}
        - {apiVersion: v1, kind: Pod, metadata: {namespace: bank, name: api-5f7-a, labels: {pod-template-hash: 5f7, accesslog.mesh/profile: json, accesslog.mesh/revision: 0c4d}, ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: api-5f7, controller: true}]}}
        - {apiVersion: v1, kind: Pod, metadata: {namespace: bank, name: api-5f7-b, labels: {pod-template-hash: 5f7, accesslog.mesh/profile: json, accesslog.mesh/revision: 0c4d}, ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: api-5f7, controller: true}]}}
        - {apiVersion: v1, kind: Pod, metadata: {namespace: bank, name: old-0}}
        - {apiVersion: v1, kind: Pod, metadata: {namespace: bank, name: done}, status: {phase: Succeeded}}
        - {apiVersion: v1, kind: Pod, metadata: {namespace: blog, name: web, labels: {accesslog.mesh/profile: json, accesslog.mesh/revision: 0c4d}}}
        - {apiVersion: v1, kind: Pod, metadata: {namespace: idle, name: web}}
        - {apiVersion: v1, kind: Pod, metadata: {namespace: idle, name: early, labels: {accesslog.mesh/profile: json, accesslog.mesh/revision: 0c4d}}}
        - {apiVersion: v1, kind: Pod, metadata: {namespace: slip, name: web}}
        - {apiVersion: gateway.networking.k8s.io/v1beta1, kind: Gateway, metadata: {namespace: bank, name: edge}, spec: {gatewayClassName: nginx}}

        """;

    private readonly TemporaryDirectory directory = new();

    public string Path => directory.Path;

    public string this[string name] => directory[name];

    public string Write(string name, string text) => directory.Write(name, text);

    /// <summary>Audits <see cref="Cluster"/>.</summary>
    public Task<Audited> AuditAsync(params string[] arguments) => AuditTextAsync(Cluster, arguments);

    public Task<Audited> AuditTextAsync(string cluster, params string[] arguments)
    {
        Write("cluster/cluster.yaml", cluster);
        return RunAsync(["--cluster", this["cluster"], .. arguments]);
    }

    /// <summary>Runs the command as the program does. Paths in what it prints are relative to the directory.</summary>
    public async Task<Audited> RunAsync(params string[] arguments)
    {
        using StringWriter output = new(), error = new();
        var parsed = new RootCommand { AuditCommand.Create() }.Parse(["audit", .. arguments]);
        var exitCode = await parsed.InvokeAsync(new InvocationConfiguration { Output = output, Error = error });
        return new Audited(parsed.Errors.Count > 0 ? ExitCodes.Usage : exitCode, Relative(output.ToString()), Relative(error.ToString()));
    }

    public void Dispose() => directory.Dispose();

    private string Relative(string text) => text.Replace($"{Path}{System.IO.Path.DirectorySeparatorChar}", "", StringComparison.Ordinal);
}
