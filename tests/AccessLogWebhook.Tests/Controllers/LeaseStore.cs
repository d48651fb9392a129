using System.Text.Json.Nodes;
using AccessLogWebhook.Tests.Support;

namespace AccessLogWebhook.Tests.Controllers;

/// <summary>One Lease as an API server keeps it: conflicts by resource version, and no new version where nothing changes.</summary>
internal sealed class LeaseStore
{
    private JsonObject? lease;
    private int version;

    public string Holder => (string?)lease?["spec"]?["holderIdentity"] ?? "";

    public bool Exists => lease is not null;

    public JsonObject Spec => lease!["spec"]!.AsObject();

    public int Version => version;

    /// <summary>What becomes of a request when the server gets to it; the answer is another matter.</summary>
    public (int Code, string Body) Apply(FakeRequest request) => request.Method switch
    {
        "GET" => lease is null ? (404, "{}") : (200, lease.ToJsonString()),
        "POST" => Create(JsonNode.Parse(request.Body)!.AsObject()),
        "PATCH" => Merge(JsonNode.Parse(request.Body)!.AsObject()),
        _ => (405, "{}"),
    };

    /// <summary>Somebody else's change: it proves nothing to anybody.</summary>
    public void Annotate() => Save(lease!, changed: true);

    public void Remove() => lease = null;

    private (int Code, string Body) Create(JsonObject sent) => lease is null ? Save(sent, changed: true) : (409, "{}");

    private (int Code, string Body) Merge(JsonObject patch)
    {
        if (lease is null)
        {
            return (404, "{}");
        }

        if ((string?)patch["metadata"]!["resourceVersion"] != (string?)lease["metadata"]!["resourceVersion"])
        {
            return (409, "{}");
        }

        var merged = lease.DeepClone().AsObject();
        foreach (var (field, value) in patch["spec"]!.AsObject())
        {
            merged["spec"]![field] = value!.DeepClone();
        }

        return Save(merged, changed: !JsonNode.DeepEquals(merged["spec"], lease["spec"]));
    }

    private (int Code, string Body) Save(JsonObject saved, bool changed)
    {
        lease = saved;
        if (changed)
        {
            lease["metadata"]!["resourceVersion"] = $"{++version}";
        }

        return (200, lease.ToJsonString());
    }
}
