using System.Collections.Immutable;
using AccessLogWebhook.Policy.Linting.Protos;

namespace AccessLogWebhook.Policy.Linting.EnvoyFilters;

/// <summary>
/// Looks for access logs wherever in a value they may be: a filter inside a filter chain inside a listener, a matcher's action. Also for
/// what was meant to be one: a misspelt list, the type of a sink where none is taken.
/// </summary>
internal sealed class AccessLogSearch
{
    /// <summary>
    /// How deep it is looked. A listener's JSON format in a nested matcher has under thirty levels; what the API server takes (ten thousand)
    /// would be more than a stack holds.
    /// </summary>
    public const int Deepest = 100;

    private readonly ImmutableArray<AccessLogEntry>.Builder logs = ImmutableArray.CreateBuilder<AccessLogEntry>();
    private bool hasTraces;

    private AccessLogSearch()
    {
    }

    public static (ImmutableArray<AccessLogEntry> Logs, bool HasTraces) In(Field? value, string applyTo)
    {
        var search = new AccessLogSearch();
        if (value is not null)
        {
            search.Visit(value, ProtoTypes.RootOf(applyTo) ?? "");
        }

        return (search.logs.ToImmutable(), search.hasTraces || search.logs.Count > 0);
    }

    /// <param name="type">The message that it is in; empty where that is not known.</param>
    private void Visit(Field field, string type)
    {
        if (field["@type"]?.Text is { } typeUrl)
        {
            type = ProtoTypes.NameIn(typeUrl);
            hasTraces |= type.Contains(".access_loggers.", StringComparison.Ordinal) || type.Contains(".accesslog.", StringComparison.Ordinal);
        }

        foreach (var (name, member) in field.Members())
        {
            if (name is "access_log" or "accessLog" or "upstream_log" or "upstreamLog" or "proxy_access_log" or "proxyAccessLog")
            {
                foreach (var entry in member.Items().Where(item => item.IsObject))
                {
                    logs.Add(new AccessLogEntry(PointOf(type, name), entry));
                }
            }

            hasTraces |= MeansAccessLog(name) && (member.IsArray || member.IsObject);
            VisitInside(member, type, name);
        }
    }

    private void VisitInside(Field member, string type, string name)
    {
        if (member.Depth > Deepest)
        {
            return;
        }

        if (member.IsObject)
        {
            Visit(member, ProtoTypes.Find(type)?.Find(name) is { Kind: ProtoKind.Message } field ? field.MessageType : "");
        }
        else if (member.IsArray)
        {
            foreach (var item in member.Items())
            {
                VisitInside(item, type, name);
            }
        }
    }

    private static LogPoint PointOf(string type, string name) => (type, name) switch
    {
        (ProtoTypes.HttpConnectionManager, _) => LogPoint.Http,
        (ProtoTypes.TcpProxy, _) => LogPoint.Tcp,
        (ProtoTypes.Listener, _) => LogPoint.Listener,
        (_, "upstream_log" or "upstreamLog") => LogPoint.Upstream,
        _ => LogPoint.Other,
    };

    /// <summary>Whether whoever wrote that name meant access logs: their own names, and what they are often called.</summary>
    private static bool MeansAccessLog(string name) =>
        name.Length is > 8 and < 32
        && name.Replace("_", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal).ToUpperInvariant()
            is "ACCESSLOG" or "ACCESSLOGS" or "ACCESSLOGGER" or "ACCESSLOGGERS" or "ACCESSLOGGING" or "UPSTREAMLOG" or "UPSTREAMLOGS" or "PROXYACCESSLOG";
}
