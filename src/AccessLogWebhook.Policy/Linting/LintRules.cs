using System.Collections.Immutable;
using static AccessLogWebhook.Policy.Linting.LintSeverity;

namespace AccessLogWebhook.Policy.Linting;

/// <summary>All rules. An id keeps its meaning; one that is given up leaves a gap.</summary>
public static class LintRules
{
    // Patches: what Istio makes of an EnvoyFilter before a proxy sees it.
    public static LintRule UnknownOperation { get; } = new(
        "AL001", "unknown-operation", Error, "The patch has no operation, or one that Istio does not have.", "Use MERGE to add an access log to a filter or a listener.");

    public static LintRule IncompletePatch { get; } = new(
        "AL002", "incomplete-patch", Error, "The patch lacks applyTo, patch or value, and Istio refuses it.", "Complete the patch.");

    public static LintRule MismatchedMatch { get; } = new(
        "AL003", "mismatched-match", Error, "The match does not fit the applyTo, and Istio refuses it.", "Match by listener.filterChain.filter.name.");

    public static LintRule MergeWithoutFilterName { get; } = new(
        "AL004", "merge-without-filter-name", Error,
        "A MERGE into NETWORK_FILTER or HTTP_FILTER that names no filter meets one of another type, and istiod gives up all patches of these listeners, others' too.",
        "Name the filter in match.listener.filterChain.filter.name.");

    public static LintRule MergeTypeMismatch { get; } = new(
        "AL005", "merge-type-mismatch", Error, "The value is of another type than the filter it is merged into, and istiod gives up all patches of these listeners.",
        "Let the @type be that of the matched filter.");

    public static LintRule IneffectiveOperation { get; } = new(
        "AL006", "ineffective-operation", Warning, "Istio takes the operation for this applyTo, but does nothing.", "Use MERGE.");

    public static LintRule DeprecatedFilterName { get; } = new(
        "AL007", "deprecated-filter-name", Warning, "The match has a filter's old name, and matches nothing.", "Use the name of today, envoy.filters.….");

    public static LintRule WaypointContext { get; } = new(
        "AL008", "waypoint-context", Warning, "Istio takes the context WAYPOINT, but applies such patches nowhere.",
        "Use targetRefs and the context SIDECAR_INBOUND: so waypoints are patched.");

    public static LintRule IgnoredMatch { get; } = new(
        "AL009", "ignored-match", Warning, "A match on a filter has no effect with LISTENER or FILTER_CHAIN.", "Remove it, or patch NETWORK_FILTER.");

    public static LintRule IncompleteReplacement { get; } = new(
        "AL010", "incomplete-replacement", Error, "REPLACE puts the value in the filter's place, and the value is not a whole filter: Envoy rejects the listener.",
        "Use MERGE, which adds the access log to the filter that Istio makes.");

    public static LintRule WholeReplacement { get; } = new(
        "AL011", "whole-replacement", Warning, "REPLACE takes away all that Istio has in the filter: routes, HTTP filters, and Istio's own access log.",
        "Use MERGE, which adds the access log to the filter that Istio makes.");

    public static LintRule RemovedFilter { get; } = new(
        "AL012", "removed-filter", Error, "REMOVE takes the filter away that ends the chain, and its traffic is lost.",
        "Remove the patch. To silence Istio's own access log, use a Telemetry with providers: [{name: envoy}], disabled: true.");

    public static LintRule SecondFilter { get; } = new(
        "AL013", "second-filter", Error, "The patch inserts a second filter that ends the chain: Envoy rejects the listener.", "Use MERGE, which adds the access log to the filter that is there.");

    public static LintRule PinnedVersion { get; } = new(
        "AL014", "pinned-version", Note, "The match pins a version of the proxy, so that the access log ends with the next upgrade.", "Remove match.proxy.proxyVersion.");

    public static LintRule OverlongVersion { get; } = new(
        "AL015", "overlong-version", Warning, "A proxyVersion of more than 1024 characters matches no proxy.", "Shorten it, or remove it.");

