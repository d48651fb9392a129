using System.Globalization;
using System.Text;

namespace AccessLogWebhook.Tests.Auditing;

/// <summary>
/// The cluster of a shop as <c>kubectl get -o yaml</c> shows it, less what nobody reads: forty services of a dozen teams, and of everything that goes wrong one.
/// </summary>
internal static class ShopCluster
{
    private const string Revision = "4be1c02d77";
    private const string Older = "91aa03f6c2";

    private static readonly (string Name, string Labels)[] Namespaces =
    [
        ("storefront", "istio-injection: enabled, accesslog.mesh/inject: json, accesslog.mesh/enforce: json"),
        ("catalog", "istio-injection: enabled, accesslog.mesh/enforce: json"),
        ("checkout", "istio.io/rev: canary, accesslog.mesh/inject: json, accesslog.mesh/warn: json"),
        ("payments", "istio-injection: enabled, accesslog.mesh/inject: pci, accesslog.mesh/enforce: pci"),
        ("search", "istio.io/dataplane-mode: ambient, istio.io/use-waypoint: waypoint, accesslog.mesh/audit: json"),
        ("recommendations", "istio.io/dataplane-mode: ambient, accesslog.mesh/audit: json"),
        ("inventory", "istio-injection: enabled, accesslog.mesh/inject: mesh, accesslog.mesh/warn: mesh"),
        ("analytics", "istio-injection: enabled, accesslog.mesh/audit: json-errors"),
        ("legacy", "istio-injection: enabled, accesslog.mesh/audit: corporate"),
        ("migration", "istio-injection: enabled, accesslog.mesh/inject: json, accesslog.mesh/audit: pci"),
        ("sandbox", "istio-injection: enabled"),
        ("preview", "istio-injection: enabled, accesslog.mesh/warn: jsn"),
        ("batch", "istio-injection: disabled, accesslog.mesh/audit: json"),
        ("ingress", "istio-injection: enabled, accesslog.mesh/inject: json, accesslog.mesh/enforce: json"),
        ("kube-system", "kubernetes.io/metadata.name: kube-system, accesslog.mesh/audit: json"),
        ("istio-system", "kubernetes.io/metadata.name: istio-system"),
    ];

    private static readonly string[] StaticPods = ["etcd", "kube-apiserver", "kube-scheduler"];

    // What most Pods of a namespace carry, and the replicas of each service; what is odd about one stands after its name.
    private static readonly (string Namespace, string Labels, string[] Services)[] Services =
    [
        ("storefront", Json, ["web", "mobile-api", "sessions", "static-assets:outdated", "banner", "reviews", "wishlist:other-reference", "seo"]),
        ("catalog", Json, ["products", "prices", "images", "categories:bare", "imports:gone"]),
        ("checkout", Json, ["cart", "orders", "shipping:no-sidecar", "vouchers", "tax:opted-out"]),
        ("payments", Pci, ["gateway-adapter", "ledger", "fraud:json", "load-generator:exempt"]),
        ("search", "", ["query", "suggest", "indexer"]),
        ("recommendations", "", ["ranking", "features"]),
        ("inventory", Mesh, ["stock", "warehouses", "suppliers:bare"]),
        ("analytics", Profile("json-errors"), ["events", "funnel:bare"]),
        ("legacy", Profile("corporate"), ["erp-bridge", "fax:host-network", "mainframe:selected"]),
        ("migration", Json, ["accounts"]),
        ("sandbox", "", ["playground", "early-bird:json"]),
        ("preview", "", ["branch-411"]),
        ("batch", Json, ["rates"]),
    ];

    private static string Json => Managed("json", Revision);

    private static string Pci => Managed("pci", Revision);

    private static string Mesh => Managed("mesh", Revision);

