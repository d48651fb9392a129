using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using AccessLogWebhook.Policy.Decisions;
using AccessLogWebhook.Policy.Json;
using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Policy.Workloads;

namespace AccessLogWebhook.Auditing;

/// <summary>What a report says of the workloads of one owner.</summary>
/// <param name="Rule">The reason.</param>
/// <param name="Result"><c>pass</c>, <c>fail</c>, <c>warn</c>, <c>error</c> or <c>skip</c>.</param>
/// <param name="Severity">Null where there is nothing to weigh.</param>
internal sealed record ReportResult(string Profile, string Rule, string Result, string? Severity, WorkloadOwner Owner, string Verdict, string? Mode, int Workloads, string Message)
{
    public const string Source = "accesslog";

    /// <summary>How those are put right that came in while the webhook was not reached; empty where none did.</summary>
    public string Repair { get; init; } = "";

    /// <summary>Whether it is not known that they still run.</summary>
    public bool MayHaveEnded { get; init; }

    public void Write(Utf8JsonWriter json, string @namespace)
    {
        json.WriteStartObject();
        json.WriteString("source"u8, Source);
        json.WriteString("category"u8, "Access logging"u8);
        json.WriteString("policy"u8, Profile);
        json.WriteString("rule"u8, Rule);
        json.WriteString("result"u8, Result);
        if (Severity is not null)
        {
            json.WriteString("severity"u8, Severity);
        }

        json.WriteBoolean("scored"u8, Result is not "skip");
        json.WriteString("message"u8, Message);
        json.WriteStartArray("resources"u8);
        json.WriteStartObject();
        json.WriteString("apiVersion"u8, Owner.ApiVersion);
        json.WriteString("kind"u8, Owner.Kind);
        json.WriteString("namespace"u8, @namespace);
        json.WriteString("name"u8, Owner.Name);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteStartObject("properties"u8);
        json.WriteString("verdict"u8, Verdict);
        if (Mode is not null)
        {
            json.WriteString("mode"u8, Mode);
        }

        json.WriteString("workloads"u8, Workloads.ToString(CultureInfo.InvariantCulture));
        if (MayHaveEnded)
        {
            json.WriteString("ended"u8, "unknown"u8);
        }

        if (Repair.Length > 0)
        {
            json.WriteString("repair"u8, Repair);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }
}

/// <summary>The workloads of a namespace as a report that clusters keep and dashboards read; several where one would be too large for an object.</summary>
internal sealed record NamespaceReport(string Namespace, string Name, ImmutableArray<ReportResult> Results)
{
    /// <param name="replaced">The object that this is to take the place of, and no other or later one; null for one that there is none of.</param>
    public void Write(Utf8JsonWriter json, ReportKind kind, (string Uid, string ResourceVersion)? replaced = null)
    {
        json.WriteStartObject();
        json.WriteString("apiVersion"u8, kind.ApiVersion);
        json.WriteString("kind"u8, kind.Kind);
        json.WriteStartObject("metadata"u8);
        json.WriteString("name"u8, Name);
        json.WriteString("namespace"u8, Namespace);
        if (replaced is { } old)
        {
            json.WriteString("uid"u8, old.Uid);
            json.WriteString("resourceVersion"u8, old.ResourceVersion);
        }

        json.WriteStartObject("labels"u8);
        json.WriteString(MeshKeys.ManagedBy, MeshKeys.ManagedByThis);
        json.WriteEndObject();
        json.WriteEndObject();
        if (kind == ReportKind.OpenReport)
        {
            json.WriteString("source"u8, ReportResult.Source);
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
            result.Write(json, Namespace);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}

/// <summary>An audit as reports, a result for each owner and reason. Pure and in a fixed order: equal audits are equal reports, which need not be written again.</summary>
internal static class PolicyReports
{
    public const string Name = "accesslog";

    // An object is at most 1.5 MiB in etcd; a third of it keeps dashboards and kubectl quick, and leaves room for what others make of it.
    private const int MostResults = 500;
    private const int MostBytes = 500_000;
    private const int LongestMessage = 1_000;

    // A report must name a policy, and none was asked for.
    private const string NoProfile = "none";

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="name">Of the first of a namespace; the others have a number after it, from 2.</param>
    public static IEnumerable<NamespaceReport> Of(IEnumerable<AuditRow> rows, string name = Name) =>
        from ofNamespace in rows.GroupBy(row => row.Namespace, StringComparer.Ordinal).OrderBy(each => each.Key, StringComparer.Ordinal)
        from part in Parts(ofNamespace.Key, AuditGroups.ByOwner(ofNamespace).Select(ResultOf)).Select((results, index) => (results, index))
        select new NamespaceReport(ofNamespace.Key, part.index == 0 ? name : FormattableString.Invariant($"{name}-{part.index + 1}"), part.results);

    private static IEnumerable<ImmutableArray<ReportResult>> Parts(string @namespace, IEnumerable<ReportResult> results)
    {
        var part = ImmutableArray.CreateBuilder<ReportResult>();
        var bytes = 0;
        var buffer = new ArrayBufferWriter<byte>();
        foreach (var result in results)
        {
            buffer.ResetWrittenCount();
            using (var json = new Utf8JsonWriter(buffer, Options))
            {
                result.Write(json, @namespace);
            }

            if (part.Count == MostResults || (part.Count > 0 && bytes + buffer.WrittenCount > MostBytes))
            {
                yield return part.DrainToImmutable();
                bytes = 0;
            }

            part.Add(result);
            bytes += buffer.WrittenCount + 1;
        }

        if (part.Count > 0)
        {
            yield return part.DrainToImmutable();
        }
    }

    private static ReportResult ResultOf(OwnerGroup group)
    {
        var row = group.First;
        var (result, severity) = Weigh(row);

        // By the owner's name: that of one Pod is another's after the next rollout, with nothing else changed.
        var message = $"{row.Owner.Kind} {row.Namespace}/{row.Owner.Name} {row.Explanation}";
        return new ReportResult(
            Excerpt.Of(row.Profile ?? NoProfile),
            row.Reason,
            result,
            severity,
            row.Owner,
            row.Verdict.Name,
            row.Mode is { } mode ? Modes.NameOf(mode) : null,
            group.Count,
            Excerpt.Of(group.Repair.Length == 0 ? message : $"{message} It came in while the webhook was not reached; to put it right: {group.Repair}", LongestMessage))
        {
            Repair = group.Repair,
            MayHaveEnded = row.MayHaveEnded,
        };
    }

    private static (string Result, string? Severity) Weigh(AuditRow row) => row.Verdict.Name switch
    {
        "Logged" => ("pass", null),
        "Outdated" => ("warn", "low"),
        "Duplicated" => ("warn", "medium"),
        "Inert" => row.RefusedByEnforce ? ("fail", "medium") : ("warn", "low"),
        "Exempt" or "NotAsked" => ("skip", null),
        "Dangling" => ("fail", "high"),
        "Unknown" => ("error", row.Reason == nameof(ReasonCode.MetadataOnly) ? "low" : "medium"),
        _ => ("fail", "medium"),
    };
}