    // What is in a value: the messages of protobuf.
    public static LintRule OldType { get; } = new(
        "AL016", "v2-type", Error, "The type is of Envoy's v2 API, which Istio refuses and Envoy no longer has.", "Use the v3 type.");

    public static LintRule UnusableType { get; } = new(
        "AL017", "unusable-type", Error, "The @type is missing, misspelt, or that of something else.", "Give typed_config the @type of an access logger.");

    public static LintRule NameOfAnotherType { get; } = new(
        "AL018", "name-of-another-type", Note, "The name is that of another type than the @type; Envoy goes by the @type.", "Give the name that belongs to the @type.");

    public static LintRule UnknownField { get; } = new(
        "AL019", "unknown-field", Warning, "There is no such field, and it is dropped without a word.", "Correct the spelling, or put it where it belongs.");

    public static LintRule WrongType { get; } = new(
        "AL020", "wrong-type", Error, "The value is of a type that the field does not take, and Istio refuses it.", "Give a value of the field's type.");

    public static LintRule ConflictingFields { get; } = new(
        "AL021", "conflicting-fields", Error, "Two fields are set of which only one may be, and Istio refuses it.", "Keep one of them.");

    public static LintRule MissingField { get; } = new(
        "AL022", "missing-field", Error, "A field is missing without which Envoy, or Istio, rejects the whole.", "Add the field.");

    public static LintRule InvalidValue { get; } = new(
        "AL023", "invalid-value", Error, "The value is none of those that the field takes, and Istio or Envoy rejects it.", "Use one of the values.");

    // Loggers: what an access log does.
    public static LintRule MissingPath { get; } = new(
        "AL024", "missing-path", Error, "A FileAccessLog has no path: Envoy rejects the listener.", "Add path: /dev/stdout.");

    public static LintRule EmptyFilter { get; } = new(
        "AL025", "empty-filter", Error, "A filter of an access log says nothing: Envoy rejects the listener.", "Remove the filter, or complete it.");

    public static LintRule DeprecatedFormat { get; } = new(
        "AL026", "deprecated-format", Note, "The field for the format is deprecated.", "Use log_format with json_format or text_format_source.");

    public static LintRule NoLineBreak { get; } = new(
        "AL027", "no-line-break", Warning, "A text format does not end in a line break, so that all entries run together in one line.", "End the format in \\n.");

    public static LintRule OwnFile { get; } = new(
        "AL028", "own-file", Note, "The log goes to a file inside of the proxy's container, which nobody collects or rotates, and whose file system is read-only by default.",
        "Write to /dev/stdout.");

    public static LintRule HttpFilterOfConnections { get; } = new(
        "AL029", "http-filter-of-connections", Warning, "The filter looks at HTTP, but the log is of connections: it never passes.",
        "Use response_flag_filter or duration_filter.");

    public static LintRule NothingPasses { get; } = new(
        "AL030", "nothing-passes", Warning, "The filter lets nothing pass.", "Give runtime_filter a percent_sampled above 0.");

    public static LintRule UnfilteredListener { get; } = new(
        "AL031", "unfiltered-listener", Warning, "A listener's access log without a filter logs each connection again that a filter of the chain logs already.",
        "Add filter: {response_flag_filter: {flags: [NR]}}, as Istio does for its own.");

    public static LintRule TunnelHops { get; } = new(
        "AL032", "tunnel-hops", Note, "The patch reaches the listeners of HBONE tunnels too: where ambient or HBONE is on, a request has a line for each hop of the tunnel.",
        "Give a context and match.listener.name or portNumber, or filter the log.");

    public static LintRule OtherProtocol { get; } = new(
        "AL033", "other-protocol", Note, "The gRPC access logger is the one for the other protocol.", "Use HttpGrpcAccessLogConfig for HTTP and TcpGrpcAccessLogConfig for TCP.");

