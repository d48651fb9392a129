namespace AccessLogWebhook.Policy.Decisions;

/// <summary>
/// Why a request was answered as it was. One per outcome, "did nothing" included: it is the metric's label, the audit annotation,
/// the log's key and what tests assert, so a name is never reused for another meaning.
/// </summary>
public enum ReasonCode
{
    // Not judged.
    NotRequested,
    OperationNotJudged,
    SubresourceNotJudged,
    KindNotMutated,
    UpdateNotMutated,
    BeingDeleted,

    // Exempt.
    ExemptNamespace,
    ExemptUser,
    ExemptRuntimeClass,
    ExemptAnnotation,

    // Inert.
    MirrorPod,
    HostNetwork,
    InjectionOptedOut,
    SystemNamespace,
    NamespaceInjectionDisabled,
    NamespaceNotInjected,
    AmbientWithoutWaypoint,
    Ztunnel,
    WaypointWithoutTargetRefs,
    GatewayClassNotIstio,
    GatewayClassNotEnvoy,
    GatewayClassRemote,
    GatewayNotManaged,
    GatewayWithoutPods,
    ProxyNotLogged,
    ProxyAbsent,

    // Logged.
    Conforms,
    ReachedByTargetRefs,
    WaypointReached,

    // Outdated.
    OlderRevision,

    // Missing.
    NoProfileLabel,
    NoReferenceAnnotation,
    InfrastructureLabelsFull,

    // Conflicting.
    OtherProfile,
    OtherReference,
    SelectorLabelTaken,

    // Dangling.
    ReferenceNotFound,
    RevisionNotFound,
    ReferenceNotRendered,
    ReferenceDoesNotSelect,
    ReferenceOutOfReach,
    GatewayPodsNotSelected,
    ReferenceLogsNothing,
    ReferenceSilenced,

    // Duplicated.
    DoubledLines,

    // Changed.
    Injected,
    ProfileReplaced,
    RevisionReplaced,

    // Grandfathered: the update did not make it worse.
    UpdateToleratedAsBefore,

    // The label asks for what cannot be had.
    UnknownProfile,
    InvalidProfile,

    // Nothing but the metadata is known, and they do not tell.
    MetadataOnly,

    // Namespaces.
    NamespaceLabelsValid,
    NamespaceLabelsUnchanged,
    UnknownMode,

    // Profiles, EnvoyFilters and Telemetries.
    ProfileValid,
    ProfileInUse,
    ProfileUnused,
    SpecUnchanged,
    NotAccessLogging,
    ReferenceInUse,
    ReferenceUnused,
    LintClean,
    LintWarning,
    LintError,

    // Faults of ours.
    NamespaceUnavailable,
    ClusterNotSynced,
    InternalFault,
}
