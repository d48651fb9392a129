using System.Collections.Immutable;
using static AccessLogWebhook.Policy.Linting.Protos.ProtoBuilding;

namespace AccessLogWebhook.Policy.Linting.Protos;

/// <summary>
/// The two resources, by their CRDs (Istio's <c>manifests/charts/base/files/crd-all.gen.yaml</c>). A CRD knows the JSON names alone, and what
/// it does not know never reaches Istio.
/// </summary>
internal static class IstioMessages
{
    private const string Selector = "Telemetry.spec.selector";
    private const string WorkloadSelector = "EnvoyFilter.spec.workloadSelector";
    private const string TargetReference = "targetRefs";
    private const string Match = "EnvoyFilter.spec.configPatches.match";
    private const string ListenerMatch = "EnvoyFilter.spec.configPatches.match.listener";
    private const string FilterChainMatch = "EnvoyFilter.spec.configPatches.match.listener.filterChain";
    private const string FilterMatch = "EnvoyFilter.spec.configPatches.match.listener.filterChain.filter";
    private const string SubFilterMatch = "EnvoyFilter.spec.configPatches.match.listener.filterChain.filter.subFilter";
    private const string ProxyMatch = "EnvoyFilter.spec.configPatches.match.proxy";
    private const string Patch = "EnvoyFilter.spec.configPatches.patch";
    private const string AccessLogging = "Telemetry.spec.accessLogging";
    private const string LogSelector = "Telemetry.spec.accessLogging.match";
    private const string LogFilter = "Telemetry.spec.accessLogging.filter";
    private const string Provider = "Telemetry.spec.accessLogging.providers";

    public static ImmutableArray<ProtoMessage> All { get; } =
    [
        Crd(ProtoTypes.EnvoyFilterSpec,
            Message("workloadSelector", WorkloadSelector), Message("targetRefs", TargetReference).List(), Unchecked("configPatches"), Number("priority")),
        Crd(WorkloadSelector, Unchecked("labels")),
        Crd(TargetReference, Text("group"), Text("kind"), Text("namespace"), Text("name")),
        Crd(ProtoTypes.ConfigPatch,
            Choice("applyTo", "LISTENER", "FILTER_CHAIN", "NETWORK_FILTER", "HTTP_FILTER", "ROUTE_CONFIGURATION", "VIRTUAL_HOST", "HTTP_ROUTE", "CLUSTER", "EXTENSION_CONFIG", "BOOTSTRAP", "LISTENER_FILTER"),
            Message("match", Match),
            Message("patch", Patch)),
        Crd(Match,
            Choice("context", "ANY", "SIDECAR_INBOUND", "SIDECAR_OUTBOUND", "GATEWAY", "WAYPOINT"),
            Message("proxy", ProxyMatch),
            Message("listener", ListenerMatch),
            Unchecked("routeConfiguration"),
            Unchecked("cluster"),
            Unchecked("waypoint")),
        Crd(ProxyMatch, Text("proxyVersion"), Unchecked("metadata")),
        Crd(ListenerMatch, Number("portNumber"), Text("portName"), Message("filterChain", FilterChainMatch), Text("listenerFilter"), Text("name")),
        Crd(FilterChainMatch,
            Text("name"), Text("sni"), Text("transportProtocol"), Text("applicationProtocols"), Message("filter", FilterMatch), Number("destinationPort"), Text("transportSocket")),
        Crd(FilterMatch, Text("name"), Message("subFilter", SubFilterMatch)),
        Crd(SubFilterMatch, Text("name")),
        // The operation is a rule of its own.
        Crd(Patch, Unchecked("operation"), Unchecked("value"), Choice("filterClass", "UNSPECIFIED", "AUTHN", "AUTHZ", "STATS")),
        Crd(ProtoTypes.TelemetrySpec,
            Message("selector", Selector), Message("targetRef", TargetReference), Message("targetRefs", TargetReference).List(),
            Unchecked("tracing"), Unchecked("metrics"), Message("accessLogging", AccessLogging).List()),
        Crd(Selector, Unchecked("matchLabels")),
        Crd(AccessLogging, Message("match", LogSelector), Message("providers", Provider).List(), Flag("disabled"), Message("filter", LogFilter)),
        Crd(LogSelector, Choice("mode", "CLIENT_AND_SERVER", "CLIENT", "SERVER")),
        Crd(LogFilter, Text("expression").Required()),
        Crd(Provider, Text("name").Required()),
    ];

    private static ProtoMessage Crd(string name, params ImmutableArray<ProtoField> fields) => new(name, fields) { IsOfCrd = true };
}
