using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using AccessLogWebhook.Policy.Decisions;
using AccessLogWebhook.Policy.Json;
using AccessLogWebhook.Policy.Mesh;

namespace AccessLogWebhook.Auditing;

/// <summary>The kind of a report: both have the same fields where it matters.</summary>
internal sealed record ReportKind(string ApiVersion, string Kind)
{
    /// <summary>The kind of the Policy Working Group (<c>wgpolicyk8s.io</c>), served at this version by all of its releases since 2021.</summary>
    public static ReportKind PolicyReport { get; } = new("wgpolicyk8s.io/v1alpha2", "PolicyReport");

    /// <summary>Its successor at OpenReports.</summary>
    public static ReportKind OpenReport { get; } = new("openreports.io/v1alpha1", "Report");
}

/// <summary>What a report says of the workloads of one owner.</summary>
/// <param name="Rule">The reason.</param>
/// <param name="Result"><c>pass</c>, <c>fail</c>, <c>warn</c>, <c>error</c> or <c>skip</c>.</param>
/// <param name="Severity">Null where there is nothing to weigh.</param>
internal sealed record ReportResult(string Profile, string Rule, string Result, string? Severity, WorkloadOwner Owner, string Verdict, string? Mode, int Workloads, string Message);

/// <summary>The workloads of a namespace as a report that clusters keep and dashboards read; several where one would be too large for an object.</summary>
internal sealed record NamespaceReport(string Namespace, string Name, ImmutableArray<ReportResult> Results)
{
    private const string Source = "accesslog";

    public void Write(Utf8JsonWriter json, ReportKind kind)
    {
        json.WriteStartObject();
        json.WriteString("apiVersion"u8, kind.ApiVersion);
        json.WriteString("kind"u8, kind.Kind);
        json.WriteStartObject("metadata"u8);
        json.WriteString("name"u8, Name);
        json.WriteString("namespace"u8, Namespace);
        json.WriteStartObject("labels"u8);
        json.WriteString(MeshKeys.ManagedBy, MeshKeys.ManagedByThis);
        json.WriteEndObject();
        json.WriteEndObject();
        if (kind == ReportKind.OpenReport)
        {
            json.WriteString("source"u8, Source);
        }

        json.WriteStartObject("summary"u8);
        foreach (var result in (ReadOnlySpan<string>)["pass", "fail", "warn", "error", "skip"])
        {
            json.WriteNumber(result, Results.Count(each => each.Result == result));
        }

        json.WriteEndObject();
        json.WriteStartArray("results"u8);
        foreach (var result in Results)
        {
            Write(json, result);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private void Write(Utf8JsonWriter json, ReportResult result)
    {
        json.WriteStartObject();
        json.WriteString("source"u8, Source);
        json.WriteString("category"u8, "Access logging"u8);
        json.WriteString("policy"u8, result.Profile);
        json.WriteString("rule"u8, result.Rule);
        json.WriteString("result"u8, result.Result);
        if (result.Severity is { } severity)
        {
            json.WriteString("severity"u8, severity);
        }

        json.WriteBoolean("scored"u8, result.Result is not "skip");
        json.WriteString("message"u8, result.Message);
        json.WriteStartArray("resources"u8);
        json.WriteStartObject();
        json.WriteString("apiVersion"u8, result.Owner.ApiVersion);
        json.WriteString("kind"u8, result.Owner.Kind);
        json.WriteString("namespace"u8, Namespace);
        json.WriteString("name"u8, result.Owner.Name);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteStartObject("properties"u8);
        json.WriteString("verdict"u8, result.Verdict);
        if (result.Mode is { } mode)
        {
            json.WriteString("mode"u8, mode);
        }

        json.WriteString("workloads"u8, result.Workloads.ToString(CultureInfo.InvariantCulture));
        json.WriteEndObject();
        json.WriteEndObject();
    }
}

/// <summary>An audit as reports, a result for each owner and reason. Pure and in a fixed order: equal audits are equal reports, which need not be written again.</summary>
internal static class PolicyReports
{
    public const string Name = "accesslog";

    // An object is at most 1.5 MiB in etcd, and a result at most 2 KiB by the lengths below.
    private const int MostResults = 500;
    private const int LongestMessage = 1_000;

    // A report must name a policy, and none was asked for.
    private const string NoProfile = "none";

    public static IEnumerable<NamespaceReport> Of(IEnumerable<AuditRow> rows) =>
        from ofNamespace in rows.GroupBy(row => row.Namespace, StringComparer.Ordinal).OrderBy(each => each.Key, StringComparer.Ordinal)
        from report in AuditGroups.ByOwner(ofNamespace).Select(ResultOf).Chunk(MostResults).Select((results, index) => (results, index))
        select new NamespaceReport(ofNamespace.Key, report.index == 0 ? Name : FormattableString.Invariant($"{Name}-{report.index + 1}"), [.. report.results]);

    private static ReportResult ResultOf(OwnerGroup group)
    {
        var row = group.First;
        var (result, severity) = Weigh(row);
        return new ReportResult(
            Excerpt.Of(row.Profile ?? NoProfile),
            row.Reason,
            result,
            severity,
            row.Owner,
            row.Verdict.Name,
            row.Mode is { } mode ? Modes.NameOf(mode) : null,
            group.Count,
            Excerpt.Of(row.Message, LongestMessage));
    }

    private static (string Result, string? Severity) Weigh(AuditRow row) => row.Verdict.Name switch
    {
        "Logged" => ("pass", null),
        "Outdated" => ("warn", "low"),
        "Duplicated" => ("warn", "medium"),
        "Inert" => row.RefusedByEnforce ? ("fail", "medium") : ("warn", "low"),
        "Exempt" or "NotAsked" => ("skip", null),
        "Dangling" => ("fail", "high"),
        "Unknown" => ("error", "medium"),
        _ => ("fail", "medium"),
    };
}