    /// <summary>Every file, by its path.</summary>
    public static SortedDictionary<string, string> Files()
    {
        var files = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["namespaces.yaml"] = string.Join("---\n", Namespaces.Select(each => $"apiVersion: v1\nkind: Namespace\nmetadata:\n  name: {each.Name}\n  labels: {{{each.Labels}}}\n")),
            ["profiles.yaml"] = Profiles,
            ["istio-system/references.yaml"] = References,
            ["istio-system/ztunnel.yaml"] = string.Join("---\n", Enumerable.Range(1, 3).Select(node =>
                Pod("istio-system", $"ztunnel-{node}", "{app: ztunnel}", "", "DaemonSet", "ztunnel", "istio-proxy"))),
            ["search/waypoint.yaml"] = Waypoint,
            ["ingress/gateways.yaml"] = Gateways,
            ["kube-system/static.yaml"] = string.Join("---\n", StaticPods.Select(name =>
                Pod("kube-system", $"{name}-control-1", $"{{component: {name}}}", "kubernetes.io/config.mirror: 6cd2f7", "Node", "control-1", name, hostNetwork: true))),
            ["analytics/jobs.yaml"] = Jobs,
            ["payments/database.yaml"] = string.Join("---\n", Enumerable.Range(0, 3).Select(ordinal =>
                Pod("payments", $"postgres-{ordinal}", $"{{app: postgres, {Pci}}}", $"accesslog.mesh/envoyfilter: istio-system/accesslog-pci-{Revision}", "StatefulSet", "postgres", "postgres", "istio-proxy"))),
        };
        foreach (var (@namespace, labels, services) in Services)
        {
            foreach (var service in services)
            {
                var (name, oddity) = service.Split(':') is [var before, var after] ? (before, after) : (service, "");
                files[$"{@namespace}/{name}.yaml"] = Service(@namespace, name, labels, oddity, replicas: 3 + (name.Length % 3));
            }
        }

