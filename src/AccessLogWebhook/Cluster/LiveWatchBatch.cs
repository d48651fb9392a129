using System.Buffers;
using System.Text.Json;
using AccessLogWebhook.Policy.Json;
using AccessLogWebhook.Policy.Mesh;

namespace AccessLogWebhook.Cluster;

/// <summary>
/// The events that are whole in a buffer, in order, so that a burst of them is published once. It refers to the buffer: apply and
/// dispose it before the buffer goes back.
/// </summary>
internal sealed class LiveWatchBatch : IDisposable
{
    private readonly List<(JsonDocument Event, bool Deleted)> changes = [];

    private LiveWatchBatch()
    {
    }

    /// <summary>Where in the buffer the first event begins that is not whole yet.</summary>
    public SequencePosition Consumed { get; private set; }

    /// <summary>The resource version to go on from once this batch is applied; empty where no event came.</summary>
    public string ResourceVersion { get; private set; } = "";

    /// <summary>Why the stream is not to be read on, once this batch is applied; null where it is.</summary>
    public LiveOutcome? End { get; private set; }

    public bool HasChanges => changes.Count > 0;

    public static LiveWatchBatch Read(in ReadOnlySequence<byte> buffer, int longestLineBytes)
    {
        var batch = new LiveWatchBatch();
        var lines = new SequenceReader<byte>(buffer);
        while (batch.End is null && lines.TryReadTo(out ReadOnlySequence<byte> line, (byte)'\n'))
        {
            batch.Take(line, longestLineBytes);
        }

        batch.Consumed = lines.Position;
        if (lines.Remaining > longestLineBytes)
        {
            batch.End ??= Garbled($"an event of more than {longestLineBytes} bytes");
        }

        return batch;
    }

    public MeshSnapshot ApplyTo(MeshSnapshot snapshot, ClusterKind kind)
    {
        foreach (var (change, deleted) in changes)
        {
            var @object = change.RootElement.Member("object")!.Value;
            snapshot = deleted ? kind.Remove(snapshot, ClusterKind.KeyOf(@object)) : kind.Upsert(snapshot, [@object]);
        }

        return snapshot;
    }

    /// <summary>When each change that says so was made.</summary>
    public IEnumerable<DateTimeOffset> ChangedAt() => changes
        .Where(change => !change.Deleted)
        .Select(change => FieldManagers.LastChange(change.Event.RootElement.GetProperty("object")))
        .OfType<DateTimeOffset>();

    public void Dispose()
    {
        foreach (var (change, _) in changes)
        {
            change.Dispose();
        }
    }

    private void Take(in ReadOnlySequence<byte> line, int longestLineBytes)
    {
        if (line.Length > longestLineBytes)
        {
            End = Garbled($"an event of more than {longestLineBytes} bytes");
            return;
        }

        JsonDocument change;
        try
        {
            change = JsonDocument.Parse(line, new JsonDocumentOptions { MaxDepth = LiveJson.MostLevels });
        }
        catch (JsonException)
        {
            End = Garbled("a line that is not JSON");
            return;
        }

        if (!Take(change))
        {
            change.Dispose();
        }
    }

    /// <returns>Whether the document is kept.</returns>
    private bool Take(JsonDocument change)
    {
        var type = change.RootElement.Text("type");
        if (type == "ERROR")
        {
            End = ReadError(change.RootElement);
            return false;
        }

        if (change.RootElement.Object("object")?.Object("metadata")?.Text("resourceVersion") is not { Length: > 0 } version)
        {
            End = Garbled("an event without a resource version");
            return false;
        }

        if (type is not ("ADDED" or "MODIFIED" or "DELETED" or "BOOKMARK"))
        {
            End = Garbled("an event of an unknown type");
            return false;
        }

        ResourceVersion = version;
        if (type == "BOOKMARK")
        {
            return false;
        }

        changes.Add((change, type == "DELETED"));
        return true;
    }

    private static LiveOutcome ReadError(JsonElement change)
    {
        var code = change.Object("object") is { } status
            && status.Member("code") is { ValueKind: JsonValueKind.Number } number && number.TryGetInt32(out var parsed) ? parsed : 0;
        return code == 410
            ? new LiveOutcome.Expired()
            : new LiveOutcome.Failed("error", $"the API server broke the watch off with an error (code {code}).", MustList: true);
    }

    private static LiveOutcome.Failed Garbled(string what) => new("garbled", $"the watch brought {what}.", MustList: true);
}
