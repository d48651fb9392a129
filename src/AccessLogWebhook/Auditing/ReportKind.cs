using System.Collections.Immutable;

namespace AccessLogWebhook.Auditing;

/// <summary>The kind of a report: all have the same fields where it matters.</summary>
internal sealed record ReportKind(string Group, string Version, string Kind, string Plural)
{
    /// <summary>The kind of the Policy Working Group (<c>wgpolicyk8s.io</c>), served at this version by all of its releases since 2021.</summary>
    public static ReportKind PolicyReport { get; } = new("wgpolicyk8s.io", "v1alpha2", "PolicyReport", "policyreports");

    /// <summary>Its successor at OpenReports.</summary>
    public static ReportKind OpenReport { get; } = new("openreports.io", "v1alpha1", "Report", "reports");

    /// <summary>Those that a cluster may serve, in the order in which they are preferred.</summary>
    public static ImmutableArray<ReportKind> All { get; } = [OpenReport, PolicyReport, PolicyReport with { Version = "v1beta1" }];

    public string ApiVersion => $"{Group}/{Version}";
}
