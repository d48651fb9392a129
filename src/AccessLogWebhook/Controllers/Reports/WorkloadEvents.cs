using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using AccessLogWebhook.Auditing;
using AccessLogWebhook.Cluster;
using AccessLogWebhook.Policy.Decisions;
using AccessLogWebhook.Policy.Json;

namespace AccessLogWebhook.Controllers.Reports;

/// <summary>
/// Tells the owners of workloads what is found of them, once for each state: the reports of a leader before this one say what has been told, and an Event is named by what it
/// says, so that the API server refuses it a second time. They go out beside the reports, which wait for none.
/// </summary>
/// <remarks>What is told is the report controller's loop to say, one thing after the other.</remarks>
/// <param name="identity">Of this replica.</param>
internal sealed class WorkloadEvents(LeaderWrites writes, string identity, TimeProvider time)
{
    private const int MostWaiting = 256;

    // A namespace that begins to ask has as many findings as owners; its report has them all.
    private const int MostAtOnce = 20;

    // The API server takes a name of 253 characters.
    private const int LongestOwner = 200;

    private readonly Dictionary<string, HashSet<string>> told = new(StringComparer.Ordinal);

    private readonly Channel<(string Namespace, ReadOnlyMemory<byte> Document)> waiting = Channel.CreateBounded<(string, ReadOnlyMemory<byte>)>(
        new BoundedChannelOptions(MostWaiting) { SingleReader = true });

    /// <summary>Takes what a report says for told.</summary>
    public void Remember(JsonElement report)
    {
        var @namespace = ClusterKind.KeyOf(report).Namespace;
        foreach (var result in report.Member("results") is { ValueKind: JsonValueKind.Array } results ? results.EnumerateArray().ToArray() : [])
        {
            if (result.Member("resources") is { ValueKind: JsonValueKind.Array } resources && resources.GetArrayLength() == 1)
            {
                var owner = resources[0];
                Told(@namespace).Add(StateOf(
                    $"{owner.Text("kind")}/{owner.Text("name")}", result.Text("policy") ?? "", result.Object("properties")?.Text("verdict") ?? "", result.Text("rule") ?? ""));
            }
        }
    }

    /// <summary>Tells what is found in a namespace now and was not before, and forgets what is no more.</summary>
    public void Tell(string @namespace, IEnumerable<NamespaceReport> reports)
    {
        var (before, now) = (Told(@namespace), new HashSet<string>(StringComparer.Ordinal));
        var left = MostAtOnce;
        foreach (var result in reports.SelectMany(report => report.Results).Where(IsWorthTelling))
        {
            var state = StateOf(result.Owner.ToString(), result.Profile, result.Verdict, result.Rule);
            if (before.Contains(state) || now.Contains(state) || (left > 0 && waiting.Writer.TryWrite((@namespace, DocumentOf(@namespace, result, state))) && left-- > 0))
            {
                now.Add(state);
            }
        }

        if (now.Count > 0)
        {
            told[@namespace] = now;
        }
        else
        {
            told.Remove(@namespace);
        }
    }

    public void Forget(string @namespace) => told.Remove(@namespace);

    /// <summary>Sends what is told, as long as leadership lasts.</summary>
    public async Task SendAsync(Leadership leadership)
    {
        try
        {
            await foreach (var (@namespace, document) in waiting.Reader.ReadAllAsync(leadership.Token).ConfigureAwait(false))
            {
                var collection = new ObjectPath(EventDocument.GroupVersion, "events", @namespace, "").Collection;
                await writes.DoAsync("event", leadership, (objects, token) => objects.CreateAsync(collection, document, token)).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (leadership.Token.IsCancellationRequested)
        {
            // What has not been told is told by the next leader.
        }
    }

    // What nobody can say of a Pod by its metadata is no news of it.
    private static bool IsWorthTelling(ReportResult result) =>
        result.Verdict is "Missing" or "Dangling" or "Conflicting" or "Duplicated" || (result.Verdict == "Unknown" && result.Rule != nameof(ReasonCode.MetadataOnly));

    private static string StateOf(string owner, string profile, string verdict, string reason) => $"{owner} {profile} {verdict} {reason}";

    private HashSet<string> Told(string @namespace) => told.TryGetValue(@namespace, out var states) ? states : told[@namespace] = new(StringComparer.Ordinal);

    private ReadOnlyMemory<byte> DocumentOf(string @namespace, ReportResult result, string state)
    {
        var owner = result.Owner;
        var stem = owner.Name.Length <= LongestOwner ? owner.Name : owner.Name[..LongestOwner].TrimEnd('.', '-');
        var name = $"{stem}.{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(state)).AsSpan(0, 8))}";
        return new EventDocument(@namespace, name, identity, time.GetUtcNow(), "Warning", "Audit", $"AccessLog{result.Verdict}", result.Message).Write(json =>
        {
            json.WriteString("apiVersion"u8, owner.ApiVersion);
            json.WriteString("kind"u8, owner.Kind);
            json.WriteString("namespace"u8, @namespace);
            json.WriteString("name"u8, owner.Name);
        });
    }
}
