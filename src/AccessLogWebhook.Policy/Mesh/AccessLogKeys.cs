namespace AccessLogWebhook.Policy.Mesh;

/// <summary>The label and annotation keys that this project defines.</summary>
public static class AccessLogKeys
{
    public const string Prefix = "accesslog.mesh/";

    /// <summary>Label of a workload: the profile's name.</summary>
    public const string Profile = "accesslog.mesh/profile";

    /// <summary>Label of a workload: the revision's hash, for references that this project renders.</summary>
    public const string Revision = "accesslog.mesh/revision";

    /// <summary>Annotation of a workload: the EnvoyFilter that realises the profile, <c>namespace/name</c>.</summary>
    public const string EnvoyFilter = "accesslog.mesh/envoyfilter";

    /// <summary>Annotation of a workload: the Telemetry that realises the profile, <c>namespace/name</c>.</summary>
    public const string Telemetry = "accesslog.mesh/telemetry";

    /// <summary>Annotation of a workload: the reason for which it asks to be excused.</summary>
    public const string Exempt = "accesslog.mesh/exempt";

    /// <summary>Label of a rendered resource that is no reference, though it is called as the one that it goes with.</summary>
    public const string Role = "accesslog.mesh/role";

    /// <summary>The <see cref="Role"/> of a Telemetry that switches off other loggers beside a reference.</summary>
    public const string Silencer = "silencer";

    /// <summary>Annotation of an EnvoyFilter or Telemetry: <c>true</c> where it may be taken from workloads that are logged by it.</summary>
    public const string AllowBreaking = "accesslog.mesh/allow-breaking";

    /// <summary>The annotation that names a reference of this kind.</summary>
    public static string ReferenceAnnotation(LoggingResourceKind kind) =>
        kind == LoggingResourceKind.Telemetry ? Telemetry : EnvoyFilter;
}