    public static LintRule InvisibleCluster { get; } = new(
        "AL034", "invisible-cluster", Note, "Gateways and waypoints may not be sent the cluster that the log goes to, since no route of theirs leads there.",
        "Annotate the EnvoyFilter envoyfilter.istio.io/referenced-services: NAMESPACE/HOST.");

    // Formats.
    public static LintRule BadFormat { get; } = new(
        "AL035", "bad-format", Error, "The format has a fault: Envoy rejects the whole listener.", "Correct the format.");

    public static LintRule MissingFormatter { get; } = new(
        "AL036", "missing-formatter", Error, "A command operator needs a formatter extension that the access log does not list: Envoy rejects the listener.",
        "Add the extension to formatters.");

    public static LintRule HttpOperators { get; } = new(
        "AL037", "http-operators", Note, "The log is of connections, and has command operators of HTTP, which print \"-\" there.", "Leave them out of this format.");

    public static LintRule Secrets { get; } = new(
        "AL038", "secrets", Warning, "The log has a credential in it.", "Leave it out.");

    public static LintRule PersonalText { get; } = new(
        "AL039", "personal-text", Note, "The log has text of users in it, such as query strings.", "Leave it out, or use REQ_WITHOUT_QUERY, where that matters.");

    // Selection.
    public static LintRule SelectorAndTarget { get; } = new(
        "AL040", "selector-and-target", Error, "A selector and targetRefs exclude each other: the API server refuses them.", "Keep one of them.");

    public static LintRule EmptySelector { get; } = new(
        "AL041", "empty-selector", Warning, "The selector has no labels, and so selects everything.", "Give it labels, or remove it.");

    public static LintRule Wildcard { get; } = new(
        "AL042", "wildcard", Error, "A selector has no wildcards and no empty keys: Istio refuses it.", "Name the label in full.");

    public static LintRule SelectsNoPod { get; } = new(
        "AL043", "selects-no-pod", Note, "No Pod of the cluster has these labels today.", "Check the labels.");

    public static LintRule PodsElsewhere { get; } = new(
        "AL044", "pods-elsewhere", Warning, "The Pods with these labels are in namespaces that it does not reach.", "Move an EnvoyFilter to the root namespace; a Telemetry to the Pods' own.");

    public static LintRule SelectorForWaypoint { get; } = new(
        "AL045", "selector-for-waypoint", Warning, "Waypoints ignore selectors.", "Use targetRefs.");

    public static LintRule SelectorForGateway { get; } = new(
        "AL046", "selector-for-gateway", Note, "A Gateway of the Gateway API is reached by a selector only while istiod's ENABLE_SELECTOR_BASED_K8S_GATEWAY_POLICY is on.", "Use targetRefs.");

    public static LintRule UselessTarget { get; } = new(
        "AL047", "useless-target", Warning, "A targetRef never matches.", "Name a Gateway, Service or ServiceEntry of the same namespace, or from the root namespace the GatewayClass istio-waypoint.");

    public static LintRule TargetElsewhere { get; } = new(
        "AL048", "target-elsewhere", Warning, "The Gateway of a targetRef is in another namespace, where it is not reached.", "Move the resource to the Gateway's namespace.");

    public static LintRule RootTarget { get; } = new(
        "AL049", "root-target", Note, "In the root namespace, too, a targetRef reaches Gateways of that namespace only.", "Put the resource beside the Gateway.");

    public static LintRule ContextOfNoTarget { get; } = new(
        "AL050", "context-of-no-target", Warning, "The targets are waypoints, and the context GATEWAY does not match them.", "Use the context SIDECAR_INBOUND.");

    public static LintRule StableChannel { get; } = new(
        "AL051", "stable-channel", Note, "Where Istio is installed with stableValidationPolicy, this is refused for its label istio.io/rev.",
        "Remove the label, or use a Telemetry without a filter.");

    // Doubled lines.
    public static LintRule DoubledLines { get; } = new(
        "AL052", "doubled-lines", Warning, "Another resource logs to the same place for the same proxies: each request has several lines.", "Keep one of them.");