        return files;
    }

    private static string Service(string @namespace, string name, string labels, string oddity, int replicas)
    {
        var carried = oddity switch
        {
            "bare" or "host-network" => "",
            "outdated" => Managed("json", Older),
            "gone" => Managed("json", "dead000000"),
            "json" => Json,
            "selected" => $"{labels}, log: corporate",
            _ => labels,
        };
        var also = oddity switch
        {
            "exempt" => "accesslog.mesh/exempt: makes a million requests a minute on purpose",
            "other-reference" => "accesslog.mesh/envoyfilter: istio-system/accesslog-pci-" + Revision,
            _ => "",
        };
        var hasSidecar = @namespace is not ("search" or "recommendations" or "batch") && oddity is not ("no-sidecar" or "opted-out" or "host-network");
        var hash = Hash(name);
        var text = new StringBuilder(
            $$$$"""
            apiVersion: v1
            kind: Service
            metadata: {namespace: {{{{@namespace}}}}, name: {{{{name}}}}, labels: {app: {{{{name}}}}}}
            spec:
              selector: {app: {{{{name}}}}}
              ports: [{name: http, port: 80, targetPort: 8080}]
            ---
            apiVersion: apps/v1
            kind: Deployment
            metadata: {namespace: {{{{@namespace}}}}, name: {{{{name}}}}, labels: {app: {{{{name}}}}}}
            spec:
              replicas: {{{{replicas}}}}
              selector: {matchLabels: {app: {{{{name}}}}}}
              template:
                metadata: {labels: {app: {{{{name}}}}}}
                spec:
                  containers:
                  - {name: {{{{name}}}}, image: "registry.shop.example/{{{{name}}}}:1.{{{{replicas}}}}.0", ports: [{containerPort: 8080}]}

            """.ReplaceLineEndings("\n"));
        text.Append("---\n")
            .Append(CultureInfo.InvariantCulture, $"apiVersion: apps/v1\nkind: ReplicaSet\nmetadata:\n  namespace: {@namespace}\n  name: {name}-{hash}\n  labels: {{app: {name}, pod-template-hash: {hash}}}\n")
            .Append(CultureInfo.InvariantCulture, $"  ownerReferences:\n  - {{apiVersion: apps/v1, kind: Deployment, name: {name}, controller: true, uid: {Hash(name)}}}\n")
            .Append(CultureInfo.InvariantCulture, $"spec:\n  replicas: {replicas}\n  template: {{metadata: {{labels: {{app: {name}, pod-template-hash: {hash}}}}}}}\n");
        for (var replica = 0; replica < replicas; replica++)
        {
            string[] labelled = [$"app: {name}", $"pod-template-hash: {hash}", .. carried.Length == 0 ? [] : new[] { carried }, .. oddity == "opted-out" ? ["sidecar.istio.io/inject: \"false\""] : Array.Empty<string>()];
            text.Append("---\n").Append(Pod(
                @namespace,
                $"{name}-{hash}-{Hash($"{name}{replica}")[^5..]}",
                $"{{{string.Join(", ", labelled)}}}",
                also,
                "ReplicaSet",
                $"{name}-{hash}",
                hostNetwork: oddity == "host-network",
                containers: hasSidecar ? [name, "istio-proxy"] : [name]));
        }

        return text.ToString();
    }

    private static string Pod(
        string @namespace, string name, string labels, string annotations, string ownerKind, string owner, params string[] containers) =>
        Pod(@namespace, name, labels, annotations, ownerKind, owner, false, containers);

    private static string Pod(string @namespace, string name, string labels, string annotations, string ownerKind, string owner, string container, bool hostNetwork) =>
        Pod(@namespace, name, labels, annotations, ownerKind, owner, hostNetwork, [container]);

    private static string Pod(
        string @namespace, string name, string labels, string annotations, string ownerKind, string owner, bool hostNetwork, string[] containers, string phase = "Running")
    {
        var api = ownerKind switch
        {
            "Node" => "v1",
            "Job" => "batch/v1",
            _ => "apps/v1",
        };
        var text = new StringBuilder("apiVersion: v1\nkind: Pod\nmetadata:\n")
            .Append(CultureInfo.InvariantCulture, $"  namespace: {@namespace}\n  name: {name}\n  uid: {Hash(@namespace + name)}\n  labels: {labels}\n");
        if (annotations.Length > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"  annotations:\n    {annotations}\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"  ownerReferences:\n  - {{apiVersion: {api}, kind: {ownerKind}, name: {owner}, controller: true, uid: {Hash(owner)}}}\nspec:\n");
        if (hostNetwork)
        {
            text.Append("  hostNetwork: true\n");
        }

        text.Append("  containers:\n");
        foreach (var container in containers)
        {
            text.Append(CultureInfo.InvariantCulture, $"  - {{name: {container}, image: \"{(container == "istio-proxy" ? "docker.io/istio/proxyv2:1.31.0" : $"registry.shop.example/{container}:1.4.0")}\"}}\n");
        }

        return text.Append(CultureInfo.InvariantCulture, $"status: {{phase: {phase}}}\n").ToString();
    }

    private static string Managed(string profile, string revision) => $"accesslog.mesh/profile: {profile}, accesslog.mesh/revision: {revision}";

    private static string Profile(string profile) => $"accesslog.mesh/profile: {profile}";

    // The same in every run and on every machine.
    private static string Hash(string text)
    {
        var hash = text.Aggregate(14695981039346656037UL, (sum, character) => (sum ^ character) * 1099511628211UL);
        // With a letter first, it is a text in YAML whatever follows.
        return $"d{hash.ToString("x16", CultureInfo.InvariantCulture)[^9..]}";
    }

    private static string Filter(string name, string labels, string selector) =>
        $$$$"""
        apiVersion: networking.istio.io/v1alpha3
        kind: EnvoyFilter
        metadata: {namespace: istio-system, name: {{{{name}}}}{{{{(labels.Length == 0 ? "" : $", labels: {{{labels}}}")}}}}}
        spec:
          priority: 10
          workloadSelector: {labels: {{{{{selector}}}}}}
        {{{{AccessLog("ANY")}}}}
        """.ReplaceLineEndings("\n");

    private static string AccessLog(string context) =>
        $$$$"""
          configPatches:
          - applyTo: NETWORK_FILTER
            match: {context: {{{{context}}}}, listener: {filterChain: {filter: {name: envoy.filters.network.http_connection_manager}} }}
            patch:
              operation: MERGE
              value:
                typed_config:
                  "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                  access_log:
                  - name: envoy.access_loggers.file
                    typed_config: {"@type": type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog, path: /dev/stdout}

        """.ReplaceLineEndings("\n");

    private static string References => string.Join(
        "---\n",
        new[] { ("json", Revision), ("json", Older), ("pci", Revision) }
            .Select(each => Filter($"accesslog-{each.Item1}-{each.Item2}", Managed(each.Item1, each.Item2), Managed(each.Item1, each.Item2)))
            .Append(Filter("corporate", "", "log: corporate"))
            .Append(
                $$$$"""
                apiVersion: telemetry.istio.io/v1
                kind: Telemetry
                metadata: {namespace: inventory, name: accesslog-mesh-{{{{Revision}}}}, labels: {{{{{Mesh}}}}}}
                spec:
                  selector: {matchLabels: {{{{{Mesh}}}}}}
                  accessLogging:
                  - providers: [{name: envoy}]

                """.ReplaceLineEndings("\n")));

    private const string Profiles =
        $$$$"""
        apiVersion: accesslog.mesh/v1alpha1
        kind: AccessLogProfile
        metadata: {name: json}
        spec:
          format: {json: {preset: istio}}
        status: {revision: {{{{Revision}}}}}
        ---
        apiVersion: accesslog.mesh/v1alpha1
        kind: AccessLogProfile
        metadata: {name: pci}
        spec:
          format: {json: {preset: istio, omit: [user_agent, x_forwarded_for]}}
          allowExempt: true
          requireProxy: true
        status: {revision: {{{{Revision}}}}}
        ---
        apiVersion: accesslog.mesh/v1alpha1
        kind: AccessLogProfile
        metadata: {name: mesh}
        spec:
          backend: Telemetry
          output: {provider: envoy}
        status: {revision: {{{{Revision}}}}}
        ---
        apiVersion: accesslog.mesh/v1alpha1
        kind: AccessLogProfile
        metadata: {name: corporate}
        spec:
          envoyFilterRef: {namespace: istio-system, name: corporate}

        """;

    private static string Waypoint =>
        $$$$"""
        apiVersion: gateway.networking.k8s.io/v1
        kind: Gateway
        metadata:
          namespace: search
          name: waypoint
          annotations: {accesslog.mesh/envoyfilter: search/accesslog-json-{{{{Revision}}}}-waypoint}
        spec:
          gatewayClassName: istio-waypoint
          listeners: [{name: mesh, port: 15008, protocol: HBONE}]
        ---
        apiVersion: networking.istio.io/v1alpha3
        kind: EnvoyFilter
        metadata: {namespace: search, name: accesslog-json-{{{{Revision}}}}-waypoint, labels: {{{{{Json}}}}}}
        spec:
          targetRefs: [{group: gateway.networking.k8s.io, kind: Gateway, name: waypoint}]
        {{{{AccessLog("SIDECAR_INBOUND")}}}}---

        """.ReplaceLineEndings("\n")
        + Pod("search", "waypoint-6d9f4", "{gateway.networking.k8s.io/gateway-name: waypoint, gateway.istio.io/managed: istio.io-mesh-controller}", "", "ReplicaSet", "waypoint-6d9f4", "istio-proxy");

    private static string Gateways
    {
        get
        {
            var text = new StringBuilder();
            foreach (var (name, selector, reference) in new[]
                     {
                         ("public", "istio: ingressgateway", Revision), ("partners", "istio: ingressgateway", ""), ("nobody", "istio: nowhere", Revision), ("callbacks", "istio: bare-gateway", Revision),
                     })
            {
                var annotations = reference.Length == 0 ? "" : $", annotations: {{accesslog.mesh/envoyfilter: istio-system/accesslog-json-{reference}}}";
                text.Append("apiVersion: networking.istio.io/v1\nkind: Gateway\n")
                    .Append(CultureInfo.InvariantCulture, $"metadata: {{namespace: ingress, name: {name}{annotations}}}\n")
                    .Append(CultureInfo.InvariantCulture, $"spec:\n  selector: {{{selector}}}\n  servers: [{{hosts: [\"{name}.shop.example\"], port: {{number: 443, name: https, protocol: HTTPS}}}}]\n---\n");
            }

            foreach (var (name, @class, labels) in new[] { ("edge", "istio", Json), ("edge-canary", "istio", ""), ("old-edge", "nginx", Json), ("agents", "istio-agentgateway", Json) })
            {
                text.Append("apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\n")
                    .Append(CultureInfo.InvariantCulture, $"metadata: {{namespace: ingress, name: {name}{(labels.Length == 0 ? "" : $", labels: {{{labels}}}")}}}\n")
                    .Append(CultureInfo.InvariantCulture, $"spec:\n  gatewayClassName: {@class}\n  listeners: [{{name: http, port: 80, protocol: HTTP}}]\n---\n");
            }

            foreach (var (app, labels) in new[] { ("ingressgateway", $"istio: ingressgateway, {Json}"), ("bare-gateway", "istio: bare-gateway") })
            {
                for (var replica = 0; replica < 2; replica++)
                {
                    text.Append(Pod("ingress", $"{app}-7c5d-{replica}", $"{{app: {app}, pod-template-hash: 7c5d, {labels}}}", "", "ReplicaSet", $"{app}-7c5d", "istio-proxy")).Append("---\n");
                }
            }

            return text.Append(Pod(
                "ingress", "edge-istio-5f6b-0", $"{{pod-template-hash: 5f6b, gateway.networking.k8s.io/gateway-name: edge, gateway.istio.io/managed: istio.io-gateway-controller, {Json}}}", "", "ReplicaSet", "edge-istio-5f6b", "istio-proxy")).ToString();
        }
    }

    private static string Jobs
    {
        get
        {
            var text = new StringBuilder();
            foreach (var (job, phase) in new[] { ("report-29400120", "Succeeded"), ("report-29400180", "Failed"), ("report-29400240", "Running"), ("backfill", "Running") })
            {
                text.Append(text.Length == 0 ? "" : "---\n")
                    .Append(Pod("analytics", $"{job}-x7k2p", $"{{job-name: {job}, {Profile("json-errors")}}}", "", "Job", job, false, ["report", "istio-proxy"], phase));
            }

            return text.ToString();
        }
    }
}
