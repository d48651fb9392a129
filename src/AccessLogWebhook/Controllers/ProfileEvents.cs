using System.Security.Cryptography;
using System.Threading.Channels;
using AccessLogWebhook.Cluster;
using AccessLogWebhook.Policy.Profiles;

namespace AccessLogWebhook.Controllers;

/// <summary>
/// Tells people what was done for a profile, as Events of the object. They go out beside the writes, which wait for none; an Event that is lost is no harm, and
/// none is worth a second attempt.
/// </summary>
/// <remarks>What is told is the reconciling loop's to say, one thing after the other.</remarks>
/// <param name="identity">Of this replica.</param>
internal sealed class ProfileEvents(LeaderWrites writes, string identity, TimeProvider time)
{
    private const int MostRemembered = 256;
    private const int MostWaiting = 256;

    // Where Events of cluster-scoped objects belong.
    private const string Namespace = "default";

    private static readonly TimeSpan Repetition = TimeSpan.FromMinutes(10);

    private readonly Dictionary<(string Uid, string Reason, string Note), long> told = [];

    private readonly Channel<ReadOnlyMemory<byte>> waiting = Channel.CreateBounded<ReadOnlyMemory<byte>>(
        new BoundedChannelOptions(MostWaiting) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    public void Done(string profile, ProfileObject? @object, string action, string reason, string note) => Tell(profile, @object, "Normal", action, reason, note);

    public void Warn(string profile, ProfileObject? @object, string action, string reason, string note) => Tell(profile, @object, "Warning", action, reason, note);

    /// <summary>Sends what is told, as long as leadership lasts.</summary>
    public async Task SendAsync(Leadership leadership)
    {
        var collection = new ObjectPath(EventDocument.GroupVersion, "events", Namespace, "").Collection;
        try
        {
            await foreach (var document in waiting.Reader.ReadAllAsync(leadership.Token).ConfigureAwait(false))
            {
                await writes.DoAsync("event", leadership, (objects, token) => objects.CreateAsync(collection, document, token)).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (leadership.Token.IsCancellationRequested)
        {
            // What has not been told is not told.
        }
    }

    /// <summary>A built-in profile is no object, and has no Events.</summary>
    private void Tell(string profile, ProfileObject? @object, string type, string action, string reason, string note)
    {
        if (@object is null || IsRepetition((@object.Uid, reason, note)))
        {
            return;
        }

        var name = $"{profile}.{RandomNumberGenerator.GetHexString(16, lowercase: true)}";
        waiting.Writer.TryWrite(new EventDocument(Namespace, name, identity, time.GetUtcNow(), type, action, reason, note).Write(json =>
        {
            json.WriteString("apiVersion"u8, ControlledObjects.ProfileApiVersion);
            json.WriteString("kind"u8, "AccessLogProfile"u8);
            json.WriteString("name"u8, profile);
            json.WriteString("uid"u8, @object.Uid);
        }));
    }

    private bool IsRepetition((string Uid, string Reason, string Note) news)
    {
        foreach (var old in told.Where(entry => time.GetElapsedTime(entry.Value) >= Repetition).Select(entry => entry.Key).ToList())
        {
            told.Remove(old);
        }

        if (!told.TryAdd(news, time.GetTimestamp()))
        {
            return true;
        }

        if (told.Count > MostRemembered)
        {
            told.Remove(told.MinBy(entry => entry.Value).Key);
        }

        return false;
    }
}