    public static LintRule PossiblyDoubled { get; } = new(
        "AL053", "possibly-doubled", Note, "Another resource logs for the same proxies, and may write to the same place.", "Look whether there are two lines for a request, and keep one of the resources.");

    public static LintRule DoubledWithin { get; } = new(
        "AL054", "doubled-within", Warning, "Two access logs of this EnvoyFilter log the same to the same place.", "Remove one of them.");

    // Telemetries.
    public static LintRule DisabledWithoutProvider { get; } = new(
        "AL055", "disabled-without-provider", Warning, "Without providers, disabled: true is about meshConfig.defaultProviders, and has no effect on a log that accessLogFile switches on.",
        "Name the provider: providers: [{name: envoy}].");

    public static LintRule WithoutProvider { get; } = new(
        "AL056", "without-provider", Note, "Without providers, it needs meshConfig.defaultProviders.accessLogging, or does nothing.", "Name the provider: providers: [{name: envoy}].");

    public static LintRule SecondOfNamespace { get; } = new(
        "AL057", "second-of-namespace", Warning, "Istio uses one Telemetry without a selector in each namespace, the oldest.", "Put them together into one.");

    public static LintRule SameWorkload { get; } = new(
        "AL058", "same-workload", Warning, "Two Telemetries select the same workload, and which one counts is a matter of their age.", "Put them together into one.");

    public static LintRule RootTelemetry { get; } = new(
        "AL059", "root-telemetry", Warning, "A Telemetry with a selector or targetRefs reaches workloads of its own namespace only, in the root namespace too.",
        "Put one into each namespace, or remove the selector to have it for the whole mesh.");

    public static LintRule ServerModeOfGateway { get; } = new(
        "AL060", "server-mode-of-gateway", Warning, "A gateway is a CLIENT to Istio, and the mode SERVER never applies to it.", "Use the mode CLIENT, or none.");

    public static LintRule NewerProxy { get; } = new(
        "AL061", "newer-proxy", Note, "A command operator is known to newer proxies only; an older one rejects the listener.", "Make sure that no older proxy is left.");

    public static LintRule NamelessMergeOfGateway { get; } = new(
        "AL062", "nameless-merge-of-gateway", Warning,
        "A MERGE into a gateway's NETWORK_FILTER that names no filter works for as long as all its filters are of one type; then istiod gives up all patches of these listeners.",
        "Name the filter in match.listener.filterChain.filter.name.");

    public static ImmutableArray<LintRule> All { get; } =
    [
        UnknownOperation, IncompletePatch, MismatchedMatch, MergeWithoutFilterName, MergeTypeMismatch, IneffectiveOperation, DeprecatedFilterName, WaypointContext,
        IgnoredMatch, IncompleteReplacement, WholeReplacement, RemovedFilter, SecondFilter, PinnedVersion, OverlongVersion,
        OldType, UnusableType, NameOfAnotherType, UnknownField, WrongType, ConflictingFields, MissingField, InvalidValue,
        MissingPath, EmptyFilter, DeprecatedFormat, NoLineBreak, OwnFile, HttpFilterOfConnections, NothingPasses, UnfilteredListener, TunnelHops, OtherProtocol, InvisibleCluster,
        BadFormat, MissingFormatter, HttpOperators, Secrets, PersonalText,
        SelectorAndTarget, EmptySelector, Wildcard, SelectsNoPod, PodsElsewhere, SelectorForWaypoint, SelectorForGateway, UselessTarget, TargetElsewhere, RootTarget,
        ContextOfNoTarget, StableChannel,
        DoubledLines, PossiblyDoubled, DoubledWithin,
        DisabledWithoutProvider, WithoutProvider, SecondOfNamespace, SameWorkload, RootTelemetry, ServerModeOfGateway,
        NewerProxy, NamelessMergeOfGateway,
    ];
}
