using AccessLogWebhook.Policy.Decisions;
using AccessLogWebhook.Policy.Mesh;

namespace AccessLogWebhook.Policy.Rendering;

/// <summary>Who uses a profile.</summary>
internal sealed class ProfileUsers
{
    private readonly SortedSet<string> asking = new(StringComparer.Ordinal);
    private readonly SortedSet<string> rendering = new(StringComparer.Ordinal);
    private ModeRequest? preset;
    private int pods;
    private int gateways;
    private string? first;

    public bool Any => pods + gateways + asking.Count > 0;

    /// <summary>Namespaces in which the webhook gives it to workloads or demands it of them, so that a reference of backend Telemetry has to be there first.</summary>
    public IEnumerable<string> RenderingNamespaces => rendering;

    public void Carry(string kind, ObjectKey key)
    {
        pods += kind == "Pod" ? 1 : 0;
        gateways += kind == "Pod" ? 0 : 1;
        var title = $"{kind} {key}";
        // The first by name, so that the message does not change with the order in which a dictionary is read.
        first = first is null || string.CompareOrdinal(title, first) < 0 ? title : first;
    }

    public void Ask(string @namespace, ModeRequest request)
    {
        preset ??= request.IsDefault ? request : null;
        asking.Add(@namespace);
        if (request.Mode is Mode.Inject or Mode.Enforce && !InertRules.IsSystemNamespace(@namespace))
        {
            rendering.Add(@namespace);
        }
    }

    /// <summary><c>2 Pods carry it, Pod shop/api first; namespace shop asks for it</c>; empty where nobody uses it.</summary>
    public string Describe()
    {
        string[] carriers = [.. Counted(pods, "Pod"), .. Counted(gateways, "Gateway")];
        string[] clauses =
        [
            .. carriers.Length > 0 ? [$"{string.Join(" and ", carriers)} {(pods + gateways == 1 ? "carries" : "carry")} it, {first} first"] : Array.Empty<string>(),
            .. preset is not null ? [preset.Source]
                : asking.Count == 1 ? [$"namespace {asking.Min} asks for it"]
                : asking.Count > 1 ? [$"{asking.Count} namespaces ask for it, {asking.Min} first"]
                : Array.Empty<string>(),
        ];
        return string.Join("; ", clauses);
    }

    private static string[] Counted(int count, string noun) => count == 0 ? [] : [$"{count} {noun}{(count == 1 ? "" : "s")}"];
}
