using System.Net;
using System.Text.Json;

namespace AccessLogWebhook.Cluster;

/// <summary>
/// The objects of a live cluster one by one: read, written and removed. Whatever goes wrong is an outcome, within the time given; no body
/// is ever logged.
/// </summary>
/// <param name="timeout">For each request. An API server gives each webhook on its way 10 s unless told otherwise, and then says so itself.</param>
internal sealed class LiveObjects(LiveConnection connection, TimeSpan timeout, TimeProvider time)
{
    /// <summary>
    /// Who owns what is applied. All replicas are one owner: whichever leads goes on with the fields of the one before. Updates are by
    /// the same name.
    /// </summary>
    public const string FieldManager = "accesslog-webhook";

    // Without it the API server would drop a field that it does not know, with a warning that nobody sees. On an older CRD that field may be
    // what keeps an EnvoyFilter from reaching the whole mesh.
    private const string Strictly = $"fieldManager={FieldManager}&fieldValidation=Strict";
    private const string Applying = $"{Strictly}&force=true";

    // A change of one field must not fail by what others have put beside it.
    private const string Changing = $"fieldManager={FieldManager}";

    // As the source reads them: ten times what etcd takes.
    private const int LargestObjectBytes = 16 * 1024 * 1024;

    public Task<ObjectOutcome> GetAsync(ObjectPath path, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Get, $"{path}", null, cancellationToken);

    /// <summary>A whole collection, in one answer: for kinds of which there are few.</summary>
    public Task<ObjectOutcome> ListAsync(string collection, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Get, collection, null, cancellationToken);

    public Task<ObjectOutcome> CreateAsync(string collection, ReadOnlyMemory<byte> @object, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, $"{collection}?{Strictly}", new LiveContent(LiveContent.Json, @object), cancellationToken);

    /// <summary>
    /// Server-side apply: the object gets these fields, and loses those that were applied before and are no longer among them. Fields of others
    /// stay, a field that another has set otherwise is taken over.
    /// </summary>
    public Task<ObjectOutcome> ApplyAsync(ObjectPath path, ReadOnlyMemory<byte> manifest, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Patch, $"{path}?{Applying}", new LiveContent(LiveContent.ApplyPatch, manifest), cancellationToken);

    /// <summary>The same for the status alone.</summary>
    public Task<ObjectOutcome> ApplyStatusAsync(ObjectPath path, ReadOnlyMemory<byte> manifest, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Patch, $"{path}/status?{Applying}", new LiveContent(LiveContent.ApplyPatch, manifest), cancellationToken);

    /// <summary>
    /// RFC 7386. With <c>metadata.resourceVersion</c> in it, it is a conflict once anybody has changed the object since.
    /// </summary>
    public Task<ObjectOutcome> MergeAsync(ObjectPath path, ReadOnlyMemory<byte> patch, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Patch, $"{path}?{Changing}", new LiveContent(LiveContent.MergePatch, patch), cancellationToken);

    /// <summary>RFC 6902. A replacement of <c>/metadata/resourceVersion</c> in it makes it a conflict once anybody has changed the object since.</summary>
    public Task<ObjectOutcome> PatchAsync(ObjectPath path, ReadOnlyMemory<byte> patch, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Patch, $"{path}?{Changing}", new LiveContent(LiveContent.JsonPatch, patch), cancellationToken);

    /// <summary>
    /// Puts a spec in the place of the whole one: an apply leaves what others have added. Nothing happens to an object that has been
    /// changed since that resource version.
    /// </summary>
    public Task<ObjectOutcome> ReplaceSpecAsync(ObjectPath path, string resourceVersion, JsonElement spec, CancellationToken cancellationToken) =>
        SendAsync(
            HttpMethod.Patch,
            $"{path}?{Strictly}",
            new LiveContent(LiveContent.JsonPatch, ObjectJson.SpecReplacement(resourceVersion, spec)),
            cancellationToken);

    /// <summary>Removes that very object, and no other that has come to bear its name.</summary>
    /// <param name="resourceVersion">Where given, only as long as it is unchanged.</param>
    public Task<ObjectOutcome> DeleteAsync(ObjectPath path, string uid, string? resourceVersion, CancellationToken cancellationToken) =>
        SendAsync(
            HttpMethod.Delete, $"{path}", new LiveContent(LiveContent.Json, ObjectJson.DeleteOptions(uid, resourceVersion)), cancellationToken);

    private async Task<ObjectOutcome> SendAsync(
        HttpMethod method, string path, LiveContent? content, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            using var response = await connection.SendAsync(method, path, LiveContent.Json, content, either.Token).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode)
            {
                return await ReadRefusalAsync(response, either.Token).ConfigureAwait(false);
            }

            await response.Content.LoadIntoBufferAsync(LargestObjectBytes, either.Token).ConfigureAwait(false);
            using var document = await JsonDocument.ParseAsync(
                await response.Content.ReadAsStreamAsync(either.Token).ConfigureAwait(false),
                new JsonDocumentOptions { MaxDepth = LiveJson.MostLevels },
                either.Token).ConfigureAwait(false);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? new ObjectOutcome.Done(document.RootElement.Clone())
                : new ObjectOutcome.Unreachable("the API server's answer cannot be read.");
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return new ObjectOutcome.Unreachable("the API server did not answer in time.");
        }
        catch (JsonException)
        {
            // Its message would quote the body.
            return new ObjectOutcome.Unreachable("the API server's answer cannot be read.");
        }
        catch (Exception fault)
        {
            // Connections that fail, and credentials that cannot be had, which have no common type.
            return new ObjectOutcome.Unreachable($"the API server cannot be asked: {LiveConnection.Describe(fault)}.");
        }
    }

    private async Task<ObjectOutcome> ReadRefusalAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var (message, isByWebhook) = await LiveRefusal.ExplainAsync(response, cancellationToken).ConfigureAwait(false);
        return response.StatusCode switch
        {
            _ when isByWebhook => new ObjectOutcome.Refused(message),
            HttpStatusCode.NotFound => new ObjectOutcome.NotFound(message),
            HttpStatusCode.Conflict => new ObjectOutcome.Conflict(message),
            HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError or < HttpStatusCode.BadRequest =>
                new ObjectOutcome.Unreachable(message, LiveRefusal.RetryAfter(response, time.GetUtcNow())),
            _ => new ObjectOutcome.Refused(message),
        };
    }
}
